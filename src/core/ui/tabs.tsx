import * as Radix from 'radix-ui/tabs'
import type { ReactNode } from 'react'
import { useOpenSeen } from './open-seen.ts'

export type Tab = Readonly<{ id: string; title: string; body: ReactNode; count?: number }>

/** Views of one thing. Which one is open belongs into the address: it is given and told. */
export function Tabs(props: {
  label: string
  tabs: readonly Tab[]
  open: string
  onOpen(id: string): void
}) {
  const list = useOpenSeen<HTMLDivElement>(props.open)
  return (
    <Radix.Root value={props.open} onValueChange={props.onOpen}>
      <Radix.List
        ref={list}
        aria-label={props.label}
        className="relative flex gap-1 overflow-x-auto overflow-y-hidden border-b border-line text-m"
      >
        {props.tabs.map(tab => (
          <Radix.Trigger
            key={tab.id}
            value={tab.id}
            className="cursor-pointer border-b-2 print:not-data-[state=active]:hidden border-transparent px-3 py-2 whitespace-nowrap text-ink-2 hover:text-ink data-[state=active]:border-ink data-[state=active]:font-semibold data-[state=active]:text-ink"
          >
            {tab.title}
            {tab.count === undefined ? null : (
              <span className="numbers ml-1.5 text-s">{tab.count}</span>
            )}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {props.tabs.map(tab => (
        <Radix.Content key={tab.id} value={tab.id} className="pt-4">
          {tab.body}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}
