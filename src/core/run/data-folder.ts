import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { OkiteError } from '../error.ts'
import { type Locale, localeOf } from '../i18n/locale.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Where this person's data lie: `--data`, else `OKITE_HOME`, else the platform's place for them. The
 * sample organisation lies beside them, never in them; or where `--data` says.
 */
export function dataFolder(
  flag: string | null,
  environment: Environment,
  isSample = false,
): string {
  if (isSample && flag === null) return `${realFolder(null, environment)}-sample`
  return realFolder(flag, environment)
}

function realFolder(flag: string | null, environment: Environment): string {
  const named = flag ?? (environment['OKITE_HOME'] || null)
  if (named !== null) return resolve(named)
  if (process.platform === 'darwin')
    return join(homedir(), 'Library', 'Application Support', 'okite')
  if (process.platform === 'win32') {
    return join(environment['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local'), 'okite')
  }
  const base = environment['XDG_DATA_HOME']
  return join(base?.startsWith('/') ? base : join(homedir(), '.local', 'share'), 'okite')
}

/** The folder `keys` is made by the first `start` and by nothing else. */
export const hasData = (folder: string): boolean => existsSync(join(folder, 'keys'))

/**
 * For commands that work on what is there: they create nothing.
 *
 * @throws OkiteError `DATA_NONE`
 */
export function requireData(folder: string): void {
  if (!hasData(folder)) throw new OkiteError('DATA_NONE', { folder })
}

/**
 * The language that the settings of this folder ask for. Read without the rest of them: also a
 * complaint about broken settings is told in it.
 */
export function languageOf(folder: string): Locale | null {
  try {
    const text = readFileSync(join(folder, 'okite.yaml'), 'utf8').slice(0, settingsCharsMax)
    return localeOf(/^language: *["']?([A-Za-z-]{2,10})["']? *(#.*)?$/m.exec(text)?.[1] ?? '')
  } catch {
    // No such file, or none that may be read: nobody has asked for a language here.
    return null
  }
}

/** As many as the settings may have, see `core/config.ts`. */
const settingsCharsMax = 262_144
