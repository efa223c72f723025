import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { z } from 'zod'
import { defineFact } from '../fact.ts'
import { findingOpened } from '../facts.ts'
import { state } from './state.ts'
import { createBench } from './testing.ts'
import { at } from './testing-facts.ts'

const doorLooked = defineFact('test.door.looked', {
  module: 'test',
  schema: z.strictObject({ is: z.enum(['shut', 'open', 'ajar', 'dark']), room: z.string() }),
})

const door = (repair?: string) =>
  state({
    id: 'test.door',
    version: 1,
    owner: 'x',
    ...(repair === undefined ? {} : { repair }),
    slots: { door: { type: doorLooked } },
    holds: ({ door: { body } }) => {
      const args = { room: body.room }
      if (body.is === 'dark') return { status: 'unknown', reason: { code: 'door.dark', args } }
      if (body.is === 'ajar') return { status: 'broken', reason: { code: 'door.ajar', args } }
      return body.is === 'shut'
    },
  })

function looks(repair?: string) {
  const bench = createBench([door(repair)])
  bench.adopt({ at: at('01') })
  return {
    bench,
    look: (day: string, is: 'shut' | 'open' | 'ajar' | 'dark') => {
      bench.fact(doorLooked, { is, room: 'cellar' }, { at: at(day) })
      return says()
    },
    wait: (day: string) => {
      bench.advance(at(day))
      return says()
    },
  }
  function says() {
    const { status, reason } = bench.verdict('test.door')
    return `${status} ${reason.code}`
  }
}

test('V20 a state says why it fails, in the verdict and in the finding', () => {
  const { bench, look } = looks()
  assert.equal(look('02', 'ajar'), 'broken door.ajar')
  assert.deepEqual(bench.facts(findingOpened)[0]?.body.reason, {
    code: 'door.ajar',
    args: { room: 'cellar' },
  })
  assert.equal(look('03', 'open'), 'broken failing')
  assert.equal(look('04', 'shut'), 'kept holds')
})

test('V20 evidence that does not answer is unknown, and neither a failure nor its end', () => {
  const { look, wait } = looks('P3D')
  assert.equal(look('02', 'dark'), 'unknown door.dark')
  assert.equal(wait('20'), 'unknown door.dark')
  assert.equal(look('20', 'ajar'), 'due repairing')
  assert.equal(look('21', 'dark'), 'unknown door.dark')
  assert.equal(look('22', 'ajar'), 'due repairing')
  assert.equal(wait('24'), 'broken door.ajar')
  assert.equal(look('25', 'dark'), 'unknown door.dark')
  assert.equal(look('26', 'shut'), 'kept holds')
})
