import { strict as assert } from 'node:assert'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { z } from 'zod'
import type { Control } from '../src/core/control/kind.ts'
import { isByPerson } from '../src/core/control/match.ts'
import { createBench } from '../src/core/control/testing.ts'
import { defineFact, type Fact, type FactType } from '../src/core/fact.ts'
import { findingOpened, occurrenceClosed, verdictChanged } from '../src/core/facts.ts'
import { loadMessages } from '../src/core/i18n/messages.ts'
import type { Act, Module } from '../src/core/module.ts'
import { type Field, fieldsOf } from '../src/core/record/fields.ts'
import { namedBy } from '../src/core/record/named.ts'
import { recordable } from '../src/core/record/record.ts'
import { discoverModules, type Modules, moduleFolders } from '../src/core/run/discover.ts'
import {
  checkActs,
  checkTypes,
  foldFixtures,
  type GivenFact,
  recordName,
  shapeOf,
} from './contract-facts.ts'
import { checkLeftOver, checkWords } from './contract-words.ts'
import { coverage, type Line, playScenario, readScenario } from './scenario.ts'

const source = join(import.meta.dirname, '..', 'src')
const found = await discoverModules(source)
const messages = loadMessages(source, moduleFolders(source))

/** Where a test gives one module to a copy of the tree, the others are as they are here. */
const only = process.env['CONTRACT_ONLY']

describe('every module', () => {
  for (const folder of moduleFolders(source).filter(each => (only ?? each) === each)) {
    const module = found.modules.find(m => m.id === folder.replace('/', '.'))
    assert(module !== undefined)
    runContract(join(source, folder), module, found)
  }
})

test('M18 what a field or a column names is a register that there is', () => {
  const registers = found.modules.flatMap(({ routes = [] }) =>
    routes.flatMap(({ path }) => /^\/registers\/([a-z-]+)\/choices$/.exec(path)?.[1] ?? []),
  )
  const named = (fields: readonly Field[]): string[] =>
    fields.flatMap(field => [field.register ?? [], named(field.fields)].flat())
  const fields = [...found.types.values()].flatMap(
    type => fieldsOf(type, messages, 'en', new Map()).fields,
  )
  const all = new Set(named(fields))
  assert.ok(all.has('person') && all.has('asset'), [...all].join(' '))
  const screened = namedBy(found.types.values())
  assert.deepEqual(screened['role.holder.appointed'], { role: 'office', person: 'person' })
  assert.equal(screened['incident.team.engaged']?.['present.person'], 'person')
  assert.deepEqual(
    [...all].filter(name => !registers.includes(name)),
    [],
  )
})

test('every fact of core has a name, and what people record of it has words', () => {
  checkWords('core', found, messages)
  const ids = ['i18n', 'account'].flatMap(part => idsOf(join(source, 'core', part), 'ja'))
  checkLeftOver('core', ids, found, messages)
})

describe('the contract itself', () => {
  const module = 'protect.door'
  const schema = z.strictObject({ cause: z.int() })
  const shut = defineFact('door.shut', { module, schema })
  const folder = mkdtempSync(join(tmpdir(), 'okite-contract-'))
  after(() => rmSync(folder, { recursive: true }))
  const record = (types: object) => writeFileSync(join(folder, recordName), JSON.stringify(types))

  test('M2 a changed, vanished or unrecorded type is seen, and a draft is free', () => {
    const check = (...facts: FactType<any>[]) => checkTypes(folder, { id: module, facts })
    record({ 'door.shut@1': shapeOf(shut) })
    check(shut)
    const other = z.strictObject({ cause: z.int(), by: z.string() })
    assert.throws(() => check({ ...shut, schema: other }), /has changed/)
    assert.throws(() => check({ ...shut, slots: ['by'] }), /has changed/)
    assert.throws(() => check(), /stays declared/)
    assert.throws(() => check({ ...shut, draft: true }), /no draft again/)
    assert.throws(() => check(shut, { ...shut, tv: 2, schema: other }), /add to [^]*door\.shut@2/)
    check(shut, { ...shut, tv: 2, schema: other, draft: true })
  })

  test('M11 an act that takes two causes for one, or reports what is not its own, is seen', () => {
    const cause = { pos: 7, type: 'door.opened' } as Fact
    const on = [{ ...shut, name: 'door.opened' }]
    const report = (identity: string, type: FactType<any> = shut): Act => ({
      ...{ name: 'close', on, attemptsMax: 3, run: () => Promise.reject(new Error('no door')) },
      failed: ({ pos }) => ({
        ...{ type, source: 'door', trust: 'record', body: { cause: pos } },
        ...{ occurred: '2026-11-01T00:00:00.000Z', observed: '2026-11-01T00:00:00.000Z' },
        identity: identity.replace('POS', `${pos}`),
      }),
    })
    const check = (act: Act, given = [cause]) =>
      checkActs({ id: module, facts: [shut], acts: [act] }, given)
    check(report('failed POS'))
    assert.throws(() => check(report('failed')), /two causes for one/)
    assert.throws(() => check(report('POS', { ...shut, name: 'x.y' })), /of somebody else/)
    assert.throws(() => check(report('POS'), []), /no fixture/)
  })
})

