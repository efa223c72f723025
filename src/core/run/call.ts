import type { Locale } from '../i18n/locale.ts'
import { createLog } from '../log.ts'
import { systemClock } from '../time.ts'
import type { Say } from './words.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What every command may know of how it was called. */
export type Call = Readonly<{
  /** The folder `src`. */
  source: string
  /** The folder of the project. */
  project: string
  dataDir: string
  /** `--sample` was said. */
  isSample?: boolean
  /** What the command speaks: `--lang`, else OKITE_LANG, else the settings, else the terminal's. */
  locale: Locale
  /** A message of the catalogues, in that language. */
  say: Say
  environment: Environment
  out(text: string): void
}>

/** The log goes to standard error: all of it into a file or a collector, only trouble onto a screen. */
export const commandLog = (level: 'info' | 'warn' = 'warn') =>
  createLog({ clock: systemClock, write: line => void process.stderr.write(line), level })
