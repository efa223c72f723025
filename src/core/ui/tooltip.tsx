import * as Radix from 'radix-ui/tooltip'
import type { ReactElement } from 'react'

/**
 * A word more, on hover and on focus. Never the only place of something that must be known: a finger
 * does not hover.
 */
export function Tooltip({ text, children }: { text: string; children: ReactElement }) {
  return (
    <Radix.Provider delayDuration={300}>
      <Radix.Root>
        <Radix.Trigger asChild>{children}</Radix.Trigger>
        <Radix.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-40 max-w-xs rounded bg-ink px-2.5 py-1.5 text-s text-paper"
        >
          {text}
        </Radix.Content>
      </Radix.Root>
    </Radix.Provider>
  )
}
