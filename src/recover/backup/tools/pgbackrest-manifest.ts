import { z } from 'zod'
import { OkiteError } from '../../../core/error.ts'
import { readJson } from './tool.ts'

/** What a backup of pgBackRest holds, by its own list of it: every file with the SHA-1 that was made at the backup. */

const fileSchema = z.object({
  checksum: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .optional(),
  size: z.int().nonnegative(),
})

export type ManifestFile = Readonly<{ path: string; sizeBytes: number; sha1: string }>

const emptySha1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'

/** Written anew by whoever restores. */
const rewritten = new Set([
  'postgresql.auto.conf',
  'recovery.conf',
  'recovery.signal',
  'standby.signal',
])

/** @throws OkiteError `BACKUP_TOOL_FORM` where it is another form, cut off, or of more than one place */
export function readManifest(program: string, text: string): readonly ManifestFile[] {
  const unknown = (field: string) => new OkiteError('BACKUP_TOOL_FORM', { program, field })
  if (!/^\[backrest\]\nbackrest-format=5\n/.test(text)) throw unknown('backrest-format')
  // Its last section holds the checksum of all of it: what was cut off has none.
  if (!/\n\[backrest\]\nbackrest-checksum="[0-9a-f]{40}"\s*$/.test(text))
    throw unknown('backrest-checksum')
  const [, section = ''] = /\n\[target:file\]\n([^]*?)\n\n\[/.exec(text) ?? []
  const files: ManifestFile[] = []
  for (const line of section.split('\n')) {
    const [, name, told] = /^(.+?)=(\{.*\})$/.exec(line) ?? []
    if (name === undefined || told === undefined) throw unknown('target:file')
    // Another place of the cluster would be laid where its living data are, or not be compared.
    if (!name.startsWith('pg_data/')) throw unknown('pg_tblspc')
    const { checksum, size } = readJson(program, fileSchema, told)
    if (checksum === undefined && size > 0) throw unknown('checksum')
    const path = name.slice('pg_data/'.length)
    if (rewritten.has(path)) continue
    files.push({ path, sizeBytes: size, sha1: checksum ?? emptySha1 })
  }
  if (files.length === 0) throw unknown('target:file')
  return files
}
