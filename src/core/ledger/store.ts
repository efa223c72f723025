import assert from 'node:assert/strict'
import type pg from 'pg'
import { OkiteError } from '../error.ts'
import type { Fact, FactType, Observation, Pos, Ref } from '../fact.ts'
import { ledgerOpened } from '../facts.ts'
import type { Log } from '../log.ts'
import { type Clock, toInstant } from '../time.ts'
import type { Appended, Batch } from './batch.ts'
import { createBatcher } from './batcher.ts'
import { toBase64 } from './bytes.ts'
import { openCheckpoint } from './checkpoint.ts'
import { type Core, type LedgerLimits, ledgerLimits } from './core.ts'
import { type Disclosed, disclose } from './disclose.ts'
import type { Disk } from './disk.ts'
import { type Erased, type Erasure, erasePerson, sweepDeletedRows } from './erase.ts'
import { type Intake, takeObservation, withOwnTypes } from './intake.ts'
import { consistencyRanges, inclusionRanges } from './merkle.ts'
import { assertDurable, migrate } from './migrate.ts'
import { readVkey } from './note.ts'
import { createBell } from './notify.ts'
import { formatProof } from './proof.ts'
import { assertNotRolledBack } from './publish.ts'
import { type Entropy, systemEntropy } from './random.ts'
import {
  hashRanges,
  type Leaves,
  positionOf,
  readFacts,
  readLeaf,
  readLeaves,
  readPositions,
  retractionOf,
} from './read.ts'
import type { Secrets } from './secrets.ts'
import type { Signer } from './signer.ts'
import { nodeVerifier } from './verify-node.ts'
import { refusalOf, write } from './write.ts'

export type { Appended, Batch, Erased, Erasure, LedgerLimits }

/** A tenth of a second; twice as many are hardly faster, and four times as many are slower. */
export const submitCountMax = 2_048

/** The list. Trusted for progress, not for truth: what it says is proved by what it signed. */
export type Ledger = Readonly<{
  id: string
  /** `<host>/okite/<id>`, the name of this list in every checkpoint. */
  origin: string
  vkey: string
  /** Appends a fact from the world; resolves after the commit. @throws OkiteError, see errors.md */
  submit(module: string, observation: Observation): Promise<Appended>
  /**
   * Appends many facts from the world in one transaction: all of them or none, in their order. The whole
   * organisation waits meanwhile, so there are at most `submitCountMax`. They are checked at once and
   * appended when `after` is fulfilled; if it is rejected, none of them.
   */
  submitAll(
    module: string,
    observations: readonly Observation[],
    after?: Promise<unknown>,
  ): Promise<readonly Appended[]>
  /** One transaction under the head lock: what the work writes commits or falls with its facts. */
  write<T>(work: (batch: Batch) => Promise<T>): Promise<T>
  /** Up to `countMax` facts from a position on, decoded and frozen. */
  read(from: Pos, countMax: number): Promise<readonly Fact[]>
  /** The same, not decoded yet: for whoever folds in another thread. */
  leaves(from: Pos, countMax: number): Promise<Leaves>
  readPositions(positions: readonly Pos[]): Promise<readonly Fact[]>
  /** Where a fact of this identity stands, or null: it would be new. */
  positionOf(module: string, observation: Observation): Promise<Pos | null>
  /** The first retraction of the fact at a position, or null. */
  retractionOf(pos: Pos): Promise<Pos | null>
  size(): Promise<number>
  /** The newest signed checkpoint. */
  checkpoint(): Promise<string>
  /** Text of c2sp.org/tlog-proof for a position, against the newest checkpoint. */
  prove(pos: Pos): Promise<string>
  /** Hashes, in base64, that prove that the list of `size` extends the list of `sizeOld`. */
  proveConsistency(sizeOld: number, size: number): Promise<readonly string[]>
  /** The exact bytes of an entry. */
  leaf(pos: Pos): Promise<Uint8Array>
  /** A private value with the salt that opens its commitment; null when there is none, or no more. */
  disclose(pos: Pos, slot: string): Promise<Disclosed | null>
  /** The same for many facts at once, by position and slot; what is erased is not among them. */
  discloseAll(
    positions: readonly Pos[],
    slots: readonly string[],
  ): Promise<ReadonlyMap<Pos, Readonly<Record<string, Disclosed>>>>
  /** How judges see a person whom the list knows; null when it does not. */
  refOf(person: string): Promise<Ref | null>
  /** The same for many; whom the list does not know is not among them. */
  refsOf(persons: readonly string[]): Promise<ReadonlyMap<string, Ref>>
  erasePerson(person: string, erasure: Erasure): Promise<Erased>
  /** Tells the size whenever the list has grown, by whichever process. Answers how to stop it. */
  onAppend(listener: (size: number) => void): () => void
  /** Writes what was submitted, then lets go. The pool stays open: it belongs to the caller. */
  close(): Promise<void>
}>

