import { strict as assert } from 'node:assert'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Control } from '../src/core/control/kind.ts'
import { loadPack } from '../src/core/policy/load.ts'
import type { Binding, Statement } from '../src/core/policy/pack.ts'
import { discoverModules } from '../src/core/run/discover.ts'
import { parseDuration } from '../src/core/time.ts'
import { readScenario } from './scenario.ts'

// The reference pack with what it binds: each figure of each statement decides something. That an
// edge is one – the figure moved by one unit gives another verdict – the contract test plays.

const root = join(import.meta.dirname, '..')
const { controls } = await discoverModules(join(root, 'src'))
const byId = new Map(controls.map(control => [control.id, control]))
const pack = loadPack(join(root, 'policy', 'weemed'))

const scenarios = new Map<string, ReturnType<typeof readScenario>>()

function scenariosOf(id: string): ReturnType<typeof readScenario> {
  const known = scenarios.get(id) ?? readScenario(fixtureOf(id))
  scenarios.set(id, known)
  return known
}

function fixtureOf(id: string): string {
  const [part = '', module = '', ...name] = id.split('.')
  return join(root, 'src', part, module, 'fixtures', `${name.join('.')}.jsonl`)
}

function controlOf({ control }: Binding): Control {
  const found = byId.get(control)
  assert.ok(found, `nothing is called ${control}`)
  return found
}

type Value = string | number | boolean

/** What it is judged by: what the pack binds, and for the rest what the control begins with. */
const valuesOf = (binding: Binding): Readonly<Record<string, Value>> => ({
  ...controlOf(binding).params,
  ...binding.params,
})

describe('each figure of each statement, moved by one unit, makes the verdict another', () => {
  for (const statement of pack.statements)
    test(`P15 M12 ${statement.id} (${statement.number})`, () => {
      for (const binding of statement.controls) {
        const declared = controlOf(binding).params
        for (const [name, value] of Object.entries(valuesOf(binding))) {
          assert.ok(Object.hasOwn(declared, name), `${binding.control} has no parameter ${name}`)
          const told = Object.hasOwn(binding.params, name) ? value : null
          assert.ok(hasEdge(binding, name, told), `${binding.control}: no edge at ${name} ${told}`)
        }
      }
      for (const figure of figuresOf(statement))
        assert.ok(isBorne(statement, figure), `nothing bears ${figure.name} ${figure.value}`)
    })
})

/**
 * Some scenario stands at the edge of this parameter.
 *
 * @param value the figure of the pack, and no other will do; null: it gives none
 */
function hasEdge({ control }: Binding, name: string, value: Value | null): boolean {
  const initial = byId.get(control)?.params[name]
  return [...scenariosOf(control).values()].some(lines =>
    lines.some((line, at) => {
      if (line['edge'] !== name) return false
      const adopted = lines.slice(0, at).findLast(one => one['adopt'] !== undefined)
      return value === null || (adopted?.['params']?.[name] ?? initial) === value
    }),
  )
}

type Figure = Readonly<{ name: string; value: Value; unit: string; bound: string | null }>

function figuresOf({ figures, period, limit }: Statement): readonly Figure[] {
  const own = { unit: 'duration', bound: null }
  return [
    ...figures,
    ...(period === null ? [] : [{ ...own, name: 'period', value: period }]),
    ...(limit === null ? [] : [{ ...own, name: 'limit', value: limit }]),
  ]
}

/**
 * A parameter has the figure's value, or the figure is the form of the control: *all* and *none* are
 * said of each subject, and one subject is one unit.
 */
function isBorne(statement: Statement, figure: Figure): boolean {
  return statement.controls.some(
    binding => isParameter(binding, statement, figure) || isForm(binding, statement, figure),
  )
}

/** What the pack binds as stated. A default, or what it calls assumed, bears no figure that is stated. */
const statedOf = ({ params, assumed }: Binding): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(params).filter(([name]) => !assumed.includes(name)))

