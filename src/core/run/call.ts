import { createLog } from '../log.ts'
import { systemClock } from '../time.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What every command may know of how it was called. */
export type Call = Readonly<{
  /** The folder `src`. */
  source: string
  /** The folder of the project. */
  project: string
  dataDir: string
  language: string | null
  environment: Environment
  out(text: string): void
}>

/** The log goes to standard error: all of it into a file or a collector, only trouble onto a screen. */
export const commandLog = (level: 'info' | 'warn' = 'warn') =>
  createLog({ clock: systemClock, write: line => void process.stderr.write(line), level })
