import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Words } from './words.ts'
import { conclusionText, countText, fieldsOf, reasonText } from './words.ts'

const words: Words = {
  locale: 'en',
  zone: 'UTC',
  t: (id, values) => `${id}(${Object.values(values ?? {}).join(' ')})`,
  has: id => id !== 'reason.nobody.wrote.it',
}

test('no body whatever stops the page: fields and conclusions of any fact are shown', () => {
  const type = fc.constantFrom(
    'control.verdict.changed',
    'statement.verdict.changed',
    'thing.noted',
  )
  const reason = fc.record({ status: fc.anything(), reason: fc.jsonValue() })
  fc.assert(
    fc.property(type, fc.oneof(fc.jsonValue(), reason), (name, body) => {
      const given = { type: name, body: body ?? {} }
      const text = conclusionText(words, given)
      if (name === 'thing.noted') assert.equal(text, null)
      const fields = fieldsOf(body)
      assert.ok(fields.length <= 24 && fields.every(field => field.value.length <= 201))
    }),
    { numRuns: 10_000 },
  )
})

test('what holds only plain values stands on one line, with its path', () => {
  const body = {
    host: 'a',
    empty: [],
    list: [1, 2],
    tls: { v13: 'yes', v12: 'no' },
    at: [{ x: { y: 1 } }],
  }
  assert.deepEqual(fieldsOf(body), [
    { name: 'host', value: 'a' },
    { name: 'list', value: '1, 2' },
    { name: 'tls', value: 'v13 yes · v12 no' },
    { name: 'at.1.x', value: 'y 1' },
  ])
})

test('V10 of a population of unknown size only the checked ones are told', () => {
  const counts = { size: 9, checked: 5, kept: 4, due: 0, broken: 1, unknown: 0, excepted: 1 }
  const whole = 'list.pair(list.pair(count.of(4 9) count.unchecked(3)) count.excepted(1))'
  assert.equal(countText(words, counts), whole)
  const open = { ...counts, size: null, excepted: 0 }
  assert.equal(countText(words, open), 'count.of.unknown(5)')
})

test('a code that nobody worded is shown as itself', () => {
  assert.equal(reasonText(words, { code: 'nobody.wrote.it', args: {} }), 'nobody.wrote.it')
})
