import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { closeRuns, createRun, type Run } from '../../../test/run/harness.ts'
import { assetListed, assetScanned, trainingDone } from '../../../test/synthetic.ts'
import { OkiteError } from '../error.ts'
import { defineFact, type FactType } from '../fact.ts'
import * as coreFacts from '../facts.ts'
import type { Judge } from '../judge.ts'
import { startTestServer, type TestServer } from '../ledger/testing.ts'
import { record, recordable } from './record.ts'

const measured = defineFact('synthetic.measured', {
  module: 'synthetic',
  trusts: ['instrument'],
  schema: z.strictObject({ value: z.int() }),
})
const types = new Map<string, FactType>(
  [...Object.values(coreFacts), assetListed, assetScanned, trainingDone, measured]
    .filter((one): one is FactType => typeof one === 'object' && 'schema' in one)
    .map(type => [type.name, type]),
)
/** Makes `asset.scanned`, so that nobody records it. */
const judges = [{ makes: [assetScanned] }] as unknown as readonly Judge[]

let server: TestServer
let run: Run
before(async () => {
  server = await startTestServer()
  run = await createRun(server, { types: [measured] })
})
after(async () => {
  await closeRuns()
  await server.stop()
})

const file = (...lines: readonly unknown[]) =>
  Buffer.from(
    lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  )
const take = (bytes: Uint8Array, more: { by?: string; dry?: boolean; anew?: boolean } = {}) =>
  record(bytes, {
    ledger: run.ledger,
    types,
    judges,
    nowMs: run.clock.nowMs(),
    by: more.by ?? 'mei@example.tw',
    dry: more.dry ?? false,
    anew: more.anew ?? false,
  })
const listed = (subject: string, more: object = {}) => ({
  type: 'asset.listed',
  body: { subject },
  ...more,
})
const codes = async (...lines: readonly unknown[]) => {
  const before = await run.ledger.size()
  const found = await take(file(...lines))
  assert.equal(await run.ledger.size(), before, 'nothing is appended')
  return found.complaints.map(({ line, error }) => `${line} ${error.code}`)
}
const ago = (ms: number) => new Date(run.clock.nowMs() - ms).toISOString()