function runContract(folder: string, module: Module, all: Modules): void {
  test(`M1 ${module.id} owns what it declares`, () => {
    for (const type of module.facts ?? []) assert.equal(type.module, module.id, type.name)
  })
  test(`M2 ${module.id} has changed no fact type that it has released`, () => {
    checkTypes(folder, module)
  })
  test(`M11 ${module.id} reports its acts by what caused them, and tests them`, () => {
    if (module.acts?.length) checkActs(module, givenFacts(all.modules))
    if (module.acts?.length) assertBears(folder, 'M11')
  })
  test(`M13 ${module.id} has tables that are equal when built from position 0`, async () => {
    const names = (module.tables ?? []).map(table => table.name)
    if (names.length === 0) return
    folded ??= foldFixtures(all, givenFacts(all.modules.filter(one => one.tables?.length)))
    const { differing, rows } = await folded
    assert.deepEqual(
      names.filter(name => differing.includes(name)),
      [],
    )
    assert.ok(
      names.some(name => (rows.get(name) ?? 0) > 0),
      'no fixture puts a row into any of them',
    )
  })
  test(`M3 ${module.id} names facts as noun.verbed`, () => {
    for (const type of module.facts ?? [])
      assert.match(type.name, /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/)
  })
  test(`M10 ${module.id} limits its collectors and tests them with hostile input`, () => {
    for (const collector of module.collectors ?? []) {
      assert.ok(collector.sizeBytesMax > 0 && collector.sizeBytesMax <= 1_048_576, collector.name)
      assert.ok(collector.perMinuteMax > 0, collector.name)
    }
    if (module.collectors?.length) assertBears(folder, 'M10')
  })
  test(`M15 ${module.id} gives every route a permission`, () => {
    for (const route of module.routes ?? [])
      assert.match(route.permission, /^[a-z][a-z.-]*$/, route.path)
  })
  test(`M16 ${module.id} names no statement in its controls`, () => {
    for (const file of filesBelow(join(folder, 'controls'))) {
      assert.doesNotMatch(readFileSync(file, 'utf8'), /statement/i, file)
    }
  })
  test(`the README of ${module.id} is short and there, and its errors are documents`, () => {
    assert.ok(readFileSync(join(folder, 'README.md'), 'utf8').split('\n').length <= 60)
    assert.ok(existsSync(join(folder, 'errors.md')))
    checkCatalogues(folder)
  })
  test(`every fact of ${module.id} has a name, and what people record of it has words`, () => {
    checkWords(module.id, all, messages)
    checkLeftOver(module.id, idsOf(folder, 'ja'), all, messages)
  })
  const names = new Set(module.controls?.map(control => control.id))
  for (const control of all.controls.filter(each => names.has(each.id))) {
    test(`M9 without facts ${control.id} is unknown`, () => checkSilence(control, all))
    runScenarios(folder, control, all)
  }
  test(`M12 every scenario of ${module.id} is of a control of its own`, () => {
    const known = [...names].map(id => `${id.slice(module.id.length + 1)}.jsonl`)
    const files = scenarioFiles(folder).map(path => basename(path))
    assert.deepEqual(files.sort(), known.sort())
  })
}

