import pg from 'pg'
import { OkiteError } from '../error.ts'
import { type OpenBatch, openBatch } from './batch.ts'
import type { Core } from './core.ts'

/**
 * One transaction under the head lock: the work, the facts it appends and the signed checkpoint
 * commit together or not at all. Answers the size after it, for who wants to be told.
 */
export async function write<T>(
  core: Core,
  work: (batch: OpenBatch) => Promise<T>,
): Promise<Readonly<{ result: T; size: number }>> {
  const tx = await core.pool.connect().catch(cause => {
    throw refusalOf(cause, true, false)
  })
  // A connection that dies between two statements says so as an event; the next statement fails.
  tx.on('error', ignore)
  let isCommitting = false
  let isUsable = true
  try {
    const batch = await openBatch(core, tx)
    const result = await work(batch)
    await batch.flush()
    isCommitting = true
    // Point of no return. Only after it may a position or a checkpoint leave the process. When its
    // answer is lost, the same identities are delivered again and get their old positions.
    const { command } = await tx.query('commit')
    // A transaction in which a statement failed unnoticed answers ROLLBACK to COMMIT.
    if (command !== 'COMMIT') throw new OkiteError('LEDGER_ROLLED_BACK_SILENTLY')
    return { result, size: batch.size }
  } catch (error) {
    isUsable = await tx.query('rollback').then(
      () => true,
      () => false,
    )
    throw refusalOf(error, !isUsable, isCommitting)
  } finally {
    tx.removeListener('error', ignore)
    tx.release(!isUsable)
  }
}

const ignore = () => {}

/**
 * What went wrong with the database, in the words of errors.md. Our own errors and bugs stay as
 * they are.
 *
 * @param isGone the connection is of no use any more
 */
export function refusalOf(cause: unknown, isGone: boolean, isCommitting: boolean): unknown {
  if (cause instanceof OkiteError) return cause
  const state = cause instanceof pg.DatabaseError ? (cause.code ?? '') : null
  // Classes 08 and 57P: the connection or the server went away, not the statement.
  const isLost = state === null ? isGone || isCommitting : /^(08|57P)/.test(state)
  if (isLost) {
    const code = isCommitting ? 'LEDGER_COMMIT_UNKNOWN' : 'LEDGER_UNAVAILABLE'
    return new OkiteError(code, {}, { cause })
  }
  if (state === null) return cause
  if (state === '53100') return new OkiteError('LEDGER_DISK_FULL', {}, { cause })
  if (state === '55P03') return new OkiteError('LEDGER_BUSY', {}, { cause })
  if (state.startsWith('53')) return new OkiteError('LEDGER_UNAVAILABLE', {}, { cause })
  return cause
}
