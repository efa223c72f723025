import type { PoolClient } from 'pg'
import type { Draft, Fact, Instant, Observation, Pos } from '../fact.ts'
import type { Leaves } from '../ledger/read.ts'
import type { By } from './engine.ts'

/** What the runner needs of the ledger. */
export type List = Readonly<{
  write<T>(work: (batch: Batch) => Promise<T>): Promise<T>
  read(from: Pos, countMax: number): Promise<readonly Fact[]>
  leaves(from: Pos, countMax: number): Promise<Leaves>
  readPositions(positions: readonly Pos[]): Promise<readonly Fact[]>
  size(): Promise<number>
}>

/** One transaction under the head lock; positions are known at once. */
export type Batch = Readonly<{
  tx: PoolClient
  /** Grows with each fact of this batch. */
  readonly size: number
  recorded: Instant
  derive(draft: Draft, by: By): Pos
  observe(module: string, observation: Observation): Promise<{ pos: Pos; known: boolean }>
  /** A fact of this batch as judges will read it when it is committed. */
  fact(pos: Pos): Fact
}>
