import { strict as assert } from 'node:assert'
import type { Fact, Instant, Key, Pos } from '../fact.ts'
import { statementVerdictChanged, verdictChanged } from '../facts.ts'
import {
  type Adoption,
  type Context,
  type Input,
  isFact,
  type Judge,
  type Lapse,
  type Plain,
  type Step,
} from '../judge.ts'
import type { Base, Control, ControlInfo, Judged, Kind, Ppm, Reason, Role, Status } from './kind.ts'
import { compile } from './machine.ts'
import { compareText, is, organisation } from './match.ts'
import { becauseOf } from './say.ts'
import { worstFirst } from './verdict.ts'

type ControlId = string

/** What a roll-up remembers of one control: its last verdict. */
type Heard = Readonly<{ status: Status; code: string; since: Instant; pos: Pos }>
type HeardAll = Readonly<Record<ControlId, Heard>>

const hear = (fact: Fact<any>): Heard => ({
  status: fact.body.status,
  code: fact.body.reason.code,
  since: fact.body.since,
  pos: fact.pos,
})

type Worst = Readonly<{ status: Status; reason: Reason }>

const ppm = 1_000_000

/**
 * What some controls say together, the worst first (V26). A control that has said nothing is
 * unknown, and so is the roll-up of none.
 *
 * @param atLeast such a share of them kept is enough
 */
function worstOf(controls: readonly ControlId[], heard: HeardAll, atLeast: Ppm = ppm): Worst {
  if (controls.length === 0) return { status: 'unknown', reason: { code: 'no.control', args: {} } }
  const of = controls.length
  const by = (status: Status) =>
    controls.filter(control => (heard[control]?.status ?? 'unknown') === status)
  const kept = by('kept').length
  if (kept * ppm >= atLeast * of) {
    return { status: 'kept', reason: { code: 'controls.kept', args: { count: kept, of } } }
  }
  for (const status of worstFirst) {
    const [first, ...rest] = by(status)
    if (first === undefined) continue
    const code = heard[first]?.code ?? 'no.verdict'
    const args = { control: first, why: code, count: rest.length + 1, of }
    return { status, reason: { code: `controls.${status}`, args } }
  }
  return assert.fail('a control has one of four statuses')
}

type RollupState = Readonly<{ heard: HeardAll; since: Instant | null }>

/**
 * A control of kind *rollup*: what do these controls say together? It reads verdicts and nothing
 * else (V26).
 *
 * @param o with a predicate in `of` it knows its controls only after `resolve`, and until then has none
 */
export function rollup(
  o: Readonly<{
    id: string
    version: number
    owner: Role
    of: readonly ControlId[] | ((control: ControlInfo) => boolean)
    worst: true | Readonly<{ atLeast: Ppm }>
  }>,
): Control {
  const { of } = o
  const base: Base = { id: o.id, version: o.version, owner: o.owner }
  const atLeast = o.worst === true ? ppm : o.worst.atLeast
  if (typeof of !== 'function') return compileRollup(base, inOrder(of), atLeast)
  return Object.freeze({
    ...compileRollup(base, [], atLeast),
    resolve: (all: readonly ControlInfo[]) => {
      const chosen = all.filter(control => control.id !== o.id && of(control))
      return compileRollup(base, inOrder(chosen.map(control => control.id)), atLeast)
    },
  })
}

const inOrder = (ids: readonly ControlId[]) => [...new Set(ids)].sort(compareText)

function compileRollup(base: Base, controls: readonly ControlId[], atLeast: Ppm): Control {
  const kind: Kind<Plain> = {
    name: 'rollup',
    from: [verdictChanged],
    subjects: fact =>
      is(fact, verdictChanged) && controls.includes(fact.body.control) ? [organisation] : [],
    opensSubjects: false,
    init: () => ({ heard: {}, since: null }) satisfies RollupState,
    step: (before, input) => {
      const state = before as RollupState
      if (input === null || !('pos' in input) || !is(input, verdictChanged)) return { state }
      const heard = hear(input)
      // What a verdict changed without changing its status began when that did.
      const isNews = state.heard[input.body.control]?.status !== heard.status
      return {
        state: {
          heard: { ...state.heard, [input.body.control]: heard },
          since: isNews ? heard.since : state.since,
        },
      }
    },
    judge: (state, _subject, ctx) => {
      const { heard, since } = state as RollupState
      return {
        ...worstOf(controls, heard, atLeast),
        since: since ?? ctx.now,
        next: null,
        awaits: null,
        because: controls.flatMap(control => heard[control]?.pos ?? []),
      } satisfies Judged
    },
    combine: counts => {
      const status = worstFirst.find(one => counts[one] > 0) ?? 'unknown'
      return { status, reason: { code: `controls.${status}`, args: {} } }
    },
  }
  return compile(base, kind, controls)
}

