import { createContext, use } from 'react'
import type { Locale } from '../src/core/i18n/locale.ts'
import type { FoundScreen } from './screens.ts'

/** What the parts of the shell give to each other; screens have `useHouse`. */
export type ShellParts = Readonly<{
  /** Those that this session may open. */
  screens: readonly FoundScreen[]
  choose(locale: Locale): void
  /** Asks the server anew who is signed in. */
  renew(): void
  /** Whoever was here has left: nothing of his stays, in no tab. */
  clear(): void
}>

export const ShellContext = createContext<ShellParts | null>(null)

export function useShell(): ShellParts {
  const shell = use(ShellContext)
  if (shell === null) throw new Error('this stands outside of the shell')
  return shell
}
