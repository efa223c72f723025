import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { OkiteError } from '../../core/error.ts'
import { openPrivateFile } from '../../core/ledger/private-file.ts'
import type { OwnData } from '../../core/module.ts'
import { BackupKey } from './store/envelope.ts'
import { keyFromText, keyToText } from './store/key-text.ts'

/** After data were brought back: the key under which they lie is theirs again. @throws OkiteError `RESTORE_KEY_OTHER` */
export function layOwnKey(keys: string, bytes: Uint8Array): void {
  mkdirSync(keys, { recursive: true, mode: 0o700 })
  const text = keyToText(bytes)
  const there = openPrivateFile(join(keys, name), () => `${text}\n`).trim()
  if (there !== text) throw new OkiteError('RESTORE_KEY_OTHER', { path: join(keys, name) })
}

const name = 'backup-key'

/**
 * The key of Okite's own backups, as text. It lies beside the data folder and is in no backup; whoever loses
 * the machine has it on the recovery sheet.
 *
 * @throws OkiteError `LEDGER_KEY_RIGHTS`, `BACKUP_KEY_FORM`
 */
export function openOwnKey({ keys }: Pick<OwnData, 'keys'>): Readonly<{
  text: string
  bytes: Uint8Array
  key: BackupKey
}> {
  mkdirSync(keys, { recursive: true, mode: 0o700 })
  const text = openPrivateFile(join(keys, name), () => `${keyToText(randomBytes(32))}\n`).trim()
  const bytes = keyFromText(text)
  return { text, bytes, key: new BackupKey(bytes) }
}
