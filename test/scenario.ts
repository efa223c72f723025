import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Control, ControlInfo } from '../src/core/control/kind.ts'
import { type Bench, createBench } from '../src/core/control/testing.ts'
import { plainCalendars } from '../src/core/control/testing-calendars.ts'
import type { Fact, FactType, Instant, Pos, Trust } from '../src/core/fact.ts'
import { findingClosed, findingOpened } from '../src/core/facts.ts'
import type { Judge } from '../src/core/judge.ts'
import { lawTable, loadLaws } from '../src/core/policy/laws.ts'
import { createCalendars } from '../src/core/time.ts'

/**
 * A scenario tells what happens to one control, line by line, and what it says at each moment:
 * `fixtures/<control>.jsonl` in the module's folder. Each line is a JSON object.
 *
 * | line | what |
 * |---|---|
 * | `{"case": name}` | a new list begins |
 * | `{"controls": {id: kind}}` | a roll-up that chooses by a rule has these to choose from |
 * | `{"adopt": version, "at", "params"?}` | a policy is in force; `params` of this control |
 * | `{"at", "type", "body", "trust"?, "occurred"?, "source"?, "refs"?, "as"?}` | a fact |
 * | `{"accept": name, "at"}` | a second person accepts the claim that was called so |
 * | `{"decide": parameter, "value", "at"}` | an owner decides |
 * | `{"advance": instant}` | time passes |
 * | `{"want": status, "reason", "population"?}` | the verdict now |
 * | `{"findings": [{"subject", "reason", "args"?}]}` | what is broken now, all of it |
 * | `{"edge": parameter, "to"?}` | the figure is at its edge: moved by one unit the verdict is another |
 * | `{"edge": "time", "ms"?}` | so is the last fact: later by so much (1), and the verdict is another |
 */
export type Line = Readonly<Record<string, any>>

export type Setting = Readonly<{
  control: Control
  /** What else has to be judged: the controls it reads, and judges that make what it reads. */
  judged: readonly (Control | Judge)[]
  types: ReadonlyMap<string, FactType>
  /** Of a roll-up that chooses its controls by a rule. */
  resolve?: Control['resolve']
}>

/** Cases of a file by name, in order. @throws where the file is not of the form above */
export function readScenario(path: string): ReadonlyMap<string, readonly Line[]> {
  const cases = new Map<string, Line[]>()
  let lines: Line[] | undefined
  for (const [index, text] of readFileSync(path, 'utf8').split('\n').entries()) {
    if (text.trim() === '') continue
    const line = JSON.parse(text) as Line
    const problem = problemOf(line)
    assert.equal(problem, null, `${path}:${index + 1}: ${problem}`)
    if (line['case'] !== undefined) {
      assert.ok(!cases.has(line['case']), `${path}:${index + 1}: this case comes twice`)
      lines = []
      cases.set(line['case'], lines)
    } else {
      assert.ok(lines, `${path}:${index + 1}: the first line names a case`)
      lines.push(line)
    }
  }
  return cases
}

/**
 * Plays a case and compares what it wants; at each edge, plays it again beyond the edge.
 *
 * @returns the codes of all reasons that were given on the way
 */
export function playScenario(given: Setting, lines: readonly Line[]): ReadonlySet<string> {
  const setting = choosing(given, lines)
  const list = open(setting)
  for (const [index, line] of lines.entries()) {
    if (line['want'] !== undefined) compare(list.bench, setting.control, line)
    else if (line['findings'] !== undefined) {
      assert.deepEqual(openFindings(list.bench, setting.control.id), line['findings'])
    } else if (line['edge'] !== undefined)
      crossEdge(setting, lines.slice(0, index), line, list.bench)
    else if (line['controls'] === undefined) list.step(line)
  }
  const said = (list.bench.list as readonly Fact<any>[]).filter(
    fact => fact.body.control === setting.control.id && fact.body.reason !== undefined,
  )
  return new Set(said.map(fact => fact.body.reason.code))
}

