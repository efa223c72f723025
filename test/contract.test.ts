import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import type { Control } from '../src/core/control/kind.ts'
import { createBench } from '../src/core/control/testing.ts'
import { loadMessages } from '../src/core/i18n/messages.ts'
import type { Module } from '../src/core/module.ts'
import { discoverModules, type Modules, moduleFolders } from '../src/core/run/discover.ts'
import { makeModule } from '../src/core/run/module-new.ts'
import { coverage, type Line, playScenario, readScenario } from './scenario.ts'
import { copyTree } from './tree-copy.ts'

const source = join(import.meta.dirname, '..', 'src')
const found = await discoverModules(source)
const messages = loadMessages(source, moduleFolders(source))

describe('every module', () => {
  for (const folder of moduleFolders(source)) {
    const module = found.modules.find(m => m.id === folder.replace('/', '.'))
    assert(module !== undefined)
    runContract(join(source, folder), module, found)
  }
})

// In the copy that the last test makes, only the modules are tested.
describe('a new module', { skip: process.env['CONTRACT_COPY'] !== undefined }, () => {
  test('M4 M14 is one new folder, changes nothing else, is found, and keeps the whole contract', () => {
    const tree = copyTree()
    try {
      const before = snapshot(tree.project)
      makeModule(tree.source, 'identify/example-items')
      const now = snapshot(tree.project)
      const added = [...now.keys()].filter(path => !before.has(path))
      assert.ok(added.length > 5)
      for (const path of added) assert.match(path, /^src\/identify\/example-items\//)
      for (const [path, content] of before) assert.equal(now.get(path), content, path)
      const out = execFileSync(process.execPath, ['--test', 'test/contract.test.ts'], {
        cwd: tree.project,
        env: { ...process.env, CONTRACT_COPY: '1', NODE_TEST_CONTEXT: undefined },
        encoding: 'utf8',
      })
      assert.match(out, /M12 identify\.example-items\.checked: from unknown to kept/)
      assert.match(out, /fail 0/)
    } finally {
      tree.remove()
    }
  })
})

function runContract(folder: string, module: Module, all: Modules): void {
  test(`M1 ${module.id} owns what it declares`, () => {
    for (const type of module.facts ?? []) assert.equal(type.module, module.id, type.name)
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
    if (!module.collectors?.length) return
    const tests = filesBelow(folder).filter(path => path.endsWith('.test.ts'))
    assert.ok(
      tests.some(path => /test\(\s*['"`][^'"`]*\bM10\b/.test(readFileSync(path, 'utf8'))),
      'no test of the module bears M10',
    )
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
  const names = new Set(module.controls?.map(control => control.id))
  for (const control of all.controls.filter(each => names.has(each.id))) {
    test(`M9 without facts ${control.id} is unknown`, () => checkSilence(control))
    runScenarios(folder, control, all)
  }
  test(`M12 every scenario of ${module.id} is of a control of its own`, () => {
    const known = [...names].map(id => `${id.slice(module.id.length + 1)}.jsonl`)
    const files = filesBelow(join(folder, 'fixtures')).map(path => basename(path))
    assert.deepEqual(files.filter(file => file.endsWith('.jsonl')).sort(), known.sort())
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
  for (const [told, lines] of cases) {
    test(`M12 ${control.id}: ${told}`, () => {
      for (const code of playScenario({ control, judged, types: all.types }, lines)) {
        assert.ok(messages.has(`reason.${code}`), `no words for reason.${code}`)
      }
    })
  }
  test(`${control.id} has a name in every language, and its parameters have`, () => {
    assert.ok(messages.has(`control.${control.id}`))
    for (const name of Object.keys(control.params)) {
      assert.ok(messages.has(`parameter.${name}`), `parameter.${name}`)
    }
  })
}

/** No evidence is never kept. */
function checkSilence(control: Control): void {
  const bench = createBench([control])
  bench.adopt({ at: '2026-11-01T08:00:00.000Z' })
  const { status } = bench.verdict(control.id)
  // What the organisation itself must do in every period is asked for from the first one on (V15).
  if (control.kind !== 'cadence' || status !== 'due') assert.equal(status, 'unknown')
  bench.advance('2027-03-01T00:00:00.000Z')
  assert.notEqual(bench.verdict(control.id).status, 'kept')
}

/** The three languages say the same things. */
function checkCatalogues(folder: string): void {
  const ids = (locale: string) =>
    [...readFileSync(join(folder, 'locale', `${locale}.po`), 'utf8').matchAll(/^msgid "(.+)"$/gm)]
      .map(match => match[1])
      .sort()
  assert.deepEqual(ids('ja'), ids('en'))
  assert.deepEqual(ids('zh-TW'), ids('en'))
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}

function snapshot(folder: string): Map<string, string> {
  return new Map(
    filesBelow(join(folder, 'src')).map(path => [
      path.slice(folder.length + 1).replaceAll('\\', '/'),
      readFileSync(path, 'utf8'),
    ]),
  )
}
