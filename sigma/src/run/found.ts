import type { EventSource, Leaf, RuleCost, RuleSource, RuleState } from '../index.ts'
import type { Format } from './format.ts'
import type { Input } from './records.ts'

/** What each worker is given at its start. */
export type Setup = Readonly<{
  rules: readonly RuleSource[]
  /** Where events come from that do not say so. */
  source: EventSource | null
  levelMin: string | null
  hasWhy: boolean
  /** Whether this worker tells of the rules; one is enough. */
  tells: boolean
}>

/** One event that rules matched. */
export type Found = Readonly<{
  /** Line or place in the file, from 0; in a piece of a file from its beginning. */
  at: number
  /** The number that an event log gave the event. */
  record: string | null
  timeMs: number | null
  /** The rules to be told, and those that feed correlations. */
  rules: readonly string[]
  fed: readonly FedRule[]
  why: Readonly<Record<string, readonly Leaf[]>> | null
}>

/** A rule that feeds correlations, and the fields that they read of the event. */
export type FedRule = Readonly<{ rule: string; fields: Readonly<Record<string, string | null>> }>

/** A reason why something was not read: how often, and where it was first. */
export type Trouble = { code: string; count: number; at: number | null; detail: string }

/** What became of a file or a piece of it. `failure`: why it could not be read, or not to its end. */
export type Outcome = Readonly<{
  format: Format | null
  events: number
  lines: number
  troubles: readonly Trouble[]
  failure: Readonly<{ code: string; detail: string }> | null
  /** Its first event does not say where it comes from, and nobody said it for it. */
  isSourceless: boolean
}>

/** What the rules are, as a worker knows them. */
export type RulesKnown = Readonly<{ states: readonly RuleState[]; loadMs: number }>

export type Job = Readonly<{ nth: number; input: Input }>

/** To a worker: a job, that batches were taken, or a question. */
export type Order =
  | Readonly<{ job: Job }>
  | Readonly<{ taken: number }>
  /** There are no more jobs: what have the rules cost? */
  | Readonly<{ asks: 'costs' }>

/** From a worker. */
export type Report =
  | Readonly<{ kind: 'ready'; rules: RulesKnown | null }>
  | Readonly<{ kind: 'progress'; events: number; bytes: number }>
  | Readonly<{ kind: 'batch'; job: number; found: readonly Found[] }>
  | Readonly<{ kind: 'done'; job: number; outcome: Outcome }>
  /** Of the rules that were asked. */
  | Readonly<{ kind: 'costs'; costs: readonly RuleCost[] }>
