import type { Pool, PoolClient } from 'pg'
import type { Fact, Pos, Ref } from '../fact.ts'
import type { Pace } from '../pace.ts'
import { sameBytes } from './bytes.ts'
import { openCheckpoint, type TrustedLog } from './checkpoint.ts'
import { indexedCauses } from './insert.ts'
import { keysOf, type Types, typeOf, withOwnTypes } from './intake.ts'
import { decodeLeaf, type Envelope, isBecause } from './leaf.ts'
import type { Secrets } from './secrets.ts'
import { slotMessage, subjectValue } from './slot.ts'
import { openStream, type Stream } from './stream.ts'
import { tileHeight } from './tile.ts'
import { inTransaction } from './transaction.ts'
import { emptyFrontier, extend, type Frontier, frontierBytes, hashLeaf, rootOf } from './tree.ts'
import { nodeHmac, nodeVerifier } from './verify-node.ts'

/** A rule that does not hold, and the first place where it was seen. */
export type Fault = Readonly<{ rule: string; pos: Pos; what: string }>

export type FsckReport = Readonly<{
  entries: number
  checkpoints: number
  /** Commitments that were opened, and those that could not be: erased, or no secrets given. */
  slots: Readonly<{ opened: number; closed: number }>
  /** Facts whose type is not registered: their keys could not be compared. */
  unknownTypes: number
  faultCount: number
  /** The first of them, in the order found. */
  faults: readonly Fault[]
  /** The lowest position at which something differs. */
  first: Pos | null
}>

export type FsckOptions = Readonly<{
  pool: Pool
  types: Types
  log: TrustedLog
  /** With them the sealed values are opened too. */
  secrets?: Secrets
  progress?(done: Pos, size: number): void
  /** With it others go on meanwhile. */
  pace?: Pace
}>

/**
 * Derives everything anew from the entries and compares: order, leaves, tree, checkpoints and
 * their signatures, commitments, indexes. Reads one snapshot, so writers go on meanwhile.
 */
export async function fsck(options: FsckOptions): Promise<FsckReport> {
  const types = withOwnTypes(options.types)
  return inTransaction(
    options.pool,
    client => new Check({ ...options, types }, client).run(),
    'begin isolation level repeatable read read only',
  )
}

const faultsKept = 100

class Check {
  readonly options: FsckOptions
  readonly client: PoolClient
  readonly faults: Fault[] = []
  faultCount = 0
  first: Pos | null = null
  entries = 0
  checkpoints = 0
  opened = 0
  closed = 0
  unknownTypes = 0
  frontier: Frontier = emptyFrontier
  recorded = ''
  lastSigned = 0

  constructor(options: FsckOptions, client: PoolClient) {
    this.options = options
    this.client = client
  }

  async run(): Promise<FsckReport> {
    const head = await this.head()
    const entries = await openStream<EntryRow>(this.client, 'entries', entriesSql)
    const beside = {
      slots: await openStream<SlotRow>(this.client, 'slots', slotsSql),
      types: await openStream<TypeRow>(this.client, 'types', typesSql),
      keys: await openStream<KeyRow>(this.client, 'keys', keysSql),
      causes: await openStream<CauseRow>(this.client, 'causes', causesSql),
      nodes: await openStream<NodeRow>(this.client, 'nodes', nodesSql),
      checkpoints: await openStream<NoteRow>(this.client, 'checkpoints', checkpointsSql),
    }
    for (let page = await entries.page(); page.length > 0; page = await entries.page()) {
      const last = Number(page.at(-1)?.pos)
      for (const stream of Object.values(beside)) await stream.fill(last)
      for (const row of page) {
        const wait = this.options.pace?.() ?? null
        if (wait !== null) await wait
        this.entry(row, beside)
        for (const note of beside.checkpoints.take(this.frontier.size - 1)) await this.note(note)
      }
      this.options.progress?.(this.entries, head.size)
    }
    for (const [name, stream] of Object.entries(beside)) {
      await stream.fill(Number.MAX_SAFE_INTEGER)
      for (const pos of [...stream.strays(), ...stream.rest()])
        this.fault('I2', pos, `${name}: stray`)
    }
    this.checkHead(head)
    return {
      entries: this.entries,
      checkpoints: this.checkpoints,
      slots: { opened: this.opened, closed: this.closed },
      unknownTypes: this.unknownTypes,
      faultCount: this.faultCount,
      faults: this.faults,
      first: this.first,
    }
  }