describe('recording a file', () => {
  test('who records stands on the list, then what was recorded, in order of the file', async () => {
    const { appended, known, last } = await take(file(listed('a'), '', listed('b')))
    assert.deepEqual([appended, known], [2, 0])
    const facts = (await run.list()).slice(-3)
    assert.deepEqual(
      facts.map(fact => [fact.type, fact.trust]),
      [
        ['file.recorded', 'record'],
        ['asset.listed', 'record'],
        ['asset.listed', 'record'],
      ],
    )
    assert.equal(facts.at(-1)?.pos, last)
    assert.ok(facts[0]?.refs['by'])
    assert.equal(facts[1]?.source, 'record')
  })

  test('the same file again changes nothing, and the same fact in another file neither', async () => {
    const at = ago(1_000)
    const bytes = file(listed('again', { occurred: at }))
    await take(bytes)
    const size = await run.ledger.size()
    run.clock.add(60_000)
    assert.deepEqual((await take(bytes)).known, 1)
    assert.equal(await run.ledger.size(), size + 1, 'only that it was done again')
    const other = await take(file(listed('again', { occurred: at }), listed('new')))
    assert.deepEqual([other.appended, other.known], [1, 1])
  })

  test('V4 what is told late is a claim, unless it says that it was entered as it happened', async () => {
    await take(file(listed('late', { occurred: ago(16 * 60_000) })))
    assert.equal((await run.list()).at(-1)?.trust, 'claim')
    await take(file(listed('sworn', { occurred: ago(16 * 60_000), trust: 'record' })))
    assert.equal((await run.list()).at(-1)?.trust, 'record')
  })

  test('what is wrong is said line by line, and nothing of the file is recorded', async () => {
    assert.deepEqual(
      await codes(
        listed('good'),
        '{"type": ',
        { type: 'asset.listed', body: { subject: 'x' }, extra: 1 },
        { type: 'nobody.knows', body: {} },
        { type: 'control.verdict.changed', body: {} },
        { type: 'asset.scanned', body: { subject: 'a', topic: 0, faults: 0 } },
        { type: 'synthetic.measured', body: { value: 1 } },
        listed('a', { occurred: ago(-6 * 60_000) }),
        { type: 'asset.listed', body: { subject: '' } },
        listed('a', { private: { nobody: { text: 'x' } } }),
        `{"type":"asset.listed","body":{"subject":"${'x'.repeat(70_000)}"}}`,
      ),
      [
        '2 RECORD_LINE',
        '3 RECORD_LINE',
        '4 RECORD_TYPE',
        '5 RECORD_TYPE',
        '6 RECORD_TYPE',
        '7 RECORD_TRUST',
        '8 RECORD_TIME',
        '9 LEDGER_BODY',
        '10 LEDGER_SLOT',
        '11 RECORD_LINE',
      ],
    )
  })

  test('a dry run says the same and records nothing', async () => {
    const before = await run.ledger.size()
    const found = await take(file(listed('dry'), '{'), { dry: true })
    assert.equal(found.complaintCount, 1)
    assert.equal((await take(file(listed('dry')), { dry: true })).complaintCount, 0)
    assert.equal(await run.ledger.size(), before)
  })

  test('V4 V40 a claim is accepted by a second person, and what is wrong is taken back by two', async () => {
    const claim = {
      type: 'training.done',
      body: { subject: 'p1', topic: 0 },
      occurred: ago(86_400_000),
      private: { by: { person: 'mei@example.tw' } },
    }
    const target = (await take(file(claim))).last
    const accepted = { type: 'claim.accepted', body: { target } }
    assert.deepEqual(await codes(accepted), ['1 RECORD_TARGET'], 'the claimant himself')
    const size = await run.ledger.size()
    assert.deepEqual(await codes({ ...accepted, body: { target: size + 5 } }), ['1 RECORD_TARGET'])
    const record = (await take(file(listed('r', { trust: 'record' })))).last
    assert.deepEqual(await codes({ ...accepted, body: { target: record } }), ['1 RECORD_TARGET'])
    // Nor under the name of another, nor what he told under the name of another.
    const borrowed = { private: { by: { person: 'ken@example.jp' } } }
    assert.deepEqual(await codes({ ...accepted, ...borrowed }, { ...claim, ...borrowed }), [
      '1 RECORD_TELLER',
      '2 RECORD_TELLER',
    ])
    assert.equal((await take(file(accepted), { by: 'ken@example.jp' })).appended, 1)
    // The same words by the same person are known; by another they are his; retracted, said anew.
    const again = () => take(file(accepted), { by: 'ken@example.jp' })
    const first = await again()
    assert.deepEqual([first.appended, first.known], [0, 1])
    assert.equal((await take(file(accepted), { by: 'lee@example.jp' })).appended, 1)
    const error = { reason: { text: 'not so' }, second: { person: 'lee@example.jp' } }
    const taken = { type: 'fact.retracted', body: { target: first.lastLine }, private: error }
    await take(file(taken), { by: 'ken@example.jp' })
    assert.deepEqual((await again()).appended, 1)
    assert.deepEqual((await again()).known, 1)
    const retraction = (second: object) => ({
      type: 'fact.retracted',
      body: { target: record },
      private: { reason: { text: 'typing error' }, ...second },
    })
    assert.deepEqual(
      await codes(retraction({}), retraction({ second: { person: 'mei@example.tw' } })),
      ['1 RECORD_PERSONS', '2 RECORD_PERSONS'],
    )
    assert.equal(
      (await take(file(retraction({ second: { person: 'ken@example.jp' } })))).appended,
      1,
    )
  })

  test('V40 what was retracted comes back only where it is meant to', async () => {
    const bytes = file(listed('wrong', { identity: 'the same' }))
    const target = (await take(bytes)).lastLine
    const error = { reason: { text: 'wrong' }, second: { person: 'ken@example.jp' } }
    await take(file({ type: 'fact.retracted', body: { target }, private: error }))
    assert.equal((await take(bytes)).known, 1, 'the file again changes nothing')
    assert.equal((await take(bytes, { anew: true })).appended, 1)
    assert.equal((await take(bytes, { anew: true })).known, 1)
  })

  test('V4 a type that takes claims says who told them', () => {
    const of = (more: object) =>
      defineFact('synthetic.told', { module: 'synthetic', schema: z.strictObject({}), ...more })
    assert.throws(() => of({ trusts: ['claim'], slots: ['chair'] }), { code: 'FACT_TYPE_TELLER' })
    assert.deepEqual(of({}).trusts, ['instrument', 'record'])
    assert.deepEqual(of({ slots: ['by'] }).trusts, ['instrument', 'record', 'claim'])
  })

  test('files that are none are refused', async () => {
    await assert.rejects(take(Buffer.from([0xff, 0xfe, 0x41])), { code: 'RECORD_FILE_ENCODING' })
    await assert.rejects(take(Buffer.from('\n \n')), { code: 'RECORD_FILE_EMPTY' })
  })

  test('of the types of core, people record five', () => {
    const own = [...recordable(types, judges).values()].filter(type => type.module === 'core')
    assert.deepEqual(own.map(type => type.name).sort(), [
      'claim.accepted',
      'exception.ended',
      'exception.granted',
      'fact.corrected',
      'fact.retracted',
    ])
  })

  test('10,000 hostile lines: a complaint for each or a fact, and never anything else', async () => {
    const before = await run.ledger.size()
    const line = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.json(),
      fc
        .record({
          type: fc.constantFrom(...types.keys()),
          body: fc.dictionary(fc.string(), fc.jsonValue()),
        })
        .map(one => JSON.stringify(one)),
      fc
        .record({
          type: fc.constantFrom('asset.listed', '__proto__', 'constructor'),
          body: fc.record({ subject: fc.string() }),
          occurred: fc.oneof(fc.string(), fc.constant(ago(0))),
          private: fc.dictionary(fc.string(), fc.jsonValue()),
        })
        .map(one => JSON.stringify(one)),
    )
    const lines = fc
      .sample(line, { numRuns: 10_000, seed: 7 })
      .map(one => one.replaceAll(/[\r\n]/g, ' '))
    const found = await take(file(...lines), { dry: true })
    assert.ok(found.complaintCount > 9_000)
    assert.ok(found.complaints.every(({ error }) => error instanceof OkiteError))
    assert.equal(found.complaints.length, 100, 'the rest is counted')
    assert.equal(await run.ledger.size(), before)
  })
})
