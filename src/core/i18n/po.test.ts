import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { po } from 'gettext-parser'
import { readPo } from './po.ts'

const source = join(import.meta.dirname, '../../..', 'src')

/** As another reader of the format has it: id and text by entry, and what the header says. */
function byAnother(text: string) {
  const { headers, translations } = po.parse(text, { validation: true })
  const entries = Object.values(translations['']!).filter(({ msgid }) => msgid !== '')
  return {
    language: headers['Language'],
    entries: entries.map(({ msgid, msgstr }) => [msgid, msgstr[0]]),
  }
}

function byUs(text: string) {
  const complaints: string[] = []
  const { header, entries } = readPo(text, what => complaints.push(what))
  return {
    language: header.get('Language'),
    entries: entries.map(({ id, text }) => [id, text]),
    complaints,
  }
}

test('every catalogue is read as another reader of the format reads it', () => {
  const paths = globSync('**/locale/*.po', { cwd: source })
  assert.ok(paths.length > 100)
  for (const path of paths) {
    const text = readFileSync(join(source, path), 'utf8')
    assert.deepEqual(byUs(text), { ...byAnother(text), complaints: [] }, path)
  }
})

test('so is whatever can be written', () => {
  const part = fc.array(fc.constantFrom('a', '"', '\\', '\n', '\t', '\r', '{', '#', 'msgid', '語'))
  const said = (text: string) => JSON.stringify(text)
  fc.assert(
    fc.property(fc.array(part, { minLength: 1 }), fc.boolean(), (all, isApart) => {
      const head = `msgid ""\nmsgstr ""\n"Language: en\\n"\n`
      const lines = all.map((letters, nth) => {
        const id = said(`${nth} ${letters.join('')}`)
        const texts = ['', ...letters].map(said).join('\n')
        return `${isApart ? '\n# why\n' : ''}msgid ${id}\nmsgstr ${texts}\n`
      })
      const text = head + lines.join('')
      assert.deepEqual(byUs(text), { ...byAnother(text), complaints: [] })
    }),
  )
})

test('a line that is no part of a catalogue is named', () => {
  const head = 'msgid ""\nmsgstr ""\n'
  const cases = [
    ['msgid "a"\nmsgid "b"\nmsgstr "x"\n', 'line 4'],
    ['msgid "a"\nmsgstr "x"\nmsgstr "y"\n', 'line 5'],
    ['msgid "a"\nmsgstr "x\n', 'line 4'],
    ['msgid "a"\nmsgstr "x" y\n', 'line 4'],
    ['msgid "a"\nmsgstr "\\x"\n', 'line 4'],
    ['msgid "a"\nmsgstr "x""y"\n', 'line 4'],
    ['msgid "a"\nmsgstr[0] "x"\n', 'line 4'],
    ['msgfoo "a"\n', 'line 3'],
  ] as const
  for (const [text, where] of cases)
    assert.deepEqual(
      byUs(head + text).complaints.slice(0, 1),
      [`${where} is no part of a catalogue`],
      text,
    )
  assert.deepEqual(byUs('"a"\n').complaints, ['line 1 is no part of a catalogue'])
})
