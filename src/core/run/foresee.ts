import { strict as assert } from 'node:assert'
import type { Control } from '../control/kind.ts'
import type { Draft, Fact, FactType, Instant, Key, Observation, Pos, Ref } from '../fact.ts'
import { limits } from '../limits.ts'
import type { Foreseen, Stand } from '../module.ts'
import { readLine } from '../record/line.ts'
import { recordable } from '../record/record.ts'
import { toInstant } from '../time.ts'
import type { Okite } from './compose.ts'
import type { By, Engine } from './engine.ts'

/** Which row of which control. */
type Where = Readonly<{ control: string; key: Key }>

/**
 * How a control would stand to a subject if a person recorded this line now: the judges step it, and
 * what they make of it, on rows that are lent and never written. Nothing is appended.
 *
 * @throws OkiteError those of `record` for a line
 */
export async function foreseeLine(
  okite: Okite,
  text: string,
  asked: Where & Readonly<{ by: string }>,
): Promise<Foreseen> {
  const { clock, ledger, modules, reader } = okite
  const told = {
    types: recordable(modules.types, modules.judges),
    nowMs: clock.nowMs(),
    file: '',
    by: asked.by,
    teller: (await ledger.refOf(asked.by)) ?? '',
  }
  const observation = readLine(text, 1, told)
  const persons = Object.values(observation.private ?? {}).flatMap(({ person }) => person ?? [])
  const known = await reader.refs(persons)
  const size = await ledger.size()
  const recorded = toInstant(told.nowMs)
  const fact = factOf(observation, size, recorded, known)
  // As of everything that has been recorded before it.
  await okite.settled(size - 1)
  const { closes = [] } = okite.controls.find(({ id }) => id === asked.control) ?? {}
  return okite.judges.foresee(engine => foresee(engine, fact, asked, closes))
}

/** Of whom the list does not know yet, another one than all it knows. */
function factOf(
  { type, source, occurred, observed, trust, body, private: given = {} }: Observation,
  pos: Pos,
  recorded: Instant,
  known: ReadonlyMap<string, Ref>,
): Fact {
  const refs: Record<string, Ref> = {}
  for (const [slot, { person }] of Object.entries(given))
    if (person !== null) refs[slot] = known.get(person) ?? (`unknown ${person}` as Ref)
  const { name, tv, module } = type
  const when = { occurred, observed, recorded }
  return { pos, type: name, tv, module, source, ...when, trust, because: [], body, refs }
}

/** More conclusions than this from one fact are a bug in a judge, or concern everybody. */
const derivedMax = limits.factsPerBatchMax

function foresee(
  engine: Engine,
  fact: Fact,
  { control, key }: Where,
  closes: Control['closes'],
): Foreseen {
  const fork = engine.fork()
  const before = standOf(engine, control, key)
  const list: Fact[] = [fact]
  const emit = (draft: Draft, by: By): Pos => {
    assert(list.length < derivedMax, 'what follows from one fact has a limit')
    const pos = fact.pos + list.length
    list.push(derived(draft, by, pos, fact.recorded))
    return pos
  }
  for (const one of list) fork.step(one, emit)
  return {
    before,
    after: standOf(fork, control, key),
    isTaken: isTaken(engine, fork, fact, closes),
  }
}

/**
 * It changed a row of a judge that joins what people tell to what the control counts. Where the control
 * says itself what people record for that, one such fact is enough, and is looked at by what it does.
 */
function isTaken(engine: Engine, fork: Engine, fact: Fact, closes: Control['closes']): boolean {
  const joined = closes.filter(({ byHand }) => byHand === undefined)
  const read = new Set<FactType>(joined.map(({ type }) => type))
  const feeders = fork.seats.filter(
    ({ judge }) =>
      judge.makes.some(type => read.has(type)) && judge.from.some(type => type.name === fact.type),
  )
  return feeders.some(({ judge, rows }) =>
    judge.keys(fact).some(key => {
      const [now, was] = [rows, engine.seatOf(judge.id).rows].map(all => all.byKey.get(key)?.state)
      return JSON.stringify(now) !== JSON.stringify(was)
    }),
  )
}

function standOf(engine: Engine, control: string, key: Key): Stand {
  const seat = engine.seatOf(control)
  const row = seat.rows.byKey.get(key)
  if (row === undefined) return { owed: [], judged: null }
  return { owed: engine.owed(seat, row), judged: row.share ?? null }
}

const derived = (draft: Draft, by: By, pos: Pos, recorded: Instant): Fact => ({
  pos,
  type: draft.type.name,
  tv: draft.type.tv,
  module: draft.type.module,
  source: `${by.judge}@${by.version}`,
  occurred: draft.occurred,
  observed: draft.occurred,
  recorded,
  trust: 'instrument',
  because: draft.because,
  body: draft.body,
  refs: draft.refs ?? {},
})
