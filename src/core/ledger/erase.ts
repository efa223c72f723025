import { strict as assert } from 'node:assert'
import { OkiteError } from '../error.ts'
import type { Instant, Pos, PrivateValue, Ref } from '../fact.ts'
import { privacyErased } from '../facts.ts'
import type { Batch, OpenBatch } from './batch.ts'
import type { Core } from './core.ts'
import { keysOf, takeObservation, typeOf } from './intake.ts'
import { isBecause } from './leaf.ts'
import { readPositions } from './read.ts'

export type Erasure = Readonly<{
  /** The request's own identity: asking twice erases once. */
  identity: string
  source: string
  /** E.g. `gdpr.17.1.a`. */
  ground: string
  /** When the last backup that holds the person's key expires; only then the erasure is complete. */
  completeAt: Instant
  /** Positions of the request and of the decision. */
  because?: readonly Pos[]
  private?: Readonly<Record<string, PrivateValue>>
  /** Runs in the same transaction: who keeps refs elsewhere (state rows, snapshots) replaces them. */
  replace?(batch: Batch, refs: Readonly<{ before: Ref; after: Ref }>): Promise<void>
}>

export type Erased = Readonly<{
  pos: Pos
  slots: number
  /** null when the same request had been carried out before. */
  refs: Readonly<{ before: Ref; after: Ref }> | null
  /** False: the deleted key may still lie in a file. The same request again tries again. */
  isSwept: boolean
}>

/**
 * Takes a person's values away (V48): salts and sealed values are deleted, and with the lookup goes
 * the data key, which reaches replicas and backups. What remains is that these facts speak of one
 * and the same person; subject and ref are replaced by random ones that nothing else knows.
 *
 * @throws OkiteError `LEDGER_PERSON_UNKNOWN`
 */
export async function erasePerson(
  core: Core,
  batch: OpenBatch,
  person: string,
  erasure: Erasure,
): Promise<Omit<Erased, 'isSwept'>> {
  const { tx } = batch
  const intake = (slots: number) => {
    const { source, identity, ground, completeAt, because = [] } = erasure
    if (!isBecause(because, batch.size)) throw new OkiteError('LEDGER_BECAUSE')
    const [occurred, observed] = [batch.recorded, batch.recorded]
    const body = { slots, ground, completeAt }
    const given = {
      type: privacyErased,
      source,
      occurred,
      observed,
      trust: 'record',
      body,
    } as const
    const observation = { ...given, identity, private: erasure.private ?? {} }
    return takeObservation('core', observation, core.types, because, core.entropy)
  }
  const { rows: done } = await tx.query<{ idx: string }>(
    'select idx from ledger.entry where dedup = $1',
    [intake(0).dedup],
  )
  if (done[0] !== undefined) {
    const [fact] = await readPositions(tx, [Number(done[0].idx)])
    assert(fact !== undefined)
    return { pos: fact.pos, slots: (fact.body as { slots: number }).slots, refs: null }
  }
  const { rows } = await tx.query<{ subject: string; ref: Ref }>(
    'select subject, ref from ledger.person where lookup = $1',
    [core.secrets.lookup(person)],
  )
  const found = rows[0]
  if (found === undefined) throw new OkiteError('LEDGER_PERSON_UNKNOWN')
  const after = { subject: core.entropy.uuid(), ref: core.entropy.uuid() as string as Ref }
  const refs = { before: found.ref, after: after.ref }
  await replaceKeys(core, batch, found.subject, refs)
  await tx.query('delete from ledger.person where subject = $1', [found.subject])
  await tx.query('insert into ledger.person (subject, ref) values ($1, $2)', [
    after.subject,
    after.ref,
  ])
  const { rowCount } = await tx.query(
    'update ledger.private set subject = $2, salt = null, sealed = null where subject = $1',
    [found.subject, after.subject],
  )
  await erasure.replace?.(batch, refs)
  const [answer] = await batch.appendAll([intake(rowCount ?? 0)])
  assert(answer !== undefined)
  if (answer instanceof OkiteError) throw answer
  return { pos: answer.pos, slots: rowCount ?? 0, refs }
}

/**
 * Deleted rows stay in their files until a vacuum. Keys must not: the key that unwraps them is
 * outside the database, but it lives on. Sealed values are worth nothing without their key, so an
 * ordinary vacuum is enough for them.
 */
export async function sweepDeletedRows(core: Core): Promise<boolean> {
  try {
    const client = await core.pool.connect()
    client.on('error', ignore)
    try {
      // Appenders queue up behind this wait; a check of the list may hold the table for hours.
      await client.query(`set lock_timeout = '${sweepWaitMax}'`)
      await client.query('vacuum (full) ledger.person')
      await client.query('vacuum ledger.private')
    } finally {
      client.removeListener('error', ignore)
      // With the connection goes its setting.
      client.release(true)
    }
    return true
  } catch (error) {
    // The erasure itself is committed and stays so.
    core.log.error('ledger.erase.sweep.failed', { code: String((error as { code?: string }).code) })
    return false
  }
}

/** Well below the 10 s after which an appender gives up. */
const sweepWaitMax = '3s'
const ignore = () => {}

/** A judge may have made a ref a key of its facts; the key index follows, a page at a time. */
async function replaceKeys(
  core: Core,
  { tx }: Batch,
  subject: string,
  { before, after }: Readonly<{ before: Ref; after: Ref }>,
): Promise<void> {
  for (let from = 0; ; ) {
    const { rows } = await tx.query<{ idx: string }>(
      `select distinct idx from ledger.private where subject = $1 and idx >= $2
        order by idx limit $3`,
      [subject, from, pageCount],
    )
    if (rows.length === 0) return
    const facts = await readPositions(
      tx,
      rows.map(row => Number(row.idx)),
    )
    const moved = facts.flatMap(fact => {
      const type = typeOf(core.types, fact.type, fact.tv)
      if (type === undefined) return []
      const refs = Object.entries(fact.refs).map(([s, ref]) => [s, ref === before ? after : ref])
      const keysOld = keysOf(type, fact)
      const keys = keysOf(type, { ...fact, refs: Object.fromEntries(refs) })
      if (keys.join('\n') === keysOld.join('\n')) return []
      return [{ pos: fact.pos, type: fact.type, keysOld, keys }]
    })
    const flat = (pick: 'keys' | 'keysOld') => {
      const all = moved.flatMap(({ pos, type, [pick]: keys }) => keys.map(key => [key, type, pos]))
      return [0, 1, 2].map(i => all.map(row => row[i]))
    }
    await tx.query(
      `delete from ledger.fact_key using unnest($1::text[], $2::text[], $3::bigint[])
        as old (key, type, pos) where fact_key.key = old.key and fact_key.type = old.type
        and fact_key.pos = old.pos`,
      flat('keysOld'),
    )
    await tx.query(
      'insert into ledger.fact_key select * from unnest($1::text[], $2::text[], $3::bigint[])',
      flat('keys'),
    )
    from = Number(rows.at(-1)?.idx) + 1
  }
}

/** Facts decoded at once while the head is locked. */
const pageCount = 2000
