import { strict as assert } from 'node:assert'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { defineFact } from '../fact.ts'
import { openSecrets } from '../ledger/secrets.ts'
import { openFileSigner } from '../ledger/signer.ts'
import { createSampleClock } from './clock.ts'
import { createCompany } from './company.ts'
import { isSample, makeKeys, readMark, writeMark } from './folder.ts'
import { type Asked, wantedOf } from './prepare.ts'
import { createEntropy, createRandom } from './random.ts'
import { inParts, listen } from './story.ts'
import { createYear } from './year.ts'

const folder = mkdtempSync(join(tmpdir(), 'okite-sample-unit-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const fresh = (name: string) => mkdtempSync(join(folder, name))

const endMs = Date.parse('2026-11-26T10:00:00.000Z')
const year = createYear(endMs, 'Asia/Taipei')
const policy = { version: '1', hash: 'a'.repeat(64) }

describe('chance', () => {
  test('follows from seed and name, and from nothing else', () => {
    const draw = (seed: number, name: string) => {
      const random = createRandom(seed, name)
      return Array.from({ length: 8 }, () => random.below(1_000))
    }
    assert.deepEqual(draw(7, 'one'), draw(7, 'one'))
    assert.notDeepEqual(draw(7, 'one'), draw(7, 'other'))
    assert.notDeepEqual(draw(7, 'one'), draw(8, 'one'))
  })

  test('is spread evenly, and stays below what was asked for', () => {
    const random = createRandom(1, 'even')
    const counts = Array.from({ length: 10 }, () => 0)
    for (let nth = 0; nth < 100_000; nth++) counts[random.below(10)]! += 1
    assert.ok(
      counts.every(count => count > 9_500 && count < 10_500),
      counts.join(' '),
    )
  })

  test('salts never repeat, and names of persons are of the form of RFC 9562', () => {
    const entropy = createEntropy(7)
    const drawn = new Set(Array.from({ length: 5_000 }, () => entropy.salt(16).toString('hex')))
    assert.equal(drawn.size, 5_000)
    assert.match(entropy.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})

describe('the year', () => {
  test('begins with a local midnight a year before its end', () => {
    assert.equal(year.instant(year.beginMs), '2025-11-25T16:00:00.000Z')
    assert.equal(year.days.length, 366)
    assert.equal(year.date(year.days.at(-1) as number), '2026-11-26')
  })

  test('has months and quarters by their names, the first of them in part', () => {
    assert.deepEqual([year.months[0]?.name, year.months.at(-1)?.name], ['2025-11', '2026-11'])
    assert.deepEqual(
      year.quarters.map(({ name, isWhole }) => [name, isWhole]),
      [
        ['2025-Q4', false],
        ['2026-Q1', true],
        ['2026-Q2', true],
        ['2026-Q3', true],
        ['2026-Q4', true],
      ],
    )
    assert.equal(year.date(year.months[1]?.day(12) as number), '2025-12-12')
    assert.equal(year.date(year.months[0]?.day(1) as number), '2025-11-27')
  })

  test('keeps local times where the clocks are set', () => {
    const berlin = createYear(Date.parse('2026-11-26T10:00:00.000Z'), 'Europe/Berlin')
    assert.equal(berlin.instant(berlin.months[5]?.day(2) as number), '2026-04-01T22:00:00.000Z')
  })
})

describe('the company', () => {
  const company = createCompany({ seed: 7, year, policy })

  test('has 200 people, 400 assets and 30 suppliers, at addresses that nobody can have', () => {
    assert.equal(company.people.length, 200)
    assert.equal(company.assets.length, 400)
    assert.equal(company.suppliers.length, 30)
    assert.ok(company.people.every(({ mail }) => mail.endsWith('.example')))
    assert.equal(new Set(company.people.map(({ number }) => number)).size, 200)
  })

  test('has offices that are held by two people each, who stay', () => {
    const [holder, deputy] = [company.holder('ciso'), company.deputy('ciso')]
    assert.notEqual(holder.number, deputy.number)
    assert.ok([holder, deputy].every(one => one.leftMs === null))
  })

  test('grows with its scale', () => {
    assert.equal(createCompany({ seed: 7, year, policy, scale: 3 }).assets.length, 1_200)
  })
})

describe('a story', () => {
  const noted = defineFact('thing.noted', {
    module: 'test.one',
    slots: ['by'],
    schema: z.strictObject({ text: z.string() }),
  })
  const company = createCompany({ seed: 7, year, policy })
  const tell = (atMs: number) =>
    listen('test.one', story => story.tell(noted, atMs, { text: 'a' }), { year, company, seed: 7 })

  test('names who enters a fact by his address', () => {
    const [told] = tell(year.at(year.days[3] as number, '09:00'))
    assert.equal(told?.trust, 'record')
    assert.equal(told?.private['by']?.person, company.holder('ciso').mail)
  })

  test('ends with the year, and does not begin before it', () => {
    assert.deepEqual(tell(endMs), [])
    assert.throws(() => tell(year.beginMs - 1), { code: 'SAMPLE_STORY' })
  })

  test('what is seen goes into parts, and nothing into one', () => {
    assert.deepEqual(inParts([1, 2, 3], 2), [
      { part: 1, parts: 2, seen: [1, 2] },
      { part: 2, parts: 2, seen: [3] },
    ])
    assert.deepEqual(inParts([]), [{ part: 1, parts: 1, seen: [] }])
  })
})

describe('the folder', () => {
  const mark = { seed: 7, until: '2026-11-26T10:00:00.000Z', isFull: true }
  const asked: Asked = { isAsked: true, seed: null, until: null, zone: 'Asia/Taipei', nowMs: endMs }

  test('is known by its key when its mark is gone', () => {
    const made = fresh('marked-')
    writeMark(made, mark)
    makeKeys(made, 7)
    assert.ok(isSample(made))
    rmSync(join(made, 'sample.json'))
    assert.ok(isSample(made))
    assert.match(openFileSigner(join(made, 'keys', 'signer')).name, /^sample\.example\/okite\//)
  })

  test('has keys that follow from the seed', () => {
    const names = [7, 7, 8].map(seed => {
      const made = fresh('keys-')
      makeKeys(made, seed)
      const { vkey } = openFileSigner(join(made, 'keys', 'signer'))
      return `${vkey} ${openSecrets(join(made, 'keys', 'secrets')).fingerprint}`
    })
    assert.equal(names[0], names[1])
    assert.notEqual(names[0], names[2])
  })

  test('of a real organisation is never filled', () => {
    const real = fresh('real-')
    mkdirSync(join(real, 'keys'))
    writeFileSync(join(real, 'keys', 'signer'), 'PRIVATE+KEY+host/okite/1+0+a\n')
    assert.equal(isSample(real), false)
    assert.throws(() => wantedOf(real, asked), { code: 'SAMPLE_FOLDER_REAL' })
  })

  test('is filled once, and refused to who asks for another year', () => {
    const made = fresh('once-')
    assert.deepEqual(wantedOf(made, { ...asked, seed: '9', until: '2026-11-20' }), {
      ...{ seed: 9, untilMs: Date.parse('2026-11-20T10:00:00.000Z') },
    })
    writeMark(made, mark)
    assert.equal(wantedOf(made, asked), null)
    assert.equal(wantedOf(made, { ...asked, seed: '7', until: '2026-11-26' }), null)
    assert.throws(() => wantedOf(made, { ...asked, seed: '8' }), { code: 'SAMPLE_OTHER' })
    writeMark(made, { ...mark, isFull: false })
    assert.throws(() => wantedOf(made, asked), { code: 'SAMPLE_UNFINISHED' })
    writeFileSync(join(made, 'sample.json'), '{')
    assert.throws(() => readMark(made), { code: 'SAMPLE_UNFINISHED' })
    assert.ok(existsSync(join(made, 'sample.json')))
  })

  test('takes no seed and no day that are none', () => {
    const made = fresh('arguments-')
    for (const wrong of [
      { seed: '-1' },
      { seed: '4294967296' },
      { until: 'soon' },
      { until: '1999-01-01' },
    ])
      assert.throws(
        () => wantedOf(made, { ...asked, ...wrong }),
        (error: unknown) => error instanceof OkiteError && error.code === 'SAMPLE_ARGUMENT',
      )
    const notAsked = { ...asked, isAsked: false, seed: '7' }
    assert.throws(() => wantedOf(made, notAsked), { code: 'SAMPLE_ARGUMENT' })
  })
})

test('the time of a sample goes on from where its list ends', () => {
  const passed = { ms: 500 }
  const clock = createSampleClock(() => passed.ms)
  assert.ok(Math.abs(clock.nowMs() - Date.now()) < 1_000)
  clock.resume(endMs)
  assert.equal(clock.nowMs(), endMs)
  passed.ms += 1_500.9
  assert.equal(clock.nowMs(), endMs + 1_500)
})
