import type { PoolClient } from 'pg'
import type { Draft, Fact, Key, Pos } from '../fact.ts'
import {
  claimAccepted,
  factCorrected,
  factRetracted,
  findingClosed,
  findingOpened,
  occurrenceClosed,
  occurrenceRestated,
  parameterDecided,
  policyAdopted,
  premiseRetracted,
} from '../facts.ts'
import type { Judge } from '../judge.ts'
import type { Calendars } from '../time.ts'
import { is, type PackParams, Policies } from './adoption.ts'
import { type By, type Emit, Engine } from './engine.ts'
import type { List } from './list.ts'
import { amendments, type Overlay, targetOf } from './overlay.ts'
import type { Row } from './rows.ts'
import { foldSilently, takeOver } from './takeover.ts'

/**
 * Rebuilds only the rows that the target of an amendment names, without it or with what stands for it,
 * and says what is different: occurrences that were closed are restated, findings opened or closed, and
 * the control learns the difference of the row's share (V40, V41). Called before the engine steps the
 * amendment itself.
 */
export async function rebuildTargets(options: {
  engine: Engine
  list: List
  tx: PoolClient
  packParams: PackParams
  calendars: Calendars
  overlay: Overlay
  amendment: Fact
  emit: Emit
}): Promise<void> {
  const { engine, list, tx, overlay, amendment, emit } = options
  const targetPos = targetOf(amendment)
  if (targetPos === null) return
  const [target] = await list.readPositions([targetPos])
  if (target === undefined) return
  // The engine must stand where the amendment stands before rows are compared.
  engine.wakeUntil(amendment.recorded, amendment.pos, emit)
  overlay.take(amendment, target)
  if (is(amendment, claimAccepted)) return
  const instead = overlay.instead.get(amendment.pos)
  const policyFacts = await factsOf(list, tx, [policyAdopted.name, parameterDecided.name], null)
  for (const seat of engine.seats) {
    const judge = seat.judge
    if (seat.stopped !== null || !judge.from.some(type => type.name === target.type)) continue
    const keys = new Set([...judge.keys(target), ...(instead ? judge.keys(instead) : [])])
    if (keys.has('')) {
      // The row '' counts all others: the whole judge is folded again.
      await refold(options, judge)
      continue
    }
    for (const key of keys) {
      const types = judge.from.map(type => type.name)
      const subjects = key === 'org' ? null : key
      const facts = await factsOf(list, tx, types, subjects)
      const rebuilt = rebuildRow({
        ...options,
        judge,
        key,
        facts: merge(facts, judge.policy ? policyFacts : []).filter(f => f.pos < amendment.pos),
        until: amendment,
      })
      const before = seat.rows.byKey.get(key)
      const made = { ...before?.made }
      await sayDifferences({ ...options, judge, key, before, rebuilt, made })
      engine.replace(seat, key, rebuilt.row && { ...rebuilt.row, made }, amendment.pos, emit)
    }
  }
  await tellPremises(options, target)
}

async function refold(options: Parameters<typeof rebuildTargets>[0], judge: Judge): Promise<void> {
  const { engine, list, amendment, emit } = options
  const standingPos = engine.seatOf(judge.id).rows.byKey.get('')?.made['verdict']
  const { engine: folded, unsaid } = await foldSilently({
    ...options,
    judges: [judge],
    defaults: new Map([[judge.id, engine.seatOf(judge.id).defaults]]),
    until: amendment.pos,
  })
  const instead = options.overlay.instead.get(amendment.pos)
  if (instead !== undefined) folded.step(instead, () => undefined)
  const [standing] = standingPos === undefined ? [] : await list.readPositions([standingPos])
  const said = unsaid.get(judge.id)
  if (said === undefined) return
  takeOver({
    running: engine,
    folded,
    judge,
    unsaid: said,
    standing: standing ?? null,
    cause: amendment,
    emit,
  })
}

type Rebuilt = Readonly<{ row: Row | null; said: readonly Draft[] }>

/** Folds one row from nothing, silently, with the amendments known so far. */
function rebuildRow(options: {
  judge: Judge
  key: Key
  facts: readonly Fact[]
  until: Fact
  overlay: Overlay
  packParams: PackParams
  calendars: Calendars
  engine: Engine
}): Rebuilt {
  const { judge, key, overlay, until } = options
  const said: Draft[] = []
  const one: Judge = { ...judge, keys: f => (judge.keys(f).includes(key) ? [key] : []) }
  const engine = new Engine({
    judges: [one],
    defaults: new Map([[judge.id, options.engine.seatOf(judge.id).defaults]]),
    policies: new Policies(options.packParams),
    calendars: options.calendars,
  })
  const keep: Emit = draft => {
    said.push(draft)
    return undefined
  }
  const facts = options.facts.filter(fact => !overlay.silenced.has(fact.pos))
  const instead = [...overlay.instead].filter(([, fact]) =>
    judge.from.some(t => t.name === fact.type),
  )
  const all: Array<[Pos, Fact]> = [...facts.map((f): [Pos, Fact] => [f.pos, f]), ...instead]
  for (const [pos, fact] of all.sort((a, b) => a[0] - b[0])) engine.step(fact, keep, pos)
  engine.wakeUntil(until.recorded, until.pos, keep)
  return { row: engine.seatOf(judge.id).rows.byKey.get(key) ?? null, said }
}

