import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { stringify } from 'yaml'
import type { OkiteError } from '../error.ts'
import { readPack } from './read.ts'

/** By name, the text of each file. */
type Files = Record<string, string>

const text = (words: string) => ({ ja: words, 'zh-TW': words, en: words })
const pack = stringify({
  ...{ format: 1, id: 'small', version: '1', title: text('Policy') },
  organisation: { name: text('Company'), zone: 'Asia/Tokyo' },
  published: { date: '2026-01-31', language: 'ja', where: text('in house') },
  ...{ roles: { ciso: text('CISO') }, units: {} },
})
const section = { section: 1, title: text('One'), groups: [{ title: text('Group') }] as const }
const entry = {
  ...{ kind: 'state', text: text('It is kept.'), owner: 'ciso', frameworks: {} },
  ...{ population: text('all'), evidence: text('a record'), awaits: ['respond.example.quick'] },
}

const read = (files: Files) =>
  readPack('small', new Map(Object.entries(files).map(([name, one]) => [name, Buffer.from(one)])))

/** The first section with three statements in two groups, cut into parts before these of its statements. */
function inParts(...cuts: readonly number[]): Files {
  const entries = ['1.1.1', '1.1.2', '1.2.1'].map((id, at) => ({
    ...entry,
    ...{ number: at + 1, id, related: [] },
  }))
  const files: Files = { 'pack.yaml': pack }
  const begins = [0, ...cuts]
  for (const [p, begin] of begins.entries()) {
    const groups = [1, 2]
      .map(group => ({
        ...{ group, title: section.groups[0].title },
        statements: entries
          .slice(begin, begins[p + 1] ?? entries.length)
          .filter(({ id }) => id.startsWith(`1.${group}.`)),
      }))
      .filter(({ statements }) => statements.length > 0)
    files[`one-${p + 1}.yaml`] = stringify(
      { ...section, part: p + 1, groups },
      { aliasDuplicateObjects: false },
    )
  }
  return files
}

test('P1 a section may go on in parts, within a group too, and is the same section', () => {
  const whole = read(inParts())
  assert.deepEqual(
    whole.sections[0]?.groups.map(({ statements }) => statements.map(({ id }) => id)),
    [['1.1.1', '1.1.2'], ['1.2.1']],
  )
  for (const cuts of [[1], [2], [1, 2]]) assert.equal(read(inParts(...cuts)).hash, whole.hash)
})

test('P5 a part that is missing, stands twice or is titled otherwise is named', () => {
  const wrong = (change: (files: Files) => void) => {
    const files = inParts(1, 2)
    change(files)
    let told = ''
    assert.throws(
      () => read(files),
      (error: OkiteError) => {
        told = (error.data['complaints'] as readonly string[]).join('\n')
        return error.code === 'POLICY_INVALID'
      },
    )
    return told
  }
  const edit = (files: Files, name: string, from: RegExp, to: string) => {
    const text = String(files[name])
    assert.match(text, from)
    files[name] = text.replace(from, to)
  }
  assert.match(
    wrong(files => void delete files['one-2.yaml']),
    /^one-3\.yaml:\d+ part: is 3, expected 2$/m,
  )
  assert.match(
    wrong(files => void delete files['one-1.yaml']),
    /^one-2\.yaml:\d+ part: is 2, expected 1$/m,
  )
  assert.match(
    wrong(files => edit(files, 'one-3.yaml', /part: 3/, 'part: 2')),
    /^one-3\.yaml:\d+ part: is 2, expected 3$/m,
  )
  assert.match(
    wrong(files => edit(files, 'one-2.yaml', /One/, 'Two')),
    /^one-2\.yaml:\d+ title: is another than in the part before$/m,
  )
  assert.match(
    wrong(files => edit(files, 'one-2.yaml', /Group/, 'Crowd')),
    /^one-2\.yaml:\d+ groups\.0\.title: is another than in the part before$/m,
  )
  assert.match(
    wrong(files => edit(files, 'one-2.yaml', /id: 1\.1\.2/, 'id: 1.1.1')),
    /^one-2\.yaml:\d+ groups\.0\.statements\.0\.id: is 1\.1\.1, expected 1\.1\.2$/m,
  )
  assert.match(
    wrong(files => edit(files, 'one-1.yaml', /part: 1/, 'part: 0')),
    /^one-1\.yaml:\d+ part: /m,
  )
})