/** Its controls are those of the story, and none of what the modules happen to have. */
function choosing(setting: Setting, lines: readonly Line[]): Setting {
  const of = lines.find(line => line['controls'] !== undefined)?.['controls']
  if (of === undefined) return setting
  assert.ok(setting.resolve, `${setting.control.id} chooses no controls by a rule`)
  const all = Object.entries(of as Record<string, ControlInfo['kind']>).map(([id, kind]) => ({
    ...{ id, kind, version: 1, owner: 'ciso' },
  }))
  const judged = setting.judged.filter(one => !('judge' in one))
  return { ...setting, judged, control: setting.resolve(all) }
}

const verbs = [
  'case',
  'controls',
  'adopt',
  'type',
  'accept',
  'decide',
  'advance',
  'want',
  'findings',
  'edge',
]
const fields = [
  ...verbs,
  ...['at', 'params', 'body', 'trust', 'occurred', 'source', 'refs', 'as', 'value'],
  ...['reason', 'population', 'to', 'ms'],
]

/** Why a line is none of those above, or null. */
function problemOf(line: Line): string | null {
  const unknown = Object.keys(line).find(name => !fields.includes(name))
  if (unknown !== undefined) return `unknown field ${unknown}`
  const said = verbs.filter(verb => line[verb] !== undefined)
  return said.length === 1 ? null : `one of ${verbs.join(', ')}, and it has ${said.length}`
}

/** The statuses that a file wants, and the parameters whose edges it crosses. */
export function coverage(cases: ReadonlyMap<string, readonly Line[]>) {
  const lines = [...cases.values()].flat()
  return {
    statuses: new Set(lines.flatMap(line => line['want'] ?? [])),
    edges: new Set<string>(lines.flatMap(line => line['edge'] ?? [])),
  }
}

function compare(bench: Bench, control: Control, line: Line): void {
  const verdict = bench.verdict(control.id)
  const got = { status: verdict.status, reason: verdict.reason.code }
  assert.deepEqual(got, { status: line['want'], reason: line['reason'] }, where(bench))
  for (const [count, value] of Object.entries((line['population'] ?? {}) as Line)) {
    assert.equal(verdict.population[count], value, `${count}, ${where(bench)}`)
  }
}

/** The end of the list, by which a reader finds the line. */
const where = (bench: Bench) => `after ${bench.list.at(-1)?.type} at ${bench.list.at(-1)?.recorded}`

/** The same lines with one figure or one fact moved must say something else. */
function crossEdge(setting: Setting, before: readonly Line[], edge: Line, bench: Bench): void {
  const { control } = setting
  const here = bench.verdict(control.id)
  const name = edge['edge'] as string
  const moved =
    name === 'time'
      ? [laterLast(before, (edge['ms'] as number | undefined) ?? 1)]
      : valuesBeyond(control, before, name, edge['to']).map(value =>
          withParameter(control, before, name, value),
        )
  const there = moved.map(lines => {
    const list = open(setting)
    for (const line of lines) if (isStep(line)) list.step(line)
    return list.bench.verdict(control.id)
  })
  assert.ok(
    there.some(verdict => verdict.status !== here.status),
    `${control.id}: moving ${name} leaves it ${here.status} / ${here.reason.code}, ${where(bench)}`,
  )
}

const isStep = (line: Line) =>
  !['controls', 'want', 'findings', 'edge'].some(name => line[name] !== undefined)

function laterLast(lines: readonly Line[], ms: number): readonly Line[] {
  const last = lines.findLastIndex(line => line['type'] !== undefined)
  assert.ok(last >= 0, 'an edge of time needs a fact before it')
  const later = (at: string) => new Date(Date.parse(at) + ms).toISOString()
  const { at, occurred, ...rest } = lines[last] as Line
  const moved = { ...rest, at: later(at), ...(occurred && { occurred: later(occurred) }) }
  return lines.with(last, moved)
}

