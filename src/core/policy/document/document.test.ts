import { strict as assert } from 'node:assert'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { crc32, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { OkiteError } from '../../error.ts'
import { loadPack } from '../load.ts'
import { bind } from './bind.ts'
import { linesOf } from './format.ts'
import { type Document, readDocument, sentenceHash } from './text.ts'

const root = join(import.meta.dirname, '../../../..')
const published = process.env['OKITE_POLICY'] ?? join(root, '../shared/policy')
const original = join(published, 'policy.ja.txt')
const skip = existsSync(original) ? false : 'the published policy is absent'
const pack = loadPack(join(root, 'policy/weemed'))

const read = async (name: string, text: string | Uint8Array): Promise<Document> =>
  readDocument(await linesOf(name, typeof text === 'string' ? Buffer.from(text) : text))

const policy = [
  'Information security policy',
  'Last change: 7 June 2025',
  '1. Rules',
  'People:',
  '• Everybody is trained once a year',
  '• Everybody signs the policy',
  'Machines:',
  '• Every disk is encrypted',
  '2. Incidents',
  'Reports:',
  '• Incidents are reported within 72 hours',
].join('\n')

const bound = (document: Document, sentences: readonly string[]) => {
  const statements = sentences.map((text, index) => ({
    ...pack.statements[index]!,
    sentence: sentenceHash(text),
  }))
  return bind(document, { ...pack, statements }).map(({ is, sentence, statement }) => [
    is,
    sentence?.number ?? null,
    statement?.number ?? null,
  ])
}
const four = [
  'Everybody is trained once a year',
  'Everybody signs the policy',
  'Every disk is encrypted',
  'Incidents are reported within 72 hours',
]

test('the published policy: 159 of 159 sentences, each at its place', { skip }, async () => {
  const document = await read('policy.ja.txt', readFileSync(original))
  assert.equal(document.date, '2025-06-07')
  assert.deepEqual([document.preamble.length, document.sections.length], [3, 12])
  assert.equal(document.sentences.length, 159)
  for (const { is, sentence, statement } of bind(document, pack)) {
    assert.deepEqual(
      [is, sentence?.number, sentence?.id],
      ['same', statement?.number, statement?.id],
    )
  }
})

test('the published policy with one sentence changed, one gone, one new and one moved', {
  skip,
}, async () => {
  const lines = readFileSync(original, 'utf8').split('\n')
  const items = lines.flatMap((line, index) => (line.startsWith('•') ? [index] : []))
  const [changed = 0, gone = 0, moved = 0] = [items[10], items[50], items[100]]
  const text = lines[moved] ?? ''
  lines[moved] = '• 新しい文をここに加える'
  lines.splice(items[120] ?? 0, 0, text)
  lines[changed] = '• まったく別の文'
  lines.splice(gone, 1)
  const found = bind(await read('p.txt', lines.join('\n')), pack).filter(({ is }) => is !== 'same')
  assert.deepEqual(
    found.map(({ is, sentence, statement }) => [is, sentence?.number, statement?.number]),
    [
      ['changed', 11, 11],
      ['missing', undefined, 51],
      ['added', 100, undefined],
      ['moved', 120, 101],
    ],
  )
})

test('sections, groups and sentences are numbered; preamble and date are not', async () => {
  const { preamble, date, sections, sentences } = await read('p.txt', policy)
  assert.equal(preamble.length, 2)
  assert.equal(date, '2025-06-07')
  assert.deepEqual(
    sections.map(section => [section.title, section.groups.map(group => group.title)]),
    [
      ['Rules', ['People', 'Machines']],
      ['Incidents', ['Reports']],
    ],
  )
  assert.deepEqual(
    sentences.map(({ number, id, line }) => [number, id, line]),
    [
      [1, '1.1.1', 5],
      [2, '1.1.2', 6],
      [3, '1.2.1', 8],
      [4, '2.1.1', 11],
    ],
  )
})

test('the same policy as text, as Markdown, in UTF-16 and with other spaces says the same', async () => {
  const hashes = (document: Document) => document.sentences.map(({ hash }) => hash)
  const wanted = four.map(sentenceHash)
  assert.deepEqual(hashes(await read('p.txt', policy)), wanted)
  assert.deepEqual(hashes(await read('p.txt', Buffer.from(`\ufeff${policy}`, 'utf16le'))), wanted)
  const wide = policy.replaceAll('• ', '・\u3000').replace('72 hours', '７２ hours')
  assert.deepEqual(hashes(await read('p.txt', wide.replaceAll('\n', '\r\n'))), wanted)
  const markdown = `# Information security policy

Last change: 7 June 2025

## 1. Rules
### People
- **Everybody** is trained
  once a year
- Everybody [signs](https://example.org) the policy

### Machines
* Every disk is encrypted

## 2. Incidents
### Reports
1. Incidents are reported within \`72\` hours
`
  const document = await read('p.md', markdown)
  assert.deepEqual(hashes(document), wanted)
  assert.deepEqual(
    document.sentences.map(({ id }) => id),
    ['1.1.1', '1.1.2', '1.2.1', '2.1.1'],
  )
})

test('running text is taken sentence by sentence', async () => {
  const { sentences } = await read(
    'p.txt',
    '1. 規則\n人：\n毎年教育する。全員が署名する。\n2. 事故\n報告する。',
  )
  assert.deepEqual(
    sentences.map(({ id, text }) => [id, text]),
    [
      ['1.1.1', '毎年教育する。'],
      ['1.1.2', '全員が署名する。'],
      ['2.1.1', '報告する。'],
    ],
  )
})

test('a sentence is the same, moved, changed, added or missing', async () => {
  const document = await read('p.txt', policy)
  const same = [1, 2, 3, 4].map(n => ['same', n, n])
  assert.deepEqual(bound(document, four), same)
  assert.deepEqual(bound(document, four.toSpliced(1, 1)), [
    ['same', 1, 1],
    ['added', 2, null],
    ['same', 3, 2],
    ['same', 4, 3],
  ])
  assert.deepEqual(bound(document, four.toSpliced(1, 1, 'Everybody reads the policy')), [
    ['same', 1, 1],
    ['changed', 2, 2],
    ['same', 3, 3],
    ['same', 4, 4],
  ])
  assert.deepEqual(bound(document, [...four, 'Backups are made']), [...same, ['missing', null, 5]])
  const [first, ...rest] = four
  assert.deepEqual(bound(document, [...rest, first ?? '']), [
    ['moved', 1, 4],
    ['same', 2, 1],
    ['same', 3, 2],
    ['same', 4, 3],
  ])
})

test('the same words twice are two sentences', async () => {
  const document = await read('p.txt', '1. A\n• twice\n• twice\n• once')
  assert.deepEqual(bound(document, ['twice', 'twice', 'once']), [
    ['same', 1, 1],
    ['same', 2, 2],
    ['same', 3, 3],
  ])
})

const python = spawnSync('/usr/bin/python3', ['-c', 'import docx']).status === 0
const folder = mkdtempSync(join(tmpdir(), 'okite-docx-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('a DOCX that python-docx wrote says the same', {
  skip: python ? false : 'not installed here: python3-docx',
}, async () => {
  const path = join(folder, 'p.docx')
  const script = `
import sys, docx
d = docx.Document()
d.add_heading('Information security policy', 0)
d.add_paragraph('Last change: 7 June 2025')
d.add_heading('1. Rules', 1)
d.add_heading('People', 2)
d.add_paragraph('Everybody is trained once a year', style='List Bullet')
p = d.add_paragraph(style='List Bullet'); p.add_run('Everybody ').bold = True; p.add_run('signs the policy')
d.add_paragraph('Machines:')
d.add_paragraph('Every disk is encrypted', style='List Bullet')
d.add_heading('2. Incidents', 1)
d.add_paragraph('Reports:')
d.add_paragraph('Incidents are reported within 72 hours', style='List Number')
d.save(sys.argv[1])`
  execFileSync('/usr/bin/python3', ['-c', script, path])
  const document = await read('p.docx', readFileSync(path))
  assert.deepEqual(
    document.sentences.map(({ id, hash }) => [id, hash]),
    ['1.1.1', '1.1.2', '1.2.1', '2.1.1'].map((id, index) => [id, sentenceHash(four[index] ?? '')]),
  )
  assert.equal(document.date, '2025-06-07')
})

/** An archive with one part that says of its size what it is told to say. */
function zipOf(name: string, content: Uint8Array, size = content.length): Buffer {
  const packed = deflateRawSync(content, { level: 9 })
  const head = (signature: number, more: Buffer) => {
    const begin = Buffer.alloc(4)
    begin.writeUInt32LE(signature)
    return Buffer.concat([begin, more])
  }
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  fields.writeUInt16LE(8, 4)
  fields.writeUInt32LE(crc32(content), 10)
  fields.writeUInt32LE(packed.length, 14)
  fields.writeUInt32LE(size, 18)
  fields.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([head(0x04034b50, fields), Buffer.from(name), packed])
  const made = Buffer.concat([Buffer.from([20, 0]), fields, Buffer.alloc(14)])
  const central = Buffer.concat([head(0x02014b50, made), Buffer.from(name)])
  const end = Buffer.alloc(18)
  end.writeUInt16LE(1, 4)
  end.writeUInt16LE(1, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(local.length, 12)
  return Buffer.concat([local, central, head(0x06054b50, end)])
}

test('a zip bomb is counted, whatever it says of its size, and never unpacked into memory', async () => {
  const bomb = Buffer.alloc(200 * 1024 * 1024)
  for (const size of [bomb.length, 1_000]) {
    const archive = zipOf('word/document.xml', bomb, size)
    assert.ok(archive.length < 1_000_000)
    await assert.rejects(read('p.docx', archive), { code: 'POLICY_TEXT_TOO_LARGE' })
  }
})

test('what is no document is refused with its reason', async () => {
  const refused = (name: string, text: string | Uint8Array, code: string) =>
    assert.rejects(read(name, text), { code })
  await refused('p.pdf', 'x', 'POLICY_TEXT_KIND')
  await refused('p.txt', Buffer.from([0x82, 0xa0]), 'POLICY_TEXT_ENCODING')
  await refused('p.txt', '', 'POLICY_TEXT_EMPTY')
  await refused('p.txt', 'A title\nand nothing else', 'POLICY_TEXT_EMPTY')
  await refused('p.txt', `1. A\n• ${'x'.repeat(2_001)}`, 'POLICY_TEXT_SENTENCE')
  await refused('p.txt', `1. A\n${'• x\n'.repeat(10_001)}`, 'POLICY_TEXT_TOO_LARGE')
  await refused('p.txt', Buffer.alloc(9 * 1024 * 1024, 0x20), 'POLICY_TEXT_TOO_LARGE')
  await refused('p.docx', 'no archive', 'POLICY_TEXT_DOCX')
  await refused('p.docx', zipOf('other.xml', Buffer.from('<x/>')), 'POLICY_TEXT_DOCX')
  await refused('p.docx', zipOf('word/document.xml', Buffer.from('<w:p>')), 'POLICY_TEXT_DOCX')
})

test('10,000 sentences are read and bound', async () => {
  const text = `1. A\n${Array.from({ length: 10_000 }, (_, n) => `• sentence ${n}`).join('\n')}`
  const document = await read('p.txt', text)
  assert.equal(document.sentences.length, 10_000)
  assert.equal(bind(document, pack).length, 10_000)
})

test('10,000 hostile documents: a refusal of ours, or every sentence bound exactly once', async () => {
  const word = fc.constantFrom(
    '1.',
    '2. A',
    '第1章 規則',
    '• ',
    '- ',
    '#',
    '## 1. B',
    '人：',
    'x',
    '。',
    '\ufeff',
    '\0',
    '\u3000',
    '```',
    'A. B. C',
    '２．',
  )
  const text = fc.array(fc.oneof(word, fc.string({ maxLength: 30, unit: 'grapheme' })), {
    maxLength: 30,
  })
  const name = fc.constantFrom('p.txt', 'p.md', 'p.TXT', 'p.docx')
  await fc.assert(
    fc.asyncProperty(name, text, fc.constantFrom('\n', '\r\n', ' '), async (file, parts, join) => {
      try {
        const document = await read(file, parts.join(join))
        const found = bind(document, pack)
        const sentences = found.flatMap(one => one.sentence?.number ?? [])
        assert.deepEqual(
          [...sentences].sort((a, b) => a - b),
          document.sentences.map(s => s.number),
        )
        assert.equal(new Set(found.flatMap(one => one.statement?.number ?? [])).size, 159)
      } catch (error) {
        if (!(error instanceof OkiteError)) throw error
      }
    }),
    { numRuns: 10_000 },
  )
})
