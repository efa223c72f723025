import { strict as assert } from 'node:assert'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parameterDecided, policyAdopted, statementVerdictChanged } from '../../src/core/facts.ts'
import { memoryLog } from '../../src/core/ledger/testing.ts'
import { compose } from '../../src/core/run/compose.ts'
import { decide } from '../../src/core/run/decide.ts'
import { adoptPolicy } from '../../src/core/run/policy-adopt.ts'
import { systemClock } from '../../src/core/time.ts'

const project = join(import.meta.dirname, '..', '..')
const text = { ja: '文', 'zh-TW': '文', en: 'text' }

/** An own pack of so many statements that await a control, but for the first, which has one. */
function write(dataDir: string, version: string, sentences: readonly string[], control: object) {
  const folder = join(dataDir, 'policies', 'own')
  mkdirSync(folder, { recursive: true })
  const put = (name: string, value: object) =>
    writeFileSync(join(folder, name), JSON.stringify(value))
  put('pack.yaml', {
    ...{ format: 1, id: 'own', version, title: text },
    organisation: { name: text, zone: 'Asia/Tokyo' },
    published: { date: '2026-11-01', language: 'ja', where: text },
    ...{ roles: { ciso: text }, units: { count: text } },
  })
  const statements = sentences.map((sentence, index) => ({
    ...{ number: index + 1, id: `1.1.${index + 1}`, sentence: sentence.repeat(64), kind: 'state' },
    ...{ text, owner: 'ciso', population: text, evidence: text, frameworks: {} },
    ...(index === 0 ? { controls: [control] } : { awaits: ['core.policy.undecided'] }),
  }))
  put('01.yaml', { section: 1, title: text, groups: [{ group: 1, title: text, statements }] })
}

test('V34 V36 an own policy is adopted whole or not at all, and the next version beside it', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'okp-'))
  const { log } = memoryLog()
  const okite = await compose({
    ...{ source: join(project, 'src'), project, dataDir, create: true, flags: {} },
    ...{ environment: {}, clock: systemClock, log },
  })
  try {
    const adopt = (from: string | null = null, dry = false) =>
      adoptPolicy(okite, { name: 'own', by: 'Lin', from, dry })
    const adoptions = async () =>
      (await okite.reader.latest(policyAdopted, 100)).map(({ body }) => body.version)
    const statements = async () =>
      new Map(
        (await okite.reader.latest(statementVerdictChanged, 1_000))
          .toReversed()
          .map(({ body }) => [body.statement, `${body.status} / ${body.reason.code}`]),
      )
    const { id } =
      okite.controls.find(one => one.kind === 'clock' && 'limit' in one.params) ?? assert.fail()
    const shipped = await adoptions()

    write(dataDir, '1', ['a', 'b'], { id: 'example.items.nothing' })
    await assert.rejects(adopt(), { code: 'POLICY_BINDING' })
    write(dataDir, '1', ['a', 'b'], { id, params: { limit: 3 } })
    await assert.rejects(adopt(), (error: any) => {
      assert.equal(error.code, 'POLICY_BINDING')
      assert.deepEqual(error.data.complaints, [`1.1.1 ${id} limit: is no duration`])
      return true
    })
    write(dataDir, '1', ['a', 'b'], { id, params: { limit: 'P3D' } })
    await assert.rejects(adopt('2026-01-01'), { code: 'POLICY_FROM' })
    await assert.rejects(adopt('tomorrow'), { code: 'POLICY_FROM' })
    assert.equal((await adopt(null, true)).before?.policy, 'weemed')
    assert.deepEqual(await adoptions(), shipped, 'nothing was adopted so far')

    const first = await adopt()
    assert.deepEqual([first.policy, first.count], ['own', 2])
    const [adopted] = await okite.reader.latest(policyAdopted, 1)
    assert.deepEqual([adopted?.body.hash, adopted?.body.from], [first.hash, first.from])
    assert.equal((await statements()).get('1.1.2'), 'unknown / no.control')
    // The policy states the limit: nobody decides another, and what it leaves open is decided (V35).
    const limit = { control: id, parameter: 'limit', value: 'P9D', by: 'Lin' }
    await assert.rejects(decide(okite, limit), (error: any) => {
      assert.equal(error.code, 'DECIDE_STATED')
      assert.deepEqual([error.data.stated, error.data.policy], ['P3D', 'own'])
      return true
    })
    assert.equal((await okite.reader.latest(parameterDecided, 1)).length, 0)
    const other = okite.controls.find(one => one.id !== id && 'registerFresh' in one.params)
    const open = { control: other?.id ?? '', parameter: 'registerFresh', value: 'P7D', by: 'Lin' }
    for (const value of ['P7D', 'P8D'])
      assert.equal((await decide(okite, { ...open, value })).status, 'unknown')
    assert.equal((await okite.reader.latest(parameterDecided, 9)).length, 2)
    // A statement of the version before that this one does not have is over (V36).
    assert.equal((await statements()).get('12.4.1'), 'unknown / retired')

    write(dataDir, '2', ['a', 'c', 'd'], { id, params: { limit: 'P2D' } })
    const next = await adopt('2090-01-01')
    assert.equal(next.from, '2089-12-31T15:00:00.000Z', 'the day begins where the organisation is')
    assert.deepEqual(next.before, {
      ...{ policy: 'own', version: '1', differ: 3 },
      differences: [
        { id: '1.1.1', what: 'params' },
        { id: '1.1.2', what: 'sentence' },
        { id: '1.1.3', what: 'added' },
      ],
    })
    assert.equal(okite.policies.inForce(new Date().toISOString())?.version, '1')
    assert.equal(okite.policies.inForce('2090-01-01T00:00:00.000Z')?.version, '2')
    assert.equal((await okite.integrity()).ok, true)
  } finally {
    await okite.close()
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  }
})