/** Which controls the adopted pack binds to each statement; null for a pack nobody knows. */
export type Bindings = (adopted: Adoption) => ReadonlyMap<Key, readonly ControlId[]> | null

/** The row `''`: the last verdict of every control. */
type Root = Readonly<{
  key: ''
  heard: HeardAll
  /** Statements that have a row. */
  statements: readonly Key[]
}>

type StatementRow = Readonly<{
  key: Key
  said: Readonly<{ status: Status; code: string; policy: Pos; since: Instant }> | null
}>

export const statementsId = 'core.statement'

/**
 * The judge that rolls up controls to the statements that the adopted policy pack binds them to
 * (V26). It is the only place where a control meets a statement (M16).
 */
export function statementRollup(bindings: Bindings): Judge<any> {
  const bound: Bound = adopted => (adopted === null ? null : bindings(adopted))
  return Object.freeze({
    id: statementsId,
    version: 1,
    from: [verdictChanged],
    makes: [statementVerdictChanged],
    policy: true,
    keys: () => [''],
    init: (key: Key): Root | StatementRow =>
      key === '' ? { key, heard: {}, statements: [] } : { key, said: null },
    step: (row: Root | StatementRow, input: Input, ctx: Context) =>
      isRoot(row) ? stepRoot(row, bound, input, ctx) : stepStatement(row, bound, ctx),
    verdicts: {
      type: statementVerdictChanged,
      of: (row: Key) => row,
      lapsed: (row: Root | StatementRow, reason: Lapse, ctx: Context) =>
        isRoot(row) || row.said === null || ctx.adopted === null
          ? null
          : {
              ...{ statement: row.key, status: 'unknown', reason, since: ctx.now },
              policy: ctx.adopted.pos,
              controls: bound(ctx.adopted)?.get(row.key) ?? [],
            },
    },
  })
}

const isRoot = (row: Root | StatementRow): row is Root => row.key === ''

type Bound = (adopted: Adoption | null) => ReadonlyMap<Key, readonly ControlId[]> | null

function stepRoot(before: Root, bound: Bound, input: Input, ctx: Context): Step<Root> {
  const statements = bound(ctx.adopted) ?? new Map<Key, readonly ControlId[]>()
  // Statements that already have a row hear of a policy by themselves.
  const known = new Set(before.statements)
  const fresh = [...statements.keys()].filter(key => !known.has(key)).sort(compareText)
  const row: Root = {
    ...before,
    statements: fresh.length === 0 ? before.statements : [...before.statements, ...fresh],
  }
  if (!isFact(input) || !is(input, verdictChanged)) return { state: row, also: fresh }
  const { control } = input.body
  const isFresh = new Set(fresh)
  const concerned = [...statements]
    .filter(([key, controls]) => !isFresh.has(key) && controls.includes(control))
    .map(([key]) => key)
  return {
    state: { ...row, heard: { ...row.heard, [control]: hear(input) } },
    also: [...fresh, ...concerned].sort(compareText),
  }
}

function stepStatement(row: StatementRow, bound: Bound, ctx: Context): Step<StatementRow> {
  const root = ctx.root as Root | null
  if (ctx.adopted === null || root === null) return { state: row }
  const controls = bound(ctx.adopted)?.get(row.key)
  // A statement that disappears says so once, and is never shown as kept (V36).
  if (controls === undefined && row.said === null) return { state: row }
  const worst: Worst =
    controls === undefined
      ? { status: 'unknown', reason: { code: 'retired', args: {} } }
      : worstOf(controls, root.heard)
  const policy = ctx.adopted.pos
  const { status, reason } = worst
  const { said } = row
  if (said?.status === status && said.code === reason.code && said.policy === policy) {
    return { state: row }
  }
  if (controls === undefined && said?.code === 'retired') return { state: row }
  const since = said?.status === status ? said.since : sinceOf(controls ?? [], root, said, ctx)
  const verdicts = (controls ?? []).flatMap(control => root.heard[control]?.pos ?? [])
  return {
    state: { ...row, said: { status, code: reason.code, policy, since } },
    facts: [
      {
        as: 'verdict',
        type: statementVerdictChanged,
        occurred: ctx.now,
        because: becauseOf(ctx, [ctx.made('verdict'), policy], verdicts),
        body: { statement: row.key, status, reason, since, policy, controls: controls ?? [] },
      },
    ],
  }
}

/** When the verdict began that brought this about; what no verdict brought about begins now (V29). */
function sinceOf(
  controls: readonly ControlId[],
  root: Root,
  said: StatementRow['said'],
  ctx: Context,
): Instant {
  const news = controls.map(control => root.heard[control]).find(heard => heard?.pos === ctx.cause)
  if (news === undefined || news.since > ctx.now) return ctx.now
  const least = said?.since ?? ctx.adopted?.from ?? ctx.now
  return news.since >= least ? news.since : least
}