function isParameter(binding: Binding, { assumed }: Statement, figure: Figure): boolean {
  const { name, value, unit } = figure
  const values = assumed.includes(name) ? valuesOf(binding) : statedOf(binding)
  const { period, times } = values
  if (unit === 'kilometres') return Object.values(values).includes(Number(value) * 1_000)
  // Twice a year is once in each half of it.
  if (unit === 'per-year' && typeof period === 'string')
    return Number(times) * (12 / monthsOf(period)) === value
  // Three times a day is every eight hours.
  if (name === 'gap' && typeof period === 'string')
    return hoursOf(period) / Number(times) === hoursOf(String(value))
  return Object.values(values).includes(value)
}

function monthsOf(duration: string): number {
  const span = parseDuration(duration)
  return span.kind === 'local' ? span.months : 0
}

function hoursOf(duration: string): number {
  const span = parseDuration(duration)
  if (span.kind === 'business') return 0
  return (span.kind === 'local' ? span.days * 24 : 0) + span.ms / 3_600_000
}

function isForm(binding: Binding, statement: Statement, { name, value, unit }: Figure): boolean {
  const control = controlOf(binding)
  // The unit that another figure is counted in.
  if (name === 'resolution') return statement.figures.some(one => one.unit === 'minutes')
  // A place in the list that a parameter holds.
  if (name === 'step')
    return Object.values(valuesOf(binding)).some(
      list => String(list).split(' ').length >= Number(value),
    )
  // A roll-up is judged at every instant; no period of it begins or ends.
  if (control.kind === 'rollup') return movesByOne(control)
  const isAll = unit === 'ppm' && value === 1_000_000
  const isNone = unit === 'count' && value === 0
  const isOne = unit === 'count' && value === 1
  // Where a parameter says it, whoever decides that decides the figure: the form bears nothing.
  const isOpen = Object.entries(valuesOf(binding)).some(
    ([parameter, held]) => held === value && !Object.hasOwn(statedOf(binding), parameter),
  )
  return (isOne || ((isAll || isNone) && !isOpen)) && movesByOne(control)
}

/** In one story of it the verdict goes from kept to broken, or back. */
const movesByOne = (control: Control): boolean =>
  [...scenariosOf(control.id).values()].some(lines => {
    const wants = lines.map(line => line['want'])
    return wants.includes('kept') && wants.includes('broken')
  })

test('P15 two statements share a fixture only if they share a control', () => {
  const fixtures = pack.statements.map(({ controls: bound }) => ({
    controls: bound.map(binding => binding.control),
    files: bound.map(binding => fixtureOf(binding.control)),
  }))
  for (const [index, one] of fixtures.entries())
    for (const other of fixtures.slice(index + 1)) {
      const shares = (a: readonly string[], b: readonly string[]) =>
        a.some(each => b.includes(each))
      assert.equal(shares(one.files, other.files), shares(one.controls, other.controls))
    }
  // Nor is a story told twice under two names.
  const stories = new Map<string, string>()
  for (const { id } of controls)
    for (const [name, lines] of scenariosOf(id)) {
      const story = JSON.stringify(lines)
      assert.equal(stories.get(story) ?? id, id, `${id}: ${name}`)
      stories.set(story, id)
    }
})

test('P15 a statement is judged by controls of the kind that it says', () => {
  for (const { number, kind, alsoKind, judgedAs, controls: bound } of pack.statements) {
    const kinds: string[] = bound.map(binding => controlOf(binding).kind)
    // Several controls are rolled up (V26).
    if (bound.length > 1) kinds.push('rollup')
    if (judgedAs.length > 0)
      assert.ok(
        judgedAs.every(said => kinds.includes(said)),
        `${number}`,
      )
    else
      assert.ok(
        [kind, alsoKind].some(said => said && kinds.includes(said)),
        `${number}`,
      )
  }
})
