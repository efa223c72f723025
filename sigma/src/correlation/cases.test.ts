import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { type Alert, type BaseMatch, type CorrelateOptions, compile } from '../index.ts'

const folder = join(import.meta.dirname, '../../cases/correlations')

/** As `cases/correlations/README.md` tells. */
type Case = Readonly<{
  case: string
  rules: string
  events: readonly ({ t: number; source?: string } & Record<string, unknown>)[]
  options?: Partial<CorrelateOptions>
  save?: readonly number[]
  alerts?: readonly Record<string, unknown>[]
  counters?: Record<string, number>
  silent?: readonly string[]
  refused?: string
}>

const base = readFileSync(join(folder, 'base.yml'), 'utf8')
const files = readdirSync(folder).filter(file => file.endsWith('.yml') && file !== 'base.yml')
const cases = files.flatMap(file =>
  parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(
    document => document.toJS() as Case,
  ),
)
const source = { products: [], services: [], categories: ['test'] }

function engineOf(rules: string) {
  return compile(`${base}\n---\n${rules}`)
}

function matchesOf(engine: ReturnType<typeof engineOf>, { events }: Case): BaseMatch[] {
  return events.map(({ t, source: sender, ...event }, at) => ({
    rules: engine.match(event, source),
    timeMs: Math.round(t * 1000),
    id: String(at + 1),
    ...(sender === undefined ? {} : { source: sender }),
    field: engine.fields(event, source),
  }))
}

/** An alert as a case writes it. */
const written = (alert: Alert, after: number | 'end') => ({
  alert: alert.title,
  t: alert.timeMs / 1000,
  group: alert.group,
  from: alert.window.fromMs / 1000,
  to: alert.window.toMs / 1000,
  value: alert.value,
  events: alert.events.map(Number),
  after,
  level: alert.level,
})

function run({ options, save = [], ...rest }: Case) {
  const engine = engineOf(rest.rules)
  const matches = matchesOf(engine, rest)
  let correlator = engine.correlate(options)
  const alerts: ReturnType<typeof written>[] = []
  matches.forEach((match, at) => {
    alerts.push(...correlator.add(match).map(alert => written(alert, at + 1)))
    if (!save.includes(at + 1)) return
    const state = JSON.parse(JSON.stringify(correlator.save()))
    correlator = engine.correlate(options)
    correlator.restore(state)
  })
  alerts.push(...correlator.flush().map(alert => written(alert, 'end')))
  const counters = Object.fromEntries(
    Object.entries(correlator.counters).filter(([, count]) => count > 0),
  )
  return { engine, alerts, counters, replayed: engine.replay(matches, options) }
}

const isBounded = (options: Case['options'] = {}): boolean =>
  options.groupsMax !== undefined || options.groupEventsMax !== undefined

describe('hand-worked cases of correlations', () => {
  it('there are enough of them, and their names are unique', () => {
    assert.ok(cases.length >= 60, String(cases.length))
    assert.equal(new Set(cases.map(({ case: name }) => name)).size, cases.length)
    const names = cases.map(({ case: name }) => name).join(' ')
    for (let item = 60; item <= 71; item++) assert.ok(names.includes(`M${item}`), `M${item}`)
  })

  for (const given of cases) {
    it(given.case, () => {
      if (given.refused !== undefined) {
        const codes = engineOf(given.rules).rules.map(({ refusal }) => refusal?.code)
        assert.ok(
          codes.some(code => code === given.refused),
          codes.join(),
        )
        return
      }
      const { engine, alerts, counters, replayed } = run(given)
      for (const { refusal } of engine.rules) assert.equal(refusal, null)
      const wanted = given.alerts ?? []
      const found = alerts.map(({ level, ...alert }, at) =>
        wanted[at]?.level === undefined ? alert : { ...alert, level },
      )
      assert.deepEqual(found, wanted)
      assert.deepEqual(counters, given.counters ?? {})
      if (given.silent) {
        const silent = engine.rules.filter(({ id }) => engine.isSilent(id))
        assert.deepEqual(
          silent.map(({ title }) => title),
          given.silent,
        )
      }
      if (isBounded(given.options)) return
      assert.deepEqual(
        replayed.map(alert => written(alert, 'end')),
        alerts.map(alert => ({ ...alert, after: 'end' })),
      )
    })
  }
})
