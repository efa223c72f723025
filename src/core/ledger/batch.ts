import assert from 'node:assert/strict'
import type { PoolClient } from 'pg'
import { OkiteError } from '../error.ts'
import type { Draft, Fact, Instant, Key, Observation, Pos, Ref } from '../fact.ts'
import { toInstant } from '../time.ts'
import type { Core } from './core.ts'
import { insertEntries, type Row } from './insert.ts'
import {
  type By,
  type Intake,
  type IntakeSlot,
  keysOf,
  takeDraft,
  takeObservation,
} from './intake.ts'
import { leafBytesMax } from './leaf.ts'
import { openPersons, type Persons } from './persons.ts'
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
type Answers = readonly (Appended | OkiteError)[]

/** Begins the transaction and takes the head lock. */
export async function openBatch(core: Core, tx: PoolClient): Promise<OpenBatch> {
  const head = await lockHead(tx)
  return new LockedBatch(core, tx, head, toInstant(recordedMs(core, head.sealedMs)))
}

/** Its fields belong to one transaction, and end with it. */
class LockedBatch implements OpenBatch {
  readonly tx: PoolClient
  readonly recorded: Instant
  readonly #core: Core
  readonly #head: Head
  readonly #persons: Persons
  readonly #pending: Pending[] = []
  readonly #here = new Map<string, Pos>()
  #waiting: Intake[] = []
  #round: Promise<Answers> | null = null
  #lastRound: Promise<unknown> = Promise.resolve()

  constructor(core: Core, tx: PoolClient, head: Head, recorded: Instant) {
    this.tx = tx
    this.recorded = recorded
    this.#core = core
    this.#head = head
    this.#persons = openPersons(tx, core.secrets, core.entropy)
  }

  get size(): number {
    return this.#head.size + this.#pending.length
  }

  derive(draft: Draft, by: By): Pos {
    const { types, secrets } = this.#core
    const intake = takeDraft(draft, by, this.size, types, secrets)
    assert.ok(!this.#here.has(identityOf(intake)), `L4 derived twice: ${by.judge}`)
    return this.#append(intake)
  }

  async observe(module: string, observation: Observation): Promise<Appended> {
    const { types, entropy } = this.#core
    const intake = takeObservation(module, observation, types, [], entropy)
    const index = this.#waiting.push(intake) - 1
    // What is observed in one go is looked up in one go, and one connection is asked one thing at a
    // time.
    this.#round ??= this.#lastRound.then(() => {
      const intakes = this.#waiting
      this.#waiting = []
      this.#round = null
      return this.appendAll(intakes)
    })
    this.#lastRound = this.#round.catch(() => {})
    const answer = (await this.#round)[index]
    if (answer instanceof OkiteError) throw answer
    return answer as Appended
  }

  fact(pos: Pos): Fact {
    const found = this.#pending[pos - this.#head.size]
    assert.ok(found !== undefined, 'the batch appended no such position')
    return found.fact
  }

  async appendAll(intakes: readonly Intake[]): Promise<Answers> {
    // Its own statement after the lock: a snapshot from before the wait would miss what the holder
    // of the lock had committed, and a delivery would get a second position.
    const old = await knownPositions(this.tx, intakes)
    await this.#persons.find(intakes.flatMap(personsOf))
    return intakes.map(intake => {
      const pos = old.get(identityOf(intake)) ?? this.#here.get(identityOf(intake))
      if (pos !== undefined) return { pos, known: true }
      try {
        return { pos: this.#append(intake), known: false }
      } catch (error) {
        if (error instanceof OkiteError) return error
        throw error
      }
    })
  }

  async flush(): Promise<void> {
    // Whoever did not wait for his own observation is waited for here.
    await this.#lastRound
    if (this.#pending.length === 0) return
    const intakes = this.#pending.map(({ intake }) => intake)
    const refs = intakes.flatMap(({ slots }) => slots.flatMap(slot => slot.ref ?? []))
    const subjects = await this.#persons.subjects(refs)
    const rows = this.#pending.map(({ intake, fact, keys }): Row => {
      const slots = intake.slots.map(slot => this.#seal(slot, subjects))
      const commitments = Object.fromEntries(slots.map(s => [s.slot, s.commitment]))
      const leaf = Buffer.from(intake.leaf(commitments)(this.recorded))
      assert.ok(leaf.length <= leafBytesMax, `L1 ${intake.source} made too large a fact`)
      return { intake, pos: fact.pos, keys, leaf, leafHash: hashLeaf(leaf), slots }
    })
    const added = [...new Set(intakes.flatMap(personsOf))]
      .map(name => this.#persons.get(name))
      .filter(person => person.isNew)
    try {
      await insertEntries(this.#core, this.tx, this.#head, this.recorded, rows, added)
    } catch (error) {
      // Deliveries were looked up under this lock, so only a judge can have come twice.
      const { constraint } = error as { constraint?: string }
      assert.ok(constraint !== 'entry_dedup_key', 'L4 derived twice')
      throw error
    }
  }

  #append(intake: Intake): Pos {
    const pos = this.size
    assert.ok(pos < Number.MAX_SAFE_INTEGER)
    const refs: Record<string, Ref> = {}
    for (const { slot, person, ref } of intake.slots) {
      if (ref !== undefined) refs[slot] = ref
      else if (typeof person === 'string') refs[slot] = this.#persons.get(person).ref
    }
    const fact = factOf(intake, pos, this.recorded, refs)
    const keys = keysOf(intake.type, fact)
    this.#pending.push({ intake, fact, keys })
    this.#here.set(identityOf(intake), pos)
    return pos
  }

  #seal(given: IntakeSlot, subjects: ReadonlyMap<Ref, string>) {
    const { slot, salt } = given
    if (given.ref !== undefined) {
      const subject = subjects.get(given.ref) as string
      const message = slotMessage(slot, subjectValue(subject))
      const commitment = nodeHmac(salt, message).toString('base64url')
      return { slot, salt, commitment, subject, sealed: null }
    }
    const { commitment, value, person } = given
    const owner = person === null ? null : this.#persons.get(person)
    const sealed = this.#core.secrets.seal(owner, value, Buffer.from(commitment))
    return { slot, salt, commitment, subject: owner?.subject ?? null, sealed }
  }
}

const identityOf = (intake: Intake): string => intake.dedup.toString('latin1')
const personsOf = (intake: Intake): string[] => intake.slots.flatMap(slot => slot.person ?? [])

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
