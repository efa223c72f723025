import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { loadMessages } from '../../core/i18n/messages.ts'
import { moduleFolders } from '../../core/run/discover.ts'
import type { Words } from './words.ts'
import { conclusionText, countText, fieldsOf, reasonText } from './words.ts'

const words: Words = {
  locale: 'en',
  zone: 'UTC',
  t: (id, values) => `${id}(${Object.values(values ?? {}).join(' ')})`,
  has: id => id !== 'reason.nobody.wrote.it',
  needs: () => [],
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

test('of several that fail one is told with its own figures, and counts never stand for them', () => {
  const source = join(import.meta.dirname, '..', '..')
  const messages = loadMessages(source, moduleFolders(source))
  const of: Words = {
    ...{ locale: 'en', zone: 'UTC', has: messages.has, needs: messages.needs },
    t: (id, values) => messages.translate('en', id, values),
  }
  const code = 'backup.copies.few'
  const say = (args: Record<string, number>) => reasonText(of, { code, args })
  const one = '1 of 3 copies were read back without an error'
  assert.equal(say({ count: 1, least: 3 }), one)
  assert.equal(say({ count: 1, least: 3, alike: 1, among: 9 }), one)
  assert.equal(say({ count: 1, least: 3, alike: 4, among: 9 }), `4 of 9, for instance: ${one}`)
  // Of a day gone by only the counts are known: seven of eight sets, and not seven copies.
  assert.equal(say({ count: 7, size: 8 }), '7 of 8')
})

test('V18 a limit of the law names which, its article, and from when on that version holds', () => {
  const source = join(import.meta.dirname, '..', '..')
  const say = (locale: 'en' | 'ja' | 'zh-TW', lawFrom: string) => {
    const messages = loadMessages(source, moduleFolders(source))
    const of: Words = {
      ...{ locale, zone: 'UTC', has: messages.has, needs: messages.needs },
      t: (id, values) => messages.translate(locale, id, values),
    }
    const args = { leg: 1, law: 'GDPR-33-1', provision: 'Art. 33(1)', lawFrom }
    return reasonText(of, { code: 'overdue', args })
  }
  assert.match(
    say('en', '2018-05-25'),
    / – GDPR-33-1, Art\. 33\(1\), version in force from 2018-05-25$/,
  )
  assert.match(say('en', ''), / – GDPR-33-1, Art\. 33\(1\)$/)
  assert.equal(
    say('ja', '2018-05-25'),
    '期限を過ぎています（GDPR-33-1：Art. 33(1)、2018-05-25施行の版）',
  )
  assert.match(say('zh-TW', '2018-05-25'), /（GDPR-33-1：Art\. 33\(1\)，2018-05-25 生效之版本）$/)
})
