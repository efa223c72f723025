import type { PoolClient } from 'pg'
import { compareText } from '../control/match.ts'
import type { Draft, Fact, FactType, Key, Pos } from '../fact.ts'
import { noKeys } from '../fact.ts'
import { occurrenceClosed, occurrenceRestated, premiseRetracted } from '../facts.ts'
import type { Judge } from '../judge.ts'
import { limits } from '../limits.ts'
import type { Calendars } from '../time.ts'
import { type PackParams, Policies, policyTypes } from './adoption.ts'
import { type Made, type Say, sayFinding, sayOccurrences } from './difference.ts'
import { type Emit, Engine } from './engine.ts'
import type { List } from './list.ts'
import type { Overlay, Taken } from './overlay.ts'
import { type Row } from './rows.ts'
import { foldSilently, takeOver } from './takeover.ts'
import { listen, type Unsaid } from './unsaid.ts'

type Options = Readonly<{
  engine: Engine
  /** Also reads what the present transaction has appended. */
  list: Pick<List, 'read' | 'readPositions'>
  tx: PoolClient
  packParams: PackParams
  calendars: Calendars
  overlay: Overlay
  amendment: Fact
  /** What the amendment has done to the overlay. */
  taken: Taken
  emit: Emit
}>

type Seat = ReturnType<Engine['seatOf']>

/**
 * Rebuilds only the rows that the target of an amendment names, without it or with what stands for it,
 * and says what is different: occurrences that were closed are restated, findings opened or closed, and
 * the control learns the difference of the row's share (V40, V41). Called before the engine steps the
 * amendment itself. What it reads lies below the amendment, so that it reads the same for ever.
 */
export async function rebuildTargets(options: Options): Promise<void> {
  const { engine, amendment, taken, emit } = options
  // The engine must stand where the amendment stands before rows are compared.
  engine.wakeUntil(amendment.recorded, amendment.pos, emit)
  const touched = [...taken.gone, ...(taken.now === null ? [] : [taken.now])]
  for (const seat of engine.seats) {
    if (seat.stopped !== null) continue
    const keys = keysOf(options, seat, touched)
    if (keys.includes('')) await refold(options, seat)
    else for (const key of keys) await rebuild(options, seat, key, touched)
  }
  await tellPremises(options)
}

function keysOf(options: Options, seat: Seat, touched: readonly Fact[]): readonly Key[] {
  const { judge } = seat
  const facts = touched.filter(fact => judge.from.some(type => type.name === fact.type))
  try {
    return [...new Set(facts.flatMap(fact => judge.keys(fact)))].sort(compareText)
  } catch (error) {
    options.engine.stop(seat, error, options.amendment.pos, options.emit)
    return []
  }
}

/** Far above what a step may say for the same cause and key. */
const ordinalsFrom = 10_000_000

function saying({ amendment, emit }: Options, judge: Judge): Say {
  let ordinal = ordinalsFrom
  return (key: Key, draft: Draft) =>
    emit(draft, {
      judge: judge.id,
      version: judge.version,
      cause: amendment.pos,
      key,
      ordinal: ordinal++,
    })
}

