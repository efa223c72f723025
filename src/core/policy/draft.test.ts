import { strict as assert } from 'node:assert'
import { join } from 'node:path'
import { test } from 'node:test'
import { comparePacks } from './compare.ts'
import { figuresOf } from './document/figures.ts'
import { type Document, type Line, readDocument, sentenceHash } from './document/text.ts'
import { type DraftHead, draftPack, recognise, undecided, type Words } from './draft.ts'
import { loadFrameworks, loadPack } from './load.ts'
import type { Pack } from './pack.ts'
import { readPack } from './read.ts'

const policy = join(import.meta.dirname, '../../../policy')
const frameworks = loadFrameworks(join(policy, 'frameworks'))
const reference = loadPack(join(policy, 'weemed'), { frameworks })
const words: Words = (id, values = {}) => {
  const text = `${id} ${Object.values(values).join(' ')}`.trim()
  return { ja: text, 'zh-TW': text, en: text }
}
const head: DraftHead = {
  ...{ id: 'own', version: '1', organisation: 'Example', zone: 'Asia/Tokyo' },
  ...{ date: '2026-11-01', language: 'ja' },
}

/** A document of sections of sentences; a number stands for the sentence of a statement. */
function documentOf(...sections: readonly (readonly (string | number)[])[]): Document {
  const sentences = sections.flatMap((section, s) =>
    section.map((one, i) => {
      const known = typeof one === 'number' ? reference.statements[one - 1] : undefined
      const text = known === undefined ? `${one}` : 'as published'
      const hash = known?.sentence ?? sentenceHash(text)
      return { id: `${s + 1}.1.${i + 1}`, line: 1, text, hash }
    }),
  )
  const numbered = sentences.map((one, index) => ({ ...one, number: index + 1 }))
  return { preamble: [], date: null, sections: [], sentences: numbered }
}

function draft(document: Document, packs: readonly Pack[] = [reference], of = head): Pack {
  return packOf(draftPack(recognise(document, packs), of, packs, words), of)
}

function packOf(files: ReadonlyMap<string, string>, of = head): Pack {
  const bytes = new Map([...files].map(([name, text]) => [name, Buffer.from(text)]))
  return readPack(of.id, bytes, frameworks)
}

test('P16 figures are read in three languages, and dates and ordinals are none', () => {
  const of = (text: string) => figuresOf(text).map(({ value, unit }) => `${value} ${unit}`)
  assert.deepEqual(of('重大な事故は 72時間以内に報告し、15 営業日以内に結果を伝える'), [
    'PT72H duration',
    'P15BD duration',
  ])
  assert.deepEqual(of('可用率達 99.5%，每 90 天更換，3個工作日內回覆'), [
    '995000 ppm',
    'P90D duration',
    'P3BD duration',
  ])
  assert.deepEqual(of('reviewed 2 times a year, within 15 minutes, every 6 months'), [
    '2 count',
    'PT15M duration',
    'P6M duration',
  ])
  assert.deepEqual(of('２０２５年６月７日に改定し、6月7日から施行する。2026-01-31 まで'), [])
  assert.deepEqual(of('第 3 次の計画、図 2 の 5 分類、1.5時間、0 日'), [])
  assert.equal(of(Array.from({ length: 200 }, (_, n) => `${n + 1}日`).join('と')).length, 50)
})

test('P16 the reference as written gives the reference again, bound as it is', () => {
  const own = draft(documentOf(reference.statements.map(({ number }) => number)))
  assert.equal(own.statements.length, 159)
  for (const [index, { id: _, section, group, ...one }] of own.statements.entries()) {
    const { id: _id, section: _s, group: _g, ...was } = reference.statements[index]!
    assert.deepEqual(one, was)
    assert.deepEqual([section, group], [1, 1])
  }
})

