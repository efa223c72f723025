import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { ledgerRestored, restored } from '../facts.ts'
import { openPrivateFile, syncFolder } from '../ledger/private-file.ts'
import type { Ledger } from '../ledger/store.ts'
import type { Log } from '../log.ts'
import { keysBeside } from '../module.ts'
import { type Clock, toInstant } from '../time.ts'

/**
 * What a restore leaves in the folder that it brought back, until the list says it itself. Without it a list
 * would go on from an older state as if nothing had happened.
 */
const markSchema = z.strictObject({
  form: z.literal('okite-restored-1'),
  /** Where the backup was, as it was named. */
  repository: z.string().min(1).max(4_200),
  ...restored.shape,
})

export type Restored = Omit<z.infer<typeof markSchema>, 'form'>

const markIn = (dataDir: string): string => join(dataDir, 'restored.json')

export function markRestored(dataDir: string, found: Restored): void {
  const mark = markSchema.parse({ form: 'okite-restored-1', ...found })
  openPrivateFile(markIn(dataDir), () => `${JSON.stringify(mark, null, 2)}\n`)
}

export const isRestored = (dataDir: string): boolean => existsSync(markIn(dataDir))

/**
 * Puts it on the list, before anything else comes there, and takes the mark away; null: there was none.
 *
 * @throws OkiteError `RESTORED_MARK` where something else stands in its place
 */
export async function tellRestored(
  dataDir: string,
  options: Readonly<{ ledger: Ledger; clock: Clock; log: Log }>,
): Promise<Restored | null> {
  const path = markIn(dataDir)
  if (!isRestored(dataDir)) return null
  const { ledger, clock, log } = options
  const { form: _, repository, ...body } = readMark(path)
  const at = toInstant(clock.nowMs())
  // Point of no return: from here on the list itself says that it was brought back.
  await ledger.submit(ledgerRestored.module, {
    ...{ type: ledgerRestored, source: 'okite restore', occurred: body.restoredAt, observed: at },
    trust: 'instrument',
    body,
    private: { repository: { value: repository, person: null } },
    identity: `restored ${body.backup} ${body.restoredAt}`,
  })
  // What is ahead of the list stays for whoever wants to compare, and is no longer what the list is held to.
  const memory = keysBeside(dataDir)
  if (body.ahead !== null && existsSync(join(memory, 'checkpoint'))) {
    renameSync(join(memory, 'checkpoint'), join(memory, `checkpoint-lost-${body.ahead.size}`))
    syncFolder(memory)
  }
  rmSync(path)
  syncFolder(dataDir)
  const { point, size, ahead } = body
  log.warn('ledger.restored', { point, size, ahead: ahead?.size ?? null })
  return { repository, ...body }
}

/** More is no mark of ours. */
const markBytesMax = 16_384

function readMark(path: string): z.infer<typeof markSchema> {
  try {
    return markSchema.parse(JSON.parse(readFileSync(path, 'utf8').slice(0, markBytesMax)))
  } catch (cause) {
    throw new OkiteError('RESTORED_MARK', { path }, { cause })
  }
}