/** The row '' counts all others: the whole judge is folded again. */
async function refold(options: Options, seat: Seat): Promise<void> {
  const { engine, list, amendment, emit, overlay } = options
  const { judge, defaults } = seat
  const said = [...seat.rows.byKey].flatMap(([key, { made }]) =>
    made['verdict'] === undefined ? [] : [{ key, pos: made['verdict'] }],
  )
  const stands = await list.readPositions(said.map(({ pos }) => pos))
  const standing = new Map(said.map(({ key }, index) => [key, stands[index] as Fact]))
  const folded = await foldSilently({
    ...options,
    judges: [judge],
    defaults: new Map([[judge.id, defaults]]),
    until: amendment.pos,
    withOccurrences: true,
  })
  folded.engine.wakeUntil(amendment.recorded, amendment.pos, folded.emit)
  const instead = overlay.instead.get(amendment.pos)
  if (instead !== undefined) folded.engine.step(instead.fact, folded.emit, amendment.pos)
  const unsaid = folded.unsaid.get(judge.id)
  if (unsaid === undefined) return
  const say = saying(options, judge)
  const made = new Map<Key, Made>()
  const fresh = folded.engine.seatOf(judge.id)
  for (const key of new Set([...seat.rows.keys(), ...fresh.rows.keys()])) {
    const own = { ...seat.rows.byKey.get(key)?.made }
    await sayOccurrences({ ...concluded(options, judge, key), made: own, unsaid, say })
    made.set(key, own)
  }
  const code = 'retracted'
  takeOver({
    running: engine,
    folded: folded.engine,
    judge,
    unsaid,
    standing,
    cause: amendment,
    emit,
    code,
    made,
  })
  if (seat.stopped !== null) {
    engine.stopped.push({ judge: judge.id, code: seat.stopped, cause: amendment.pos })
  }
}

async function rebuild(
  options: Options,
  seat: Seat,
  key: Key,
  touched: readonly Fact[],
): Promise<void> {
  const { engine, amendment, emit } = options
  const { judge } = seat
  const facts = await factsOf(options, judge, key, touched)
  const rebuilt = rebuildRow(options, seat, key, facts)
  if (rebuilt.stopped !== null) {
    engine.stop(seat, new Error(rebuilt.stopped), amendment.pos, emit)
    return
  }
  const { unsaid } = rebuilt
  const say = saying(options, judge)
  const made = { ...seat.rows.byKey.get(key)?.made }
  const cause = amendment
  await sayOccurrences({ ...concluded(options, judge, key), made, unsaid, say })
  sayFinding({ judge, key, made, unsaid, cause, say, code: 'retracted' })
  const row = rebuilt.row && { ...rebuilt.row, made, upto: amendment.pos }
  engine.replace(seat, key, row, amendment.pos, emit)
}

/**
 * The judge, for one of its rows and the row ''. An engine asks `keysOfType` first where a judge offers
 * it, so that is narrowed away with `keys`.
 */
export function onlyRow(judge: Judge, key: Key): Judge {
  const { keysOfType: _, ...rest } = judge
  return { ...rest, keys: fact => judge.keys(fact).filter(one => one === '' || one === key) }
}

/**
 * Folds one row from nothing, silently, with the amendments known so far. The row '' is folded beside
 * it: watermarks and an exception for all stand there (V6, V13).
 */
function rebuildRow(
  options: Options,
  seat: Seat,
  key: Key,
  facts: readonly Fact[],
): Readonly<{ row: Row | null; unsaid: Unsaid; stopped: string | null }> {
  const { overlay, amendment } = options
  const { judge } = seat
  const { emit, unsaid } = listen([judge], true)
  const engine = new Engine({
    judges: [onlyRow(judge, key)],
    defaults: new Map([[judge.id, seat.defaults]]),
    policies: new Policies(options.packParams),
    calendars: options.calendars,
  })
  const steps: Array<Readonly<{ pos: Pos; at: string; fact: Fact }>> = []
  for (const fact of facts) {
    if (!overlay.silenced.has(fact.pos)) steps.push({ pos: fact.pos, at: fact.recorded, fact })
  }
  for (const [pos, { fact, at }] of overlay.instead) {
    if (judge.from.some(type => type.name === fact.type)) steps.push({ pos, at, fact })
  }
  for (const { pos, at, fact } of steps.sort((a, b) => a.pos - b.pos)) {
    // An accepted claim was recorded before; it is judged when it is accepted (V2, V4).
    engine.wakeUntil(at, pos, emit)
    engine.resume(at)
    engine.step(fact, emit, pos)
  }
  engine.wakeUntil(amendment.recorded, amendment.pos, emit)
  const own = engine.seatOf(judge.id)
  return {
    row: own.rows.byKey.get(key) ?? null,
    unsaid: unsaid.get(judge.id) as Unsaid,
    stopped: own.stopped,
  }
}

