import assert from 'node:assert/strict'
import type { PoolClient } from 'pg'
import { OkiteError } from '../error.ts'
import type { Draft, Fact, Instant, Key, Observation, Pos, Ref } from '../fact.ts'
import { toInstant } from '../time.ts'
import type { Core } from './core.ts'
import { insertEntries, type Row } from './insert.ts'
import { type By, type Intake, keysOf, takeDraft, takeObservation } from './intake.ts'
import { leafBytesMax } from './leaf.ts'
import { openPersons } from './persons.ts'
import { slotMessage, subjectValue } from './slot.ts'
import { frontierFrom, hashLeaf } from './tree.ts'
import { nodeHmac } from './verify-node.ts'

/** One append transaction, under the head lock. Facts reach the tables when the work is done. */
export type Batch = Readonly<{
  /** What is written through it commits or falls with the facts. */
  tx: PoolClient
  /** Entries on the list, those of this batch included. */
  readonly size: number
  /** `recorded` of every fact of this batch (L7). */
  recorded: Instant
  /** Appends a fact by judgement; its position is known at once, because the head is locked. */
  derive(draft: Draft, by: By): Pos
  observe(module: string, observation: Observation): Promise<Appended>
  /** A fact that this batch appended, as later readers will see it. */
  fact(pos: Pos): Fact
}>

/** `known`: it had been delivered before, and `pos` is where it stands since then. */
export type Appended = Readonly<{ pos: Pos; known: boolean }>

/** For the ledger itself: a batch that takes checked intakes and is written at the end. */
export type OpenBatch = Batch &
  Readonly<{
    /** One answer for each intake, in order; a refused one does not harm its neighbours. */
    appendAll(intakes: readonly Intake[]): Promise<readonly (Appended | OkiteError)[]>
    flush(): Promise<void>
  }>

type Pending = Readonly<{ intake: Intake; fact: Fact; keys: readonly Key[] }>

export async function openBatch(core: Core, tx: PoolClient): Promise<OpenBatch> {
  const head = await lockHead(tx)
  const recorded = toInstant(recordedMs(core, head.sealedMs))
  const persons = openPersons(tx, core.secrets)
  const pending: Pending[] = []
  const here = new Map<string, Pos>()
  let waiting: Intake[] = []
  let round: Promise<readonly (Appended | OkiteError)[]> | null = null
  let lastRound: Promise<unknown> = Promise.resolve()

  const append = (intake: Intake): Pos => {
    const pos = head.size + pending.length
    assert.ok(pos < Number.MAX_SAFE_INTEGER)
    const refs: Record<string, Ref> = {}
    for (const { slot, person, ref } of intake.slots) {
      if (ref !== undefined) refs[slot] = ref
      else if (typeof person === 'string') refs[slot] = persons.get(person).ref
    }
    const fact = factOf(intake, pos, recorded, refs)
    const keys = keysOf(intake.type, fact)
    pending.push({ intake, fact, keys })
    here.set(intake.dedup.toString('latin1'), pos)
    return pos
  }

  const appendAll = async (intakes: readonly Intake[]) => {
    // Its own statement after the lock: a snapshot from before the wait would miss what the holder
    // of the lock had committed, and a delivery would get a second position.
    const old = await knownPositions(tx, intakes)
    await persons.find(intakes.flatMap(intake => intake.slots.flatMap(slot => slot.person ?? [])))
    return intakes.map(intake => {
      const id = intake.dedup.toString('latin1')
      const pos = old.get(id) ?? here.get(id)
      if (pos !== undefined) return { pos, known: true }
      try {
        return { pos: append(intake), known: false }
      } catch (error) {
        if (error instanceof OkiteError) return error
        throw error
      }
    })
  }

  return {
    tx,
    recorded,
    get size() {
      return head.size + pending.length
    },
    derive(draft, by) {
      const pos = head.size + pending.length
      const intake = takeDraft(draft, by, pos, core.types, core.secrets)
      assert.ok(!here.has(intake.dedup.toString('latin1')), `L4 derived twice: ${by.judge}`)
      return append(intake)
    },
    async observe(module, observation) {
      const index = waiting.push(takeObservation(module, observation, core.types)) - 1
      // What is observed in one go is looked up in one go, and one connection asks one thing at a
      // time.
      round ??= lastRound.then(() => {
        const intakes = waiting
        waiting = []
        round = null
        return appendAll(intakes)
      })
      lastRound = round.catch(() => {})
      const answer = (await round)[index]
      if (answer instanceof OkiteError) throw answer
      return answer as Appended
    },
    fact(pos) {
      const found = pending[pos - head.size]
      assert.ok(found !== undefined, 'the batch appended no such position')
      return found.fact
    },
    appendAll,
    async flush() {
      if (pending.length === 0) return
      const refs = pending.flatMap(({ intake }) => intake.slots.flatMap(slot => slot.ref ?? []))
      const subjects = await persons.subjects(refs)
      const rows = pending.map(({ intake, fact, keys }): Row => {
        const slots = intake.slots.map(given => {
          if (given.ref !== undefined) {
            const subject = subjects.get(given.ref) as string
            const message = slotMessage(given.slot, subjectValue(subject))
            const commitment = nodeHmac(given.salt, message).toString('base64url')
            return { slot: given.slot, salt: given.salt, commitment, subject, sealed: null }
          }
          const owner = given.person === null ? null : persons.get(given.person)
          const context = Buffer.from(given.commitment)
          const sealed = core.secrets.seal(owner, given.value, context)
          return { ...given, subject: owner?.subject ?? null, sealed }
        })
        const commitments = Object.fromEntries(slots.map(s => [s.slot, s.commitment]))
        const leaf = Buffer.from(intake.leaf(commitments)(recorded))
        assert.ok(leaf.length <= leafBytesMax, `L1 ${intake.source} made too large a fact`)
        return { intake, pos: fact.pos, keys, leaf, leafHash: hashLeaf(leaf), slots }
      })
      const named = new Set(
        pending.flatMap(({ intake }) => intake.slots.flatMap(slot => slot.person ?? [])),
      )
      const added = [...named].map(name => persons.get(name)).filter(person => person.isNew)
      await insertEntries(core, tx, head, recorded, rows, added).catch(error => {
        // Deliveries were looked up under this lock, so only a judge can have come twice.
        assert.ok(error?.constraint !== 'entry_dedup_key', 'L4 derived twice')
        throw error
      })
    },
  }
}

