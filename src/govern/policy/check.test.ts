import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Locale } from '../../core/i18n/locale.ts'
import { locales } from '../../core/i18n/locale.ts'
import type { Reader } from '../../core/module.ts'
import { cut, safe, terminalOf, widthOf, wrap } from '../../core/terminal.ts'
import { check } from './check.ts'
import { explain } from './explain.ts'
import { checkAll, renderExplained } from './explain-text.ts'
import { readJudged } from './read.ts'
import { renderTable } from './table.ts'
import type { Fixture } from './testing.ts'
import { startFixture } from './testing.ts'
import { startSample } from './testing-sample.ts'
import { viewOf } from './view.ts'

let sample: Fixture
let empty: Fixture

before(async () => {
  ;[sample, empty] = await Promise.all([startSample(), startFixture()])
})
after(() => Promise.all([sample.stop(), empty.stop()]))

const words = (locale: Locale) => ({
  locale,
  zone: 'Asia/Taipei',
  t: (id: string, values?: Readonly<Record<string, unknown>>) =>
    sample.ports.messages.translate(locale, id, values),
  has: (id: string) => sample.ports.messages.has(id),
  needs: (id: string) => sample.ports.messages.needs(id),
})

/** Compares with a fixture that people read; OKITE_WRITE_FIXTURES writes it anew, to be read again. */
function same(name: string, text: string): void {
  const path = join(import.meta.dirname, 'fixtures', name)
  if (process.env['OKITE_WRITE_FIXTURES']) writeFileSync(path, text)
  assert.equal(text, readFileSync(path, 'utf8'))
}

/** Roots, keys and signatures are new in each run. */
const steady = (text: string): string =>
  text.replaceAll(/[A-Za-z0-9+/]{12}…/g, 'ROOT…').replaceAll(/ +$/gm, '')

async function run(fixture: Fixture, args: readonly string[], locale: Locale = 'en') {
  let text = ''
  const code = await check.run(args, {
    ...fixture.ports,
    locale,
    out: each => {
      text += each
    },
    cwd: '/',
    terminal: { columns: 100, color: false },
    collect: async () => undefined,
    judged: async () => undefined,
    // This command only reads.
    record: async () => Promise.reject(new Error('not here')),
    foresee: async () => Promise.reject(new Error('not here')),
    files: {
      keep: async () => Promise.reject(new Error('not here')),
      writeTo: async () => Promise.reject(new Error('not here')),
    },
    quietly: work => work(),
    shown: async () => {},
    submitAll: async () => [],
  })
  return { code, text }
}

for (const locale of locales) {
  test(`the table reads well in ${locale}`, async () => {
    const judged = await readJudged(sample.reader, sample.clock.ms)
    const views = viewOf(sample.pack, judged)
    const terminal = { width: 110, colour: false }
    const text = renderTable(sample.pack, views, words(locale), terminal, sample.clock.ms)
    for (const line of text.split('\n')) assert.ok(widthOf(line) <= 110, line)
    same(`table.${locale}.txt`, text)
  })

  test(`a sentence is explained down to its facts in ${locale}, each proof checked`, async () => {
    const judged = await readJudged(sample.reader, sample.clock.ms)
    const statement = sample.pack.statements[55]!
    const explained = await explain(statement, judged, sample.reader, {
      ...{ day: '2026-11-25', zone: 'Asia/Taipei', isPast: false },
    })
    const facts = [...explained.evidence, ...explained.conclusions]
    const checked = await checkAll(facts, sample.reader)
    assert.ok(checked.length >= 4 && checked.every(each => each.proven !== null))
    const terminal = { width: 80, colour: false }
    const text = renderExplained(
      statement,
      explained,
      checked,
      words(locale),
      terminal,
      sample.clock.ms,
    )
    for (const line of text.split('\n')) assert.ok(widthOf(line) <= 82, line)
    same(`explain.${locale}.txt`, steady(text))
  })
}

test('--json is the array of 159, and the code says whether any is broken', async () => {
  const { code, text } = await run(sample, ['--json'])
  const views = JSON.parse(text) as { number: number; status: string }[]
  assert.equal(code, 1)
  assert.deepEqual(
    views.map(view => view.number),
    Array.from({ length: 159 }, (_, index) => index + 1),
  )
  assert.equal(views[55]?.status, 'broken')
  const nothing = await run(empty, ['--json'])
  assert.equal(nothing.code, 0)
  const statuses = (JSON.parse(nothing.text) as { status: string }[]).map(view => view.status)
  assert.deepEqual([...new Set(statuses)], ['unknown'])
})

test('--explain takes numbers and ids; its code is of those alone', async () => {
  assert.equal((await run(sample, ['--explain', '5.1.1'])).code, 1)
  assert.equal((await run(sample, ['--explain', '14,46'])).code, 0)
  const several = await run(sample, ['--explain', '14', '46', '56', '--lang', 'zh-TW'])
  assert.equal(several.code, 1)
  assert.match(several.text, /已遵守/)
  assert.equal((await run(empty, ['--explain', '1'])).code, 0)
})

test('what is not understood is refused', async () => {
  for (const args of [['--color'], ['56'], ['--lang', 'fr'], ['--json=1']]) {
    await assert.rejects(run(sample, args), { code: 'CHECK_USAGE' })
  }
  for (const name of ['0', '160', '5.9.9', '__proto__', '../x']) {
    await assert.rejects(run(sample, ['--explain', name]), { code: 'POLICY_STATEMENT_UNKNOWN' })
  }
})

test('a proof that does not verify is said, and the code is 2', async () => {
  const forged = {
    ...sample,
    ports: {
      ...sample.ports,
      reader: {
        ...sample.reader,
        prove: async (pos: number) => {
          const given = await sample.reader.prove(pos)
          return given && { ...given, leaf: given.leaf.replace('refused', 'accepted') }
        },
      },
    },
  }
  const { code, text } = await run(forged, ['--explain', '56'])
  assert.equal(code, 2)
  assert.match(text, /not proven: LEDGER_PROOF_INVALID/)
})

test('a fact that is shown otherwise than it was signed is not proven', async () => {
  const reader: Reader = {
    ...sample.reader,
    fact: async pos => {
      const fact = await sample.reader.fact(pos)
      return fact && { ...fact, source: 'somebody else' }
    },
    noting: () => reader,
  }
  const lying = { ...sample, ports: { ...sample.ports, reader } }
  const { code, text } = await run(lying, ['--explain', '56'])
  assert.equal(code, 2)
  assert.match(text, /not proven: PROOF_NOT_SHOWN/)
})

test('names from the world cannot move the cursor, ring or turn the text round', () => {
  const hostile = '\u001B[2J\u0007a\u202Eb\u200B\r\nc\u009B31m'
  assert.doesNotMatch(safe(hostile), /[\p{Cc}\u202E\u200B]/u)
})

test('widths: two columns for full-width, none for marks that combine; cut and wrap keep them', () => {
  assert.equal(widthOf('方針 a'), 6)
  assert.equal(widthOf('が'), 2)
  assert.equal(widthOf('か\u3099'), 2)
  assert.equal(cut('証拠がありません', 9), '証拠があ…')
  assert.equal(widthOf(cut('証拠がありません', 10)), 9)
  for (const line of wrap('証拠がまだありません。a long enough sentence, too', 14)) {
    assert.ok(widthOf(line) <= 16, line)
  }
  assert.deepEqual(terminalOf({ columns: 500, color: true }), { width: 200, colour: true })
  assert.deepEqual(terminalOf({ columns: 3, color: false }), { width: 40, colour: false })
})