test('P16 what nobody knows awaits a control; relations follow their statements', () => {
  // 21 and 105 state one duty, 26 stands alone here.
  const own = draft(documentOf(['Every door is locked within 15 minutes'], [105, 26], [21]))
  const [door, first, , second] = own.statements
  assert.deepEqual(door?.controls, [])
  assert.deepEqual(door?.awaits, [undecided])
  assert.deepEqual(
    door?.figures.map(({ value }) => value),
    ['PT15M'],
  )
  assert.equal(door?.sentence, sentenceHash('Every door is locked within 15 minutes'))
  assert.doesNotMatch(own.canonical, /door is locked/)
  assert.deepEqual([first?.id, second?.id], ['2.1.1', '3.1.1'])
  assert.deepEqual([first?.sameDutyAs, second?.sameDutyAs], [[4], [2]])
  assert.deepEqual(own.statements[2]?.sameDutyAs, [])
  assert.equal(own.organisation.zone, 'Asia/Tokyo')
  assert.equal(own.sections[0]?.title.en, 'draft.section 1')
  assert.deepEqual(own.sections[2]?.title, reference.sections[1]?.title)
})

test('P16 the next version keeps what was decided where the sentence stayed, and takes no other', () => {
  const first = draft(documentOf(['A', 'B', 56]))
  const decided: Pack = {
    ...first,
    statements: first.statements.map(one =>
      one.number === 1
        ? {
            ...one,
            awaits: [],
            controls: [{ control: 'govern.example.done', params: { limit: 'P9D' }, assumed: [] }],
          }
        : one,
    ),
  }
  const next = draft(documentOf(['B', 'A', 56, 57]), [decided, reference], {
    ...head,
    version: '2',
  })
  assert.deepEqual(next.statements[0]?.awaits, [undecided])
  assert.deepEqual(next.statements[1]?.controls[0]?.params, { limit: 'P9D' })
  assert.deepEqual(next.statements[2]?.controls, reference.statements[55]?.controls)
  assert.deepEqual(
    comparePacks(decided, next).map(({ id, what }) => `${id} ${what}`),
    ['1.1.1 sentence', '1.1.2 sentence', '1.1.4 added'],
  )
  assert.deepEqual(
    comparePacks(next, first).map(({ what }) => what),
    ['sentence', 'sentence', 'gone'],
  )
  assert.deepEqual(comparePacks(decided, first), [{ id: '1.1.1', what: 'controls' }])
})

test('P1 ten thousand sentences in one section, or in 999, are a pack of files below the limit', () => {
  const many = (count: number, section: number) =>
    Array.from({ length: count }, (_, n) => `Rule ${section} ${n} within ${1 + (n % 28)} days`)
  const one = recognise(documentOf(many(10_000, 1)), [reference])
  const files = draftPack(one, head, [reference], words)
  assert.ok(files.size > 20)
  for (const text of files.values()) assert.ok(Buffer.byteLength(text) < 200 * 1024)
  const pack = packOf(files)
  assert.equal(pack.statements.length, 10_000)
  assert.deepEqual(
    pack.sections.map(({ groups }) => groups.length),
    [1],
  )
  const each = documentOf(...Array.from({ length: 999 }, (_, s) => many(s === 0 ? 9_002 : 1, s)))
  assert.equal(draft(each).sections.length, 999)
})

test('P16 beyond the limits a document is refused, at the line', () => {
  const refused = (sections: readonly number[], data: object) => {
    const lines = sections.flatMap((count, s): Omit<Line, 'line'>[] => [
      { text: `${s + 1}. Section`, is: 1 },
      ...Array.from({ length: count }, (_, n) => ({ text: `Rule ${n}`, is: 'item' as const })),
    ])
    const numbered = lines.map((one, at) => ({ ...one, line: at + 1 }))
    assert.throws(
      () => readDocument(numbered),
      (error: any) => {
        assert.equal(error.code, 'POLICY_TEXT_TOO_LARGE')
        assert.deepEqual(error.data, data)
        return true
      },
    )
  }
  refused([10_001], { line: 10_002, limit: 10_000, what: 'sentences' })
  refused(Array(1_000).fill(1), { line: 1_999, limit: 999, what: 'sections' })
})