  fault(rule: string, pos: Pos, what: string): void {
    this.faultCount++
    if (this.faults.length < faultsKept) this.faults.push({ rule, pos, what })
    if (this.first === null || pos < this.first) this.first = pos
  }

  entry(row: EntryRow, beside: Beside): void {
    const pos = this.frontier.size
    this.entries++
    if (Number(row.pos) !== pos) this.fault('I1', pos, `found position ${row.pos}`)
    if (!sameBytes(hashLeaf(row.leaf), row.leaf_hash)) this.fault('I2', pos, 'leaf hash')
    // The stored hash goes into the tree: a changed leaf is reported once, and a changed hash by
    // the next checkpoint.
    const nodes: NodeRow[] = []
    this.frontier = extend(this.frontier, [row.leaf_hash], (level, index, hash) => {
      if (level % tileHeight !== 0) return
      nodes.push({ pos, level: level / tileHeight, idx: String(index), hash: Buffer.from(hash) })
    })
    const found = beside.nodes.take(pos)
    if (JSON.stringify(found.map(nodeText)) !== JSON.stringify(nodes.map(nodeText))) {
      this.fault('I2', pos, 'stored node')
    }
    const [slots, types] = [beside.slots.take(pos), beside.types.take(pos)]
    const [keys, causes] = [beside.keys.take(pos), beside.causes.take(pos)]
    let leaf: Envelope
    try {
      leaf = decodeLeaf(row.leaf)
    } catch {
      this.fault('L3', pos, 'leaf')
      return
    }
    if (leaf.recorded < this.recorded) this.fault('I6', pos, 'recorded decreases')
    this.recorded = leaf.recorded
    if (!isBecause(leaf.because, pos)) this.fault('M8', pos, 'because')
    this.slots(pos, leaf, slots)
    if (types.length !== 1 || types[0]?.type !== leaf.type) this.fault('I2', pos, 'type index')
    this.indexes(pos, leaf, slots, keys, causes)
  }

  slots(pos: Pos, leaf: Envelope, rows: readonly SlotRow[]): void {
    const names = rows.map(row => row.slot).sort()
    if (names.join() !== Object.keys(leaf.private).join()) this.fault('I2', pos, 'private slots')
    for (const row of rows) {
      const commitment = leaf.private[row.slot] ?? ''
      const value = row.salt === null ? null : this.valueOf(row, commitment)
      if (row.salt === null || value === null) {
        this.closed++
        continue
      }
      const message = value === undefined ? null : slotMessage(row.slot, value)
      const isOpen =
        message !== null && nodeHmac(row.salt, message).toString('base64url') === commitment
      if (isOpen) this.opened++
      else this.fault('I2', pos, `commitment of ${row.slot}`)
    }
  }

  /** null: cannot be known here. undefined: the seal does not open. */
  valueOf(row: SlotRow, commitment: string): string | null | undefined {
    if (row.sealed === null) return subjectValue(row.subject ?? '')
    if (this.options.secrets === undefined) return null
    const { subject, wrapped_key: wrappedKey } = row
    if (subject !== null && wrappedKey === null) return undefined
    const owner = subject === null ? null : { subject, wrappedKey: wrappedKey as Buffer }
    try {
      return this.options.secrets.open(owner, row.sealed, Buffer.from(commitment))
    } catch {
      return undefined
    }
  }