/** Kept, broken and unknown, and each parameter moved across its edge. */
function runScenarios(folder: string, control: Control, all: Modules): void {
  const name = control.id.split('.').slice(2).join('.')
  const path = join(folder, 'fixtures', `${name}.jsonl`)
  const cases = existsSync(path) ? readScenario(path) : new Map<string, readonly Line[]>()
  test(`M12 ${control.id} has a scenario for each status, and for the edge of each parameter`, () => {
    const { statuses, edges } = coverage(cases)
    for (const status of ['kept', 'broken', 'unknown']) assert.ok(statuses.has(status), status)
    for (const parameter of Object.keys(control.params)) assert.ok(edges.has(parameter), parameter)
  })
  const judged = [
    ...all.controls.filter(each => control.reads.includes(each.id)),
    ...all.modules.flatMap(each => each.judges ?? []),
  ]
  const declared = all.modules.flatMap(each => each.controls ?? [])
  const resolve = declared.find(each => each.id === control.id)?.resolve
  const setting = { control, judged, types: all.types, ...(resolve && { resolve }) }
  for (const [told, lines] of cases) {
    test(`M12 ${control.id}: ${told}`, () => {
      for (const code of playScenario(setting, lines)) {
        assert.ok(messages.has(`reason.${code}`), `no words for reason.${code}`)
      }
    })
  }
  test(`V15b what ${control.id} says that people record, they can, and a judge makes of it what it counts`, () => {
    const told = recordable(all.types, all.judges)
    for (const { type, byHand } of control.closes) {
      for (const one of byHand ?? []) {
        assert.ok(told.has(one.name) && isByPerson(one), `${one.name} is not for people to record`)
        assert.ok(makesOf(one, all).has(type.name), `of ${one.name} nobody makes ${type.name}`)
      }
    }
  })
  test(`${control.id} has a name in every language, and its parameters have`, () => {
    assert.ok(messages.has(`control.${control.id}`))
    for (const name of Object.keys(control.params)) {
      assert.ok(messages.has(`parameter.${name}`), `parameter.${name}`)
    }
  })
}

/** A type, and all that judges make from it. */
function makesOf(type: FactType, { judges }: Modules): ReadonlySet<string> {
  const made = new Set([type.name])
  for (const name of made)
    for (const judge of judges)
      if (judge.from.some(one => one.name === name))
        for (const { name: next } of judge.makes) made.add(next)
  return made
}

/** Folded once for all modules: their tables read each other's facts. */
let folded: ReturnType<typeof foldFixtures> | null = null

/** Every fact of every scenario of these modules, at positions of its own. */
function givenFacts(modules: readonly Module[]): (Fact & GivenFact)[] {
  const lines = modules.flatMap(module =>
    factLines(join(source, module.id.replace('.', '/'))).filter(line => line['type'] !== undefined),
  )
  return lines.map((line, pos) => ({ pos, refs: {}, ...line }) as unknown as Fact & GivenFact)
}

/** Facts that no control asks for, and that acts and tables do. */
const givenName = 'given.jsonl'

const scenarioFiles = (folder: string): string[] =>
  filesBelow(join(folder, 'fixtures')).filter(
    path => path.endsWith('.jsonl') && basename(path) !== givenName,
  )

/** The facts of a module's scenarios, and those that it gives besides. */
function factLines(folder: string): readonly Line[] {
  const told = scenarioFiles(folder).flatMap(path => [...readScenario(path).values()].flat())
  const path = join(folder, 'fixtures', givenName)
  const given = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
  return [...told, ...given.map(line => JSON.parse(line) as Line)]
}

/** Some test of the module's own has the rule's id in its name. */
function assertBears(folder: string, rule: string): void {
  const tests = filesBelow(folder).filter(path => path.endsWith('.test.ts'))
  const named = new RegExp(`test\\(\\s*['"\`][^'"\`]*\\b${rule}\\b`)
  assert.ok(
    tests.some(path => named.test(readFileSync(path, 'utf8'))),
    `no test of the module bears ${rule}`,
  )
}

/** Nobody tells anything for a year and more: never kept, never broken, never due (M9, V15a). */
function checkSilence(control: Control, all: Modules): void {
  // What judges make of the adoption itself is no word of the organisation. A roll-up hears nothing,
  // as each control that it reads is asked by itself.
  const judges = all.modules.flatMap(each => each.judges ?? [])
  const bench = createBench([control, ...judges], { checked: false })
  bench.adopt({ at: '2026-11-01T08:00:00.000Z' })
  bench.advance('2028-02-01T00:00:00.000Z')
  const said = bench.facts(verdictChanged).filter(fact => fact.body.control === control.id)
  assert.ok(said.length > 0)
  for (const { body, recorded } of said) assert.equal(body.status, 'unknown', recorded)
  for (const { body } of bench.facts(findingOpened)) assert.equal(body.status, 'unknown')
  // Periods of silence may close, but nobody can say how.
  for (const { body } of bench.facts(occurrenceClosed)) assert.equal(body.outcome, 'unknown')
}

/** The three languages say the same things. */
function checkCatalogues(folder: string): void {
  assert.deepEqual(idsOf(folder, 'ja'), idsOf(folder, 'en'))
  assert.deepEqual(idsOf(folder, 'zh-TW'), idsOf(folder, 'en'))
}

/** The ids of a catalogue in order. */
function idsOf(folder: string, locale: string): readonly string[] {
  const text = readFileSync(join(folder, 'locale', `${locale}.po`), 'utf8')
  return [...text.matchAll(/^msgid "(.+)"$/gm)].map(match => match[1] ?? '').sort()
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}