async function sayDifferences(options: {
  judge: Judge
  key: Key
  before: Row | undefined
  rebuilt: Rebuilt
  made: Record<string, Pos>
  amendment: Fact
  emit: Emit
  list: List
  tx: PoolClient
}): Promise<void> {
  const { judge, key, before, rebuilt, made, amendment, emit } = options
  let ordinal = 0
  const say = (draft: Draft): void => {
    const by: By = {
      judge: judge.id,
      version: judge.version,
      cause: amendment.pos,
      key: `${key}`,
      // Far above what a step may say for the same cause and key.
      ordinal: 10_000_000 + ordinal++,
    }
    const pos = emit({ ...draft, occurred: amendment.recorded }, by)
    if (draft.as !== undefined && pos !== undefined) made[draft.as] = pos
  }
  const now = new Map<string, string>()
  for (const draft of rebuilt.said) {
    const body = draft.body as {
      subject?: string
      occurrence?: string
      outcome?: string
      now?: string
    }
    if (body.subject !== key || body.occurrence === undefined) continue
    if (draft.type === occurrenceClosed) now.set(body.occurrence, body.outcome ?? '')
    if (draft.type === occurrenceRestated) now.set(body.occurrence, body.now ?? '')
  }
  for (const [occurrence, was] of await concluded(options, judge.id, key)) {
    const outcome = now.get(occurrence) ?? 'open'
    if (outcome === was.outcome) continue
    say({
      type: occurrenceRestated,
      occurred: amendment.recorded,
      because: [was.pos, amendment.pos],
      body: {
        control: judge.id,
        subject: key,
        occurrence,
        of: was.pos,
        was: was.outcome,
        now: outcome,
      },
    })
  }
  const wasOpen = before?.rank != null
  const isOpen = rebuilt.row?.rank != null
  if (!wasOpen && isOpen) {
    const opened = rebuilt.said.findLast(draft => draft.type === findingOpened)
    if (opened) say({ ...opened, because: [amendment.pos] })
  } else if (wasOpen && !isOpen) {
    say({
      type: findingClosed,
      occurred: amendment.recorded,
      because: [amendment.pos],
      body: { control: judge.id, subject: key, reason: { code: 'retracted', args: {} } },
    })
  }
}

/** What the list says today of the closed occurrences of one subject. */
async function concluded(
  options: { list: List; tx: PoolClient },
  control: string,
  key: Key,
): Promise<Map<string, { pos: Pos; outcome: string }>> {
  const types = [occurrenceClosed.name, occurrenceRestated.name]
  const found = new Map<string, { pos: Pos; outcome: string }>()
  for (const fact of await factsOf(options.list, options.tx, types, key)) {
    const body = fact.body as {
      control: string
      occurrence: string
      outcome?: string
      now?: string
    }
    if (body.control !== control) continue
    found.set(body.occurrence, { pos: fact.pos, outcome: body.outcome ?? body.now ?? '' })
  }
  return found
}

/** Owners of facts that rest on the target are told, and decide themselves (V41). */
async function tellPremises(
  options: { tx: PoolClient; amendment: Fact; emit: Emit },
  target: Fact,
): Promise<void> {
  if (is(options.amendment, claimAccepted)) return
  const { rows } = await options.tx.query<{ pos: string; type: string }>(
    `select b.pos, t.type from ledger.because b join ledger.fact_type t on t.pos = b.pos
     where b.cause = $1 and t.type not like 'control.%' and t.type not like 'statement.%'
     order by b.pos limit 1000`,
    [target.pos],
  )
  for (const [ordinal, row] of rows.entries()) {
    options.emit(
      {
        type: premiseRetracted,
        occurred: options.amendment.recorded,
        because: [Number(row.pos), options.amendment.pos],
        body: { of: Number(row.pos), type: row.type },
      },
      { judge: 'core.premise', version: 1, cause: options.amendment.pos, key: '', ordinal },
    )
  }
}

/** Facts of these types that name the key, or all of them, in position order. */
async function factsOf(
  list: List,
  tx: PoolClient,
  types: readonly string[],
  key: Key | null,
): Promise<readonly Fact[]> {
  const { rows } =
    key === null
      ? await tx.query<{ pos: string }>(
          'select pos from ledger.fact_type where type = any($1) order by pos',
          [types],
        )
      : await tx.query<{ pos: string }>(
          'select pos from ledger.fact_key where key = $2 and type = any($1) order by pos',
          [types, key],
        )
  return list.readPositions(rows.map(row => Number(row.pos)))
}

const merge = (a: readonly Fact[], b: readonly Fact[]): Fact[] =>
  [...new Map([...a, ...b].map(fact => [fact.pos, fact])).values()].sort((x, y) => x.pos - y.pos)
