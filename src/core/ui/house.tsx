import { createContext, use } from 'react'
import type { Locale } from '../i18n/locale.ts'

/** Who is signed in, as `GET /session` says it. */
export type Session = Readonly<{
  name: string
  permissions: readonly string[]
  zone: string
  roles?: readonly string[]
  /** A made-up organisation: said on every screen. */
  isSample?: boolean
}>

/** What the shell gives to every screen. */
export type House = Readonly<{
  session: Session
  /** Addresses of the screens that the session may open, in the order of the navigation. */
  paths: readonly string[]
  /** Parts of the address after the screen's path. */
  rest: readonly string[]
  /** What stands behind `?` in the address: filters, tabs, the order of a table. */
  search: Readonly<Record<string, string>>
  /** Goes to a place of this screen without loading the page; `undefined` takes a field away. */
  go(rest: readonly string[], options?: GoOptions): void
  /** Goes to any address of the program. */
  goTo(address: string): void
  tell(toast: Toast): void
  /** Shows the interface in another language, and remembers it on this machine. */
  speak(locale: Locale): void
  /** Asks who sits here to sign in once more; answers whether he did, and is the same. */
  signInAgain(): Promise<boolean>
}>

export type GoOptions = Readonly<{
  replace?: boolean
  search?: Readonly<Record<string, string | undefined>>
}>

export type Toast = Readonly<{
  text: string
  /** A failure stays until it is closed; nobody can read against a clock. */
  tone?: 'done' | 'failed'
  /** The one thing that can be done about it. */
  action?: Readonly<{ text: string; run(): void }>
}>

export const HouseContext = createContext<House | null>(null)

export function useHouse(): House {
  const house = use(HouseContext)
  if (house === null) throw new Error('a screen stands outside of the shell')
  return house
}

/** Whether the session has a permission: what it may not do is not offered. The server decides anew. */
export const useMay = (permission: string): boolean =>
  useHouse().session.permissions.includes(permission)
