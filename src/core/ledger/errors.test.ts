import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const folder = import.meta.dirname
const texts = (isWanted: (name: string) => boolean): string[] =>
  readdirSync(folder)
    .filter(isWanted)
    .map(name => readFileSync(join(folder, name), 'utf8'))
const sources = texts(name => name.endsWith('.ts') && !/test(ing)?\.ts$/.test(name)).join('\n')
const documented = readFileSync(join(folder, 'errors.md'), 'utf8')
const sections = documented.split(/^## /m).slice(1)

test('E1 every code that is thrown is documented, and every documented one is thrown', () => {
  const thrown = new Set(
    sources.match(/'(LEDGER|DATABASE)_[A-Z0-9_]+'/g)?.map(code => code.slice(1, -1)),
  )
  const told = sections.map(section => section.split('\n')[0])
  assert.deepEqual([...told].sort(), [...thrown].sort())
})

test('E1 each says what happened, what to do, and its HTTP status', () => {
  for (const section of sections) {
    const [code, ...rest] = section.trim().split('\n')
    const paragraphs = rest.join('\n').trim().split('\n\n')
    assert.equal(paragraphs.length, 3, code ?? '')
    assert.match(paragraphs[2] ?? '', /^HTTP: [45]\d\d$/, code ?? '')
  }
})

test('E2 every rule of the specification has a test that bears its id', () => {
  const spec = readFileSync(join(folder, '../../../docs/spec/ledger.md'), 'utf8')
  const rules = [...spec.matchAll(/^- \*\*([A-Z]\d+a?)\*\*(.*(?:\n {2}.*)*)/gm)]
  assert.ok(rules.length > 30)
  const names = texts(name => name.endsWith('.test.ts'))
    .join('\n')
    .match(/test\(\s*[`'"][^\n]*/g)
    ?.join('\n')
  for (const [, id, text] of rules) {
    // Rules that another part of the house keeps say who tests them.
    if (text?.includes('(tested by')) continue
    assert.ok(new RegExp(`\\b${id}\\b`).test(names ?? ''), `${id} has no test`)
  }
})
