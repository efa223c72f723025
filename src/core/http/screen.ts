import type { ComponentType } from 'react'
import type { Locale } from '../i18n/locale.ts'

/**
 * A screen of a module: the default export of its `screen.tsx`. The shell finds it and gives it
 * everything it needs, so that a screen imports nothing of the shell.
 */
export type Screen = Readonly<{
  /** The first part of its address: `/policy`. What follows is the screen's own. */
  path: string
  /** Message id of its name in the navigation. */
  title: string
  /** Without it the shell neither shows nor opens the screen (M15). */
  permission: string
  /** Lower ones come first in the navigation. */
  order: number
  component: ComponentType<ScreenProps>
}>

export const defineScreen = (screen: Screen): Screen => screen

export type ScreenProps = Readonly<{
  locale: Locale
  /** IANA zone in which instants are shown. */
  zone: string
  /** A message of a catalogue, formatted. */
  t(id: string, values?: Readonly<Record<string, unknown>>): string
  /** Whether a catalogue has this message. */
  has(id: string): boolean
  /** Parts of the address after the screen's path. */
  place: readonly string[]
  /** Goes to a place of this screen without loading the page anew. */
  go(place: readonly string[], options?: { replace?: boolean }): void
  /** GET below `/api`. Rejects with a `Problem`. */
  get<T>(path: string, signal?: AbortSignal): Promise<T>
  /** Grows when the list has grown: use it as a dependency of what should be read again. */
  size: number | null
}>

/** A problem document (RFC 9457) as the shell throws it. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: string
  readonly status: number
  readonly remedy: string
  readonly data: Readonly<Record<string, unknown>>

  constructor(
    code: string,
    status: number,
    title: string,
    remedy: string,
    data: Readonly<Record<string, unknown>> = {},
  ) {
    super(title)
    this.code = code
    this.status = status
    this.remedy = remedy
    this.data = data
  }
}
