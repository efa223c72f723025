import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { defineFact, type Fact, type Observation } from '../fact.ts'
import { handClock, memoryLog } from '../ledger/testing.ts'
import type { Collector } from '../module.ts'
import { CollectorRunner } from './collectors.ts'

const seen = defineFact('thing.seen', {
  module: 'test.one',
  schema: z.strictObject({ text: z.string() }),
})
const at = '2026-01-05T00:00:00.000Z'
const observe = (text: string): Observation => ({
  type: seen,
  source: 'test',
  occurred: at,
  observed: at,
  trust: 'record',
  body: { text },
  identity: text,
})

function createDesk(run: Collector['run'], more: Partial<Collector> = {}, isSample = false) {
  const { log, lines } = memoryLog()
  const clock = handClock()
  const submitted: unknown[] = []
  const collectors = new CollectorRunner({
    modules: [
      {
        id: 'test.one',
        collectors: [{ name: 'c', sizeBytesMax: 100, perMinuteMax: 5, run, ...more }],
      },
    ],
    ports: () => ({}) as any,
    submit: () => async observation => {
      if (typeof observation?.identity !== 'string') throw new Error('not an observation')
      submitted.push(observation.body)
      return { pos: submitted.length, known: false }
    },
    clock,
    log,
    isSample,
  })
  return { collectors, submitted, lines, clock, now: () => collectors.runNow('test.one', 'c') }
}

describe('collectors', () => {
  test('M11 in a sample nothing looks at the world; what asks the list alone goes on', async () => {
    const look = async function* () {
      yield observe('seen')
    }
    const outward = createDesk(look, { every: 'PT5M', on: [seen] }, true)
    outward.collectors.start()
    outward.collectors.heard([{ type: seen.name } as Fact])
    await assert.rejects(outward.now(), /COLLECTOR_UNKNOWN/)
    await outward.collectors.close()
    assert.deepEqual(outward.submitted, [])
    const inward = createDesk(look, { every: 'PT5M', asksListAlone: true }, true)
    await inward.now()
    assert.deepEqual(inward.submitted, [{ text: 'seen' }])
  })

  test('M10 what is larger than allowed is refused, and what came before it stays', async () => {
    const desk = createDesk(async function* () {
      yield observe('small')
      yield observe('x'.repeat(200))
      yield observe('after')
    })
    await desk.now()
    assert.deepEqual(desk.submitted, [{ text: 'small' }])
    assert.match(desk.lines.join(), /OBSERVATION_TOO_LARGE/)
    assert.doesNotMatch(desk.lines.join(), /xxx/)
  })

  test('M10 several that are yielded at once are appended in their order, or none of them', async () => {
    const desk = createDesk(async function* () {
      yield [observe('one'), observe('two')]
      yield [observe('three'), observe('x'.repeat(200))]
    })
    await desk.now()
    assert.deepEqual(desk.submitted, [{ text: 'one' }, { text: 'two' }])
    assert.match(desk.lines.join(), /OBSERVATION_TOO_LARGE/)
  })

  test('M10 more than allowed in a minute ends the run; the next minute goes on', async () => {
    const desk = createDesk(async function* () {
      for (let index = 0; index < 10; index++) yield observe(`${index}`)
    })
    await desk.now()
    assert.equal(desk.submitted.length, 5)
    await desk.now()
    assert.equal(desk.submitted.length, 5)
    assert.match(desk.lines.join(), /COLLECTOR_TOO_FAST/)
    desk.clock.add(60_000)
    await desk.now()
    assert.equal(desk.submitted.length, 10)
  })

  test('M10 one that throws is said, and runs again', async () => {
    let runs = 0
    const desk = createDesk(async function* () {
      runs += 1
      if (runs === 1) throw new Error('no source')
      yield observe('second')
    })
    await desk.now()
    assert.match(desk.lines.join(), /collector\.failed.*"code":"Error"/)
    assert.doesNotMatch(desk.lines.join(), /no source/)
    await desk.now()
    assert.deepEqual(desk.submitted, [{ text: 'second' }])
  })

  for (const [name, garbage] of Object.entries({
    nothing: undefined,
    null: null,
    text: 'text',
    'a bigint': { body: 1n },
    'a circle': (() => {
      const circle: any = {}
      circle.body = circle
      return circle
    })(),
    'no observation': {},
  })) {
    test(`M10 garbage ends the run and nothing else: ${name}`, async () => {
      const desk = createDesk(async function* () {
        yield garbage as any
        yield observe('after')
      })
      await desk.now()
      assert.deepEqual(desk.submitted, [])
      assert.match(desk.lines.join(), /collector\.failed/)
    })
  }

  test('M10 never two runs at once; facts that came meanwhile make it run once more', async () => {
    let running = 0
    let most = 0
    let runs = 0
    const desk = createDesk(
      async function* () {
        running += 1
        runs += 1
        most = Math.max(most, running)
        await new Promise(resolve => setTimeout(resolve, 5))
        yield observe(`${runs}`)
        running -= 1
      },
      { on: [seen] },
    )
    const fact = { type: seen.name } as any
    desk.collectors.start()
    for (let index = 0; index < 10; index++) desk.collectors.heard([fact])
    desk.collectors.heard([{ ...fact, type: 'other.seen' }])
    await desk.now()
    assert.equal(most, 1)
    assert.equal(runs, 2)
    await desk.collectors.close()
  })

  test('before the start nothing runs but by hand, and what was heard runs at the start', async () => {
    let runs = 0
    const desk = createDesk(
      async function* () {
        runs += 1
        yield observe(`${runs}`)
      },
      { on: [seen], every: 'PT0.005S' },
    )
    const other = createDesk(
      async function* () {
        yield observe('heard')
      },
      { on: [seen] },
    )
    for (const { collectors } of [desk, other]) collectors.heard([{ type: seen.name } as any])
    await new Promise(resolve => setTimeout(resolve, 20))
    assert.deepEqual([desk.submitted, other.submitted], [[], []])
    await desk.now()
    await new Promise(resolve => setTimeout(resolve, 30))
    assert.equal(runs, 1)
    for (const { collectors } of [desk, other]) collectors.start()
    await new Promise(resolve => setTimeout(resolve, 30))
    assert.ok(runs > 1)
    assert.deepEqual(other.submitted, [{ text: 'heard' }])
    for (const { collectors } of [desk, other]) await collectors.close()
  })

  test('M10 closed while it runs it submits no more, and does not run again', async () => {
    const desk = createDesk(
      async function* () {
        for (let index = 0; index < 4; index++) {
          yield observe(`${index}`)
          await new Promise(resolve => setTimeout(resolve, 5))
        }
      },
      { every: 'PT1S' },
    )
    desk.collectors.start()
    await new Promise(resolve => setTimeout(resolve, 2))
    await desk.collectors.close()
    const before = desk.submitted.length
    assert.ok(before >= 1 && before < 4)
    desk.collectors.start()
    await new Promise(resolve => setTimeout(resolve, 10))
    assert.equal(desk.submitted.length, before)
  })

  test('M10 one that nobody declared is not run', async () => {
    const desk = createDesk(async function* () {})
    await assert.rejects(desk.collectors.runNow('test.one', 'other'), /COLLECTOR_UNKNOWN/)
  })
})
