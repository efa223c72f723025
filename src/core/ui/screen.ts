import type { ComponentType } from 'react'

/** The five places of the interface, in their order. Every screen belongs to one. */
export const places = ['policy', 'duties', 'operations', 'registers', 'assurance'] as const

export type Place = (typeof places)[number]

/**
 * A screen of a module: the default export of its `screen.tsx`, or several in a list. The shell finds
 * it and lists nothing (M14). What it shows is loaded when it is opened.
 */
export type Screen = Readonly<{
  /** null: of no place; the menu of the account leads to it. */
  place: Place | null
  /** The first part of its address: `/policy`. What follows is the screen's own. */
  path: `/${string}`
  /** Message id of its name in the navigation. It stands in core's or in the module's catalogue. */
  title: string
  /** Without it the shell neither shows nor opens the screen (M15). */
  permission: string
  /** Lower ones come first in their place. */
  order: number
  /** Names that the palette leads to: what is typed in this form is a place of the screen. */
  jump?: Readonly<{ form: RegExp /** Message id, with `{name}`. */; says: string }>
  /** `() => import('./screen/page.tsx')`: the component is the default export. */
  load(): Promise<Readonly<{ default: ComponentType }>>
}>

export const defineScreen = (screen: Screen): Screen => screen