/** What the figure would be, one unit more and one less, or what the line says. */
function valuesBeyond(control: Control, before: readonly Line[], name: string, to: unknown) {
  const adopted = before.find(line => line['adopt'] !== undefined)?.['params'] as Line | undefined
  const value = adopted?.[name] ?? control.params[name]
  assert.notEqual(value, undefined, `${control.id} has no parameter ${name}`)
  if (to !== undefined) return [to]
  if (typeof value === 'number') return [value + 1, value - 1]
  if (typeof value === 'boolean') return [!value]
  const units = /^(P(?:T)?)(\d+)(H|M|S|D|W|Y|BD)$/.exec(String(value))
  assert.ok(units, `${name}: say "to", "${value}" has no unit to move by`)
  const [, head = '', count = '', unit = ''] = units
  const less = Number(count) - 1
  return [
    `${head}${Number(count) + 1}${unit}`,
    less > 0 ? `${head}${less}${unit}` : (finer[`${head}1${unit}`] ?? 'PT1S'),
  ]
}

/** One less than one unit. */
const finer: Readonly<Record<string, string>> = {
  P1Y: 'P11M',
  P1M: 'P27D',
  P1W: 'P6D',
  P1D: 'PT23H',
  PT1H: 'PT59M',
  PT1M: 'PT59S',
}

const withParameter = (control: Control, lines: readonly Line[], name: string, value: unknown) => {
  assert.ok(
    lines.some(line => line['adopt'] !== undefined),
    `${control.id}: a policy must be in force at an edge`,
  )
  return lines.map(line =>
    line['adopt'] === undefined ? line : { ...line, params: { ...line['params'], [name]: value } },
  )
}

/** The plainest calendars, and the laws that the program brings. */
const calendars = {
  ...plainCalendars,
  law: createCalendars(
    [],
    [...loadLaws(join(import.meta.dirname, '..', 'policy', 'laws')).values()].map(lawTable),
  ).law,
}

/** A list in memory on which lines are stepped. */
function open({ control, judged, types }: Setting) {
  const bench = createBench([control, ...judged], { calendars })
  const called = new Map<string, Pos>()
  const step = (line: Line): void => {
    const at = line['at'] as Instant
    if (line['advance'] !== undefined) return bench.advance(line['advance'])
    if (line['adopt'] !== undefined) {
      bench.adopt({ at, version: line['adopt'], params: { [control.id]: line['params'] ?? {} } })
    } else if (line['decide'] !== undefined) {
      bench.decide(control.id, line['decide'], line['value'], at)
    } else if (line['accept'] !== undefined) {
      const target = called.get(line['accept'])
      assert.ok(target !== undefined, `nothing is called ${line['accept']}`)
      bench.again(target, at)
    } else {
      const pos = appendFact(bench, line, types)
      if (line['as'] !== undefined) called.set(line['as'], pos)
    }
  }
  return { bench, step }
}

function appendFact(bench: Bench, line: Line, types: ReadonlyMap<string, FactType>): Pos {
  const type = types.get(line['type'])
  assert.ok(type, `no fact type ${line['type']}`)
  const { error } = type.schema.safeParse(line['body'])
  assert.equal(error, undefined, `body of ${type.name}: ${error?.message}`)
  const trust = (line['trust'] ?? type.trusts[0]) as Trust
  assert.ok(type.trusts.includes(trust), `${type.name} is never ${trust}`)
  for (const slot of Object.keys(line['refs'] ?? {})) {
    assert.ok(type.slots.includes(slot), `${type.name} has no slot ${slot}`)
  }
  const { at, occurred, source, refs } = line as Record<string, any>
  return bench.fact(type, line['body'], {
    at,
    trust,
    ...(occurred && { occurred }),
    ...(source && { source }),
    ...(refs && { refs }),
  })
}

/** Subjects of a control that are broken now, in the order in which they broke. */
function openFindings(bench: Bench, control: string): Line[] {
  const found = new Map<string, Line>()
  for (const { type, body } of bench.list as readonly Fact<any>[]) {
    if (body.control !== control) continue
    if (type === findingClosed.name) found.delete(body.subject)
    if (type !== findingOpened.name || body.status !== 'broken') continue
    const { subject, reason } = body
    found.set(subject, { subject, reason: reason.code, args: reason.args })
  }
  return [...found.values()]
}
