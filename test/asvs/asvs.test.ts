import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { modules, requirements } from './requirements.ts'

const root = join(import.meta.dirname, '..', '..')

/** Ids of ASVS 5.0.0, as released in May 2025; the numbers after a section are those of levels 1 and 2. */
const chapters: Readonly<Record<1 | 2, readonly string[]>> = {
  1: [
    ...['3.2.1', '3.2.2', '3.3.1', '3.4.1', '3.4.2', '3.5.1', '3.5.2', '3.5.3', '4.1.1', '4.4.1'],
    ...['7.2.1', '7.2.2', '7.2.3', '7.2.4', '7.4.1', '7.4.2', '8.1.1', '8.2.1', '8.2.2', '8.3.1'],
  ],
  2: [
    ...['3.3.2', '3.3.3', '3.3.4', '3.4.3', '3.4.4', '3.4.5', '3.4.6', '3.5.4', '3.5.5', '3.7.1'],
    ...['3.7.2', '4.1.2', '4.1.3', '4.2.1', '4.3.1', '4.3.2', '4.4.2', '4.4.3', '4.4.4', '7.1.1'],
    ...['7.1.2', '7.1.3', '7.3.1', '7.3.2', '7.4.3', '7.4.4', '7.4.5', '7.5.1', '7.5.2', '7.6.1'],
    ...['7.6.2', '8.1.2', '8.2.3', '8.4.1'],
  ],
}

test('ASVS every requirement of levels 1 and 2 has its row, once', () => {
  for (const level of [1, 2] as const) {
    const rows = requirements.filter(row => row.level === level).map(row => row.id)
    assert.deepEqual(rows.sort(), [...chapters[level]].sort(), `level ${level}`)
  }
})

test('ASVS every row says what it asks, and applies with a test or says why not', () => {
  for (const { id, asks, absent, tests } of requirements) {
    assert.ok(asks.length > 10 && asks.length < 120, id)
    assert.ok(absent === undefined ? tests.length > 0 : absent.length > 10, id)
  }
})

test('ASVS every test that a row names is there', () => {
  const texts = new Map<string, string>()
  const ofModules = globSync('src/*/*/*.test.ts', { cwd: root, exclude: ['src/core/**'] })
    .map(file => readFileSync(join(root, file), 'utf8'))
    .join('\n')
  for (const { id, tests } of requirements) {
    for (const [file, name] of tests) {
      if (file === modules) {
        assert.ok(ofModules.includes(`test('${name}`), `${id}: no module has a test “${name}…”`)
        continue
      }
      const text = texts.get(file) ?? readFileSync(join(root, file), 'utf8')
      texts.set(file, text)
      const calls = [`test('${name}'`, `test(\n    '${name}'`, `test(\n  '${name}'`]
      assert.ok(
        calls.some(call => text.includes(call)),
        `${id}: ${file} has no test “${name}”`,
      )
    }
  }
})