/** What is known of the conclusions of a row, for whoever compares. */
const concluded = (options: Options, judge: Judge, key: Key) => ({
  judge,
  key,
  cause: options.amendment,
  readPositions: (positions: readonly Pos[]) => options.list.readPositions(positions),
  async forgotten(occurrence: string): Promise<Fact | null> {
    const types = [occurrenceClosed, occurrenceRestated]
    const facts = await readOf(options, await positionsOf(options, types, key))
    const found = facts.findLast(fact => {
      const body = fact.body as { control: string; occurrence: string }
      return body.control === judge.id && body.occurrence === occurrence
    })
    return found ?? null
  },
})

/**
 * The facts that a row may have been made of: by the index of keys where it can be trusted to name
 * this row, otherwise all of a type. Policies concern every row.
 */
async function factsOf(
  options: Options,
  judge: Judge,
  key: Key,
  touched: readonly Fact[],
): Promise<readonly Fact[]> {
  const wide = judge.from.filter(type => {
    if (key === 'org' || judge.whole === undefined || type.keys === noKeys) return true
    if (judge.whole.some(one => one.name === type.name)) return true
    // Rows of this judge are not named as the facts of this type are.
    return touched.some(
      fact =>
        fact.type === type.name && judge.keys(fact).includes(key) && !type.keys(fact).includes(key),
    )
  })
  const narrow = judge.from.filter(type => !wide.includes(type))
  const policy = judge.policy ? policyTypes : []
  const all = await positionsOf(options, [...wide, ...policy], null)
  const own = narrow.length === 0 ? [] : await positionsOf(options, narrow, key)
  return readOf(options, [...new Set([...all, ...own])])
}

/** Below the amendment: what stands there is committed, and will never be more. */
async function positionsOf(
  { tx, amendment }: Options,
  types: readonly FactType[],
  key: Key | null,
): Promise<Pos[]> {
  const names = types.map(type => type.name)
  const { rows } =
    key === null
      ? await tx.query<{ pos: string }>(
          'select pos from ledger.fact_type where type = any($1) and pos < $2 order by pos',
          [names, amendment.pos],
        )
      : await tx.query<{ pos: string }>(
          `select pos from ledger.fact_key
           where key = $3 and type = any($1) and pos < $2 order by pos`,
          [names, amendment.pos, key],
        )
  return rows.map(row => Number(row.pos))
}

async function readOf({ list }: Options, positions: readonly Pos[]): Promise<Fact[]> {
  const facts: Fact[] = []
  for (let from = 0; from < positions.length; from += limits.factsPerPage) {
    facts.push(...(await list.readPositions(positions.slice(from, from + limits.factsPerPage))))
  }
  return facts
}

/** So many owners are told at the most; a fact on which more rests is a matter for people. */
const premisesMax = 1_000

/** Owners of facts that rest on the target are told, and decide themselves (V41). */
async function tellPremises({ tx, amendment, emit, taken }: Options): Promise<void> {
  const { rows } = await tx.query<{ pos: string; type: string }>(
    `select distinct b.pos, t.type from ledger.because b join ledger.fact_type t on t.pos = b.pos
     where b.cause = any($1) and b.pos < $2
       and t.type not like 'control.%' and t.type not like 'statement.%'
     order by b.pos limit $3`,
    [taken.gone.map(fact => fact.pos), amendment.pos, premisesMax],
  )
  for (const [ordinal, row] of rows.entries()) {
    emit(
      {
        type: premiseRetracted,
        occurred: amendment.recorded,
        because: [Number(row.pos), amendment.pos],
        body: { of: Number(row.pos), type: row.type },
      },
      { judge: 'core.premise', version: 1, cause: amendment.pos, key: '', ordinal },
    )
  }
}
