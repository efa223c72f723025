import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The statements that make the snapshots of judges and the bookkeeping of tables. */
export const readFoldSchema = (): string =>
  readFileSync(join(import.meta.dirname, 'judges.sql'), 'utf8')

/** The version in the project's package.json. */
export function okiteVersion(): string {
  const path = join(import.meta.dirname, '..', '..', '..', 'package.json')
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
