import { strict as assert } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage'
import { po } from 'gettext-parser'
import { words } from './words.ts'

const folder = new URL('./', import.meta.url)
const text = (name: string) => readFileSync(new URL(name, folder), 'utf8')

const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && !name.includes('test'))
  .map(text)
  .join('\n')

const catalogue = (locale: string) => {
  const parsed = po.parse(text(`locale/${locale}.po`), { validation: true })
  assert.equal(parsed.headers['Language'], locale)
  const entries = Object.values(parsed.translations[''] ?? {}).filter(entry => entry.msgid !== '')
  return new Map(entries.map(entry => [entry.msgid, entry.msgstr[0] as string]))
}

const all = ['en', 'ja', 'zh-TW'].map(catalogue)

test('W1 every reason has its sentence in every language, and every sentence can be formed', () => {
  const ids = all.map(messages => [...messages.keys()].sort())
  assert.deepEqual(ids[1], ids[0])
  assert.deepEqual(ids[2], ids[0])
  for (const messages of all) {
    for (const [id, message] of messages) {
      assert.doesNotThrow(() => compileMessageOrThrow(message), `${id} ${message}`)
    }
  }
})

test('W1 every code that the control or the prober can give has a sentence, and no other has', () => {
  const reasons = new Set<string>()
  for (const [, code] of sources.matchAll(/'(tls\.(?:version|exchange|unknown)\.[a-z.]+)'/g)) {
    reasons.add(code as string)
  }
  for (const [, code] of sources.matchAll(/'(certificate\.[a-z.]+)'/g)) reasons.add(`tls.${code}`)
  const unknown =
    /'((?:answer|name|connect|connection|closed|alert|time|handshake)\.[a-z.]+|stopped)'/g
  for (const [, code] of sources.matchAll(unknown)) reasons.add(`tls.unknown.${code}`)
  const known = [...(all[0] as Map<string, string>).keys()]
    .filter(id => id.startsWith('reason.tls.'))
    .map(id => id.replace('reason.', ''))
  assert.deepEqual([...reasons].sort(), known.sort())
})

test('W2 every code that is thrown is documented, and every documented one is thrown', () => {
  const thrown = new Set([...sources.matchAll(/'(NETWORK_[A-Z_]+)'/g)].map(match => match[1]))
  const documented = [...text('errors.md').matchAll(/^## (\w+)$/gm)].map(match => match[1])
  assert.deepEqual(documented.sort(), [...thrown].sort())
  const sections = text('errors.md').split(/^## /m).slice(1)
  for (const section of sections) {
    assert.match(section, /^\w+\n\n\S.+\n\n\S.+\n\nHTTP: [45]\d\d\n/, section.slice(0, 40))
  }
})

test('W4 every refusal of the command, and why, has its words in every language', () => {
  for (const code of sources.matchAll(/'(NETWORK_(?!LISTENERS|CERTIFICATES)[A-Z_]+)'/g)) {
    const id = `error.${code[1]?.replaceAll('_', '-')}`
    for (const messages of all) assert(messages.has(id) && messages.has(`${id}.remedy`), id)
  }
  const endpoint = [...text('endpoint-name.ts').matchAll(/refuse\('([^']+)'/g)]
  const others = [...sources.matchAll(/'(NETWORK_(?:USAGE|LIST))', \{ why: '([^']+)'/g)]
  assert(endpoint.length > 0 && others.length > 0)
  for (const [code, why] of [
    ...endpoint.map(match => ['NETWORK_ENDPOINT', match[1]] as const),
    ...others.map(match => [match[1], match[2]] as const),
  ]) {
    const id = `error.${code?.replaceAll('_', '-')}.why.${why?.replaceAll(/[^A-Za-z0-9]+/g, '-')}`
    for (const messages of all) assert(messages.has(id), id)
  }
})

test('W3 the command says the same things in every language', () => {
  const lines = all.map(messages => messages.get('usage.endpoint')?.split('\n').length)
  assert.equal(new Set(lines).size, 1)
  for (const one of Object.values(words)) {
    assert.match(one.declared(3, 2, 1), /3.*2.*1/)
    assert.match(one.confirmed(3), /3/)
  }
})