export type LedgerOptions = Readonly<{
  pool: pg.Pool
  signer: Signer
  secrets: Secrets
  /** Salts and names of persons; the system's where nothing is said. */
  entropy?: Entropy
  types: ReadonlyMap<string, FactType>
  clock: Clock
  log: Log
  okiteVersion: string
  limits?: Partial<LedgerLimits>
  /** Folders of `publish` and `remember`: their checkpoint is the memory that a restored database has not. */
  published?: string | readonly string[]
  /** Where these folders are; the system's where nothing is said. */
  disk?: Disk
}>

/** @throws OkiteError `DATABASE_NOT_DURABLE`, `LEDGER_KEY_CHANGED`, `LEDGER_ROLLED_BACK`, … */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { pool, signer, secrets, clock, log } = options
  const types = withOwnTypes(options.types)
  const limits = { ...ledgerLimits, ...options.limits }
  const entropy = options.entropy ?? systemEntropy
  const core: Core = { pool, signer, secrets, entropy, types, clock, log, limits }
  const take = (module: string, observation: Observation) =>
    takeObservation(module, observation, types, [], entropy)
  await prepare(core, options)

  const size = async () => {
    const { rows } = await pool.query<{ size: string }>('select size from ledger.head')
    return Number(rows[0]?.size)
  }
  const bell = createBell(core, size)
  const writeAndRing: Ledger['write'] = async work => {
    const written = await write(core, work)
    bell.ring(written.size)
    return written.result
  }
  const batcher = createBatcher<Intake, Appended>({
    countMax: limits.batchCountMax,
    waitMs: limits.batchWaitMs,
    queueCountMax: limits.queueCountMax,
    async run(intakes) {
      const written = await write(core, batch => batch.appendAll(intakes))
      bell.ring(written.size)
      return written.result
    },
  })
  return {
    id: signer.name.split('/').at(-1) as string,
    origin: signer.name,
    vkey: signer.vkey,
    submit: async (module, observation) => batcher.submit(take(module, observation)),
    async submitAll(module, observations, after) {
      assert.ok(observations.length <= submitCountMax, 'too many facts for one transaction')
      const intakes = observations.map(one => take(module, one))
      await after
      const written = await write(core, async batch => {
        const answers = await batch.appendAll(intakes)
        return answers.map(answer => {
          if (answer instanceof OkiteError) throw answer
          return answer
        })
      })
      bell.ring(written.size)
      return written.result
    },
    write: writeAndRing,
    read: (from, countMax) => readFacts(pool, from, Math.min(countMax, limits.readCountMax)),
    leaves: (from, countMax) => readLeaves(pool, from, Math.min(countMax, limits.readCountMax)),
    readPositions: positions => readPositions(pool, positions),
    async positionOf(module, observation) {
      const { dedup } = takeObservation(module, observation, types)
      return positionOf(pool, dedup)
    },
    retractionOf: pos => retractionOf(pool, pos),
    size,
    checkpoint: () => newestCheckpoint(core),
    prove: pos => prove(core, pos),
    async proveConsistency(sizeOld, size) {
      return (await hashRanges(pool, consistencyRanges(sizeOld, size))).map(toBase64)
    },
    leaf: pos => readLeaf(pool, pos),
    async disclose(pos, slot) {
      return (await disclose(core, [pos], [slot])).get(pos)?.[slot] ?? null
    },
    discloseAll: (positions, slots) => disclose(core, positions, slots),
    async refOf(person) {
      return (await refsOf(core, [person])).get(person) ?? null
    },
    refsOf: persons => refsOf(core, persons),
    async erasePerson(person, erasure) {
      const written = await write(core, batch => erasePerson(core, batch, person, erasure))
      bell.ring(written.size)
      return { ...written.result, isSwept: await sweepDeletedRows(core) }
    },
    onAppend: bell.onAppend,
    async close() {
      await batcher.close()
      await bell.close()
    },
  }
}