export type Head = Readonly<{ size: number; sealedMs: number }> & {
  frontier: ReturnType<typeof frontierFrom>
}

/** One writer at a time, across processes. Commit order is position order, so there are no gaps. */
async function lockHead(tx: PoolClient): Promise<Head> {
  const results = (await tx.query(beginAndLock)) as unknown as { rows: HeadRow[] }[]
  const row = results.at(-1)?.rows[0]
  assert.ok(row !== undefined, 'the ledger has a head')
  const size = Number(row.size)
  return { size, frontier: frontierFrom(size, row.frontier), sealedMs: Number(row.sealed_ms) }
}

type HeadRow = { size: string; frontier: Buffer; sealed_ms: string }

/**
 * READ COMMITTED with an explicit row lock; nothing rests on serializable isolation. A caller that
 * waits 10 s for the lock is told to come again; one that holds it idle for 60 s loses it, because
 * the whole organisation waits behind it.
 */
const beginAndLock = `begin isolation level read committed;
set local synchronous_commit = on;
set local lock_timeout = '10s';
set local idle_in_transaction_session_timeout = '60s';
select size, frontier, sealed_ms from ledger.head for update`

/** L7. Later than everything sealed, and never invented: a clock far behind is refused. */
function recordedMs(core: Core, sealedMs: number): number {
  const nowMs = core.clock.nowMs()
  const behindMs = sealedMs - nowMs
  if (behindMs > clockBehindMsMax) throw new OkiteError('LEDGER_CLOCK_WENT_BACK', { behindMs })
  return Math.max(nowMs, sealedMs + 1)
}

/** More than a clock is corrected by in one step, less than any deadline a policy knows. */
const clockBehindMsMax = 60_000

async function knownPositions(
  tx: PoolClient,
  intakes: readonly Intake[],
): Promise<ReadonlyMap<string, Pos>> {
  const { rows } = await tx.query<{ dedup: Buffer; idx: string }>({
    name: 'ledger-known',
    text: 'select dedup, idx from ledger.entry where dedup = any($1)',
    values: [intakes.map(intake => intake.dedup)],
  })
  return new Map(rows.map(row => [row.dedup.toString('latin1'), Number(row.idx)]))
}

function factOf(
  intake: Intake,
  pos: Pos,
  recorded: Instant,
  refs: Readonly<Record<string, Ref>>,
): Fact {
  const { type, module, source, occurred, observed, trust, because, body } = intake
  return Object.freeze({
    ...{ pos, type: type.name, tv: type.tv, module, source, occurred, observed, recorded, trust },
    ...{ because, body, refs: Object.freeze(refs) },
  })
}