  indexes(
    pos: Pos,
    leaf: Envelope,
    slots: readonly SlotRow[],
    keys: readonly KeyRow[],
    causes: readonly CauseRow[],
  ): void {
    const type = typeOf(this.options.types, leaf.type, leaf.tv)
    if (type === undefined) {
      this.unknownTypes++
      return
    }
    const refs = Object.fromEntries(
      slots.flatMap(({ slot, ref }) => (ref === null ? [] : [[slot, ref]])),
    )
    let want: readonly string[] = []
    try {
      want = keysOf(type, { ...leaf, pos, refs } as Fact)
    } catch {
      this.fault('I2', pos, 'keys of the type')
    }
    const isSame =
      JSON.stringify(keys.map(row => row.key).sort()) === JSON.stringify([...want].sort()) &&
      keys.every(row => row.type === leaf.type)
    if (!isSame) this.fault('I2', pos, 'key index')
    const wantCauses = [...indexedCauses({ type, because: leaf.because })].sort((a, b) => a - b)
    if (causes.map(row => row.cause).join() !== wantCauses.join()) {
      this.fault('I2', pos, 'because index')
    }
  }

  async note(row: NoteRow): Promise<void> {
    this.checkpoints++
    const { size } = this.frontier
    this.lastSigned = size
    try {
      const signed = await openCheckpoint(row.note, this.options.log, nodeVerifier)
      if (signed.size !== size) this.fault('I2', size - 1, 'size of the checkpoint')
      if (!sameBytes(signed.root, rootOf(this.frontier.hashes))) {
        this.fault('I2', size - 1, 'root of the checkpoint')
      }
    } catch {
      this.fault('I2', size - 1, 'signature of the checkpoint')
    }
  }

  async head(): Promise<{ size: number; root: Buffer; frontier: Buffer }> {
    const { rows } = await this.client.query<{ size: string; root: Buffer; frontier: Buffer }>(
      'select size, root, frontier from ledger.head',
    )
    const row = rows[0]
    if (row === undefined) return { size: 0, root: Buffer.alloc(0), frontier: Buffer.alloc(0) }
    return { ...row, size: Number(row.size) }
  }

  checkHead(head: { size: number; root: Buffer; frontier: Buffer }): void {
    const { size, hashes } = this.frontier
    const isSame =
      head.size === size &&
      sameBytes(head.root, rootOf(hashes)) &&
      sameBytes(head.frontier, frontierBytes(this.frontier))
    if (!isSame) this.fault('I2', Math.min(size, head.size), 'head')
    if (this.lastSigned !== size) this.fault('I2', this.lastSigned, 'no checkpoint covers the rest')
  }
}

type EntryRow = { pos: string; leaf: Buffer; leaf_hash: Buffer }
type SlotRow = {
  pos: Pos
  slot: string
  subject: string | null
  salt: Buffer | null
  sealed: Buffer | null
  ref: Ref | null
  wrapped_key: Buffer | null
}
type TypeRow = { pos: Pos; type: string }
type KeyRow = { pos: Pos; key: string; type: string }
type CauseRow = { pos: Pos; cause: string }
type NodeRow = { pos: Pos; level: number; idx: string; hash: Buffer }
type NoteRow = { pos: Pos; note: string }
type Beside = {
  slots: Stream<SlotRow>
  types: Stream<TypeRow>
  keys: Stream<KeyRow>
  causes: Stream<CauseRow>
  nodes: Stream<NodeRow>
}

const nodeText = ({ level, idx, hash }: NodeRow) => `${level}/${idx} ${hash.toString('hex')}`

const entriesSql = 'select idx as pos, leaf, leaf_hash from ledger.entry order by idx'
const slotsSql = `select p.idx as pos, p.slot, p.subject, p.salt, p.sealed, o.ref, o.wrapped_key
  from ledger.private p left join ledger.person o on o.subject = p.subject order by p.idx, p.slot`
const typesSql = 'select pos, type from ledger.fact_type order by pos'
const keysSql = 'select pos, key, type from ledger.fact_key order by pos'
const causesSql = 'select pos, cause from ledger.because order by pos, cause'
/** A node is complete with the last leaf below it, and belongs to that position here. */
const nodesSql = `select ((idx + 1) * power(256::numeric, level) - 1)::bigint as pos, level, idx, hash
  from ledger.node order by 1, level`
const checkpointsSql = 'select size - 1 as pos, note from ledger.checkpoint order by size'