async function prepare(core: Core, options: LedgerOptions): Promise<void> {
  const { pool, signer } = core
  let isNew = false
  const client = await pool.connect().catch(cause => {
    throw refusalOf(cause, true, false)
  })
  try {
    await assertDurable(client)
    await migrate(client)
    await client.query(
      `insert into ledger.head (origin, vkey, secrets, size, frontier, root, sealed_ms)
        values ($1, $2, $3, 0, '', sha256(''), 0) on conflict do nothing`,
      [signer.name, signer.vkey, core.secrets.fingerprint],
    )
    const { rows } = await client.query<HeadRow>(
      'select origin, vkey, secrets, size, root from ledger.head',
    )
    const head = rows[0] as HeadRow
    // A new key is a decision that outsiders must hear of, not something a start does by itself.
    if (head.origin !== signer.name || head.vkey !== signer.vkey) {
      throw new OkiteError('LEDGER_KEY_CHANGED', { list: head.origin, signer: signer.name })
    }
    // With other secrets every sealed value would be lost and every person be a second one.
    if (head.secrets !== core.secrets.fingerprint) {
      throw new OkiteError('LEDGER_SECRETS_CHANGED', { list: head.origin })
    }
    isNew = Number(head.size) === 0
    const log = { origin: signer.name, keys: [await readVkey(signer.vkey, nodeVerifier)] }
    if (Number(head.size) > 0) {
      const signed = await openCheckpoint(await newestCheckpoint(core), log, nodeVerifier)
      if (signed.size !== Number(head.size) || !head.root.equals(signed.root)) {
        throw new OkiteError('LEDGER_HEAD_BROKEN', { size: Number(head.size), signed: signed.size })
      }
    }
    const { published = [], disk } = options
    for (const folder of [published].flat()) await assertNotRolledBack(client, folder, log, disk)
  } finally {
    client.release()
  }
  // A list that has begun is only read here: a clock that is wrong must not keep anyone from reading.
  if (!isNew) return
  await write(core, async batch => {
    if (batch.size > 0) return
    const now = toInstant(core.clock.nowMs())
    await batch.observe(ledgerOpened.module, {
      type: ledgerOpened,
      source: 'core',
      occurred: now,
      observed: now,
      trust: 'instrument',
      body: { ledger: signer.name.split('/').at(-1) as string, okite: options.okiteVersion },
      identity: 'ledger.opened',
    })
  })
}

type HeadRow = { origin: string; vkey: string; secrets: string; size: string; root: Buffer }

async function newestCheckpoint({ pool }: Core): Promise<string> {
  const { rows } = await pool.query<{ note: string }>(
    'select note from ledger.checkpoint order by size desc limit 1',
  )
  const note = rows[0]?.note
  if (note === undefined) throw new OkiteError('LEDGER_HEAD_BROKEN', { signed: 0 })
  return note
}

async function prove(core: Core, pos: Pos): Promise<string> {
  const checkpoint = await newestCheckpoint(core)
  const size = Number(checkpoint.split('\n')[1])
  if (!Number.isSafeInteger(pos) || pos < 0 || pos >= size) {
    throw new OkiteError('LEDGER_POSITION_UNKNOWN', { pos })
  }
  const hashes = await hashRanges(core.pool, inclusionRanges(pos, size))
  return formatProof({ extra: null, pos, hashes, checkpoint })
}

async function refsOf({ pool, secrets }: Core, persons: readonly string[]) {
  const byLookup = new Map(persons.map(one => [secrets.lookup(one).toString('hex'), one]))
  const { rows } = await pool.query<{ lookup: string; ref: Ref }>({
    name: 'ledger-refs',
    text: `select encode(lookup, 'hex') as lookup, ref from ledger.person where lookup = any($1)`,
    values: [[...byLookup.keys()].map(lookup => Buffer.from(lookup, 'hex'))],
  })
  return new Map(rows.map(({ lookup, ref }) => [byLookup.get(lookup) as string, ref]))
}
