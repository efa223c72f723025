import * as Radix from 'radix-ui/dropdown-menu'
import type { ReactElement, ReactNode } from 'react'
import { Icon } from './icon.tsx'

/**
 * A button that opens a list of things to do. Not modal: a modal one would write a style element,
 * which the content security policy refuses. It stays where its button is, so that it also lies above
 * an open dialog.
 */
export function Menu(props: { trigger: ReactElement; label: string; children: ReactNode }) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{props.trigger}</Radix.Trigger>
      <Radix.Content
        aria-label={props.label}
        align="end"
        sideOffset={4}
        collisionPadding={8}
        className="z-30 min-w-48 max-w-80 rounded-md border border-line-2 bg-paper p-1 text-m shadow-pop"
      >
        {props.children}
      </Radix.Content>
    </Radix.Root>
  )
}

const row =
  'flex min-h-9 cursor-pointer items-center gap-2 rounded px-2.5 py-1 no-underline outline-none data-[highlighted]:bg-paper-3 data-[disabled]:text-ink-3'

export function MenuItem(props: { run(): void; children: ReactNode; disabled?: boolean }) {
  return (
    <Radix.Item className={row} disabled={props.disabled ?? false} onSelect={props.run}>
      {props.children}
    </Radix.Item>
  )
}

export function MenuLink(props: { href: string; children: ReactNode; download?: boolean }) {
  return (
    <Radix.Item className={row} asChild>
      <a href={props.href} {...(props.download ? { download: '' } : {})}>
        {props.children}
      </a>
    </Radix.Item>
  )
}

/** One of several: the chosen one is ticked. */
export function MenuChoice(props: {
  label: string
  value: string
  onChange(value: string): void
  options: readonly Readonly<{ value: string; text: string; lang?: string }>[]
}) {
  return (
    <>
      <MenuLabel>{props.label}</MenuLabel>
      <Radix.RadioGroup value={props.value} onValueChange={props.onChange} aria-label={props.label}>
        {props.options.map(option => (
          <Radix.RadioItem
            key={option.value}
            value={option.value}
            lang={option.lang}
            className={row}
          >
            <span className="w-4">
              <Radix.ItemIndicator>
                <Icon name="check" />
              </Radix.ItemIndicator>
            </span>
            {option.text}
          </Radix.RadioItem>
        ))}
      </Radix.RadioGroup>
    </>
  )
}

/** Something that is on or off; the menu stays open for the next. */
export function MenuCheck(props: {
  on: boolean
  onChange(on: boolean): void
  children: ReactNode
}) {
  return (
    <Radix.CheckboxItem
      className={row}
      checked={props.on}
      onCheckedChange={props.onChange}
      onSelect={event => event.preventDefault()}
    >
      <span className="w-4">
        <Radix.ItemIndicator>
          <Icon name="check" />
        </Radix.ItemIndicator>
      </span>
      {props.children}
    </Radix.CheckboxItem>
  )
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2.5 pt-2 pb-1 text-s text-ink-2">{children}</Radix.Label>
}

export function MenuLine() {
  return <Radix.Separator className="my-1 h-px bg-line" />
}
