import fc from 'fast-check'
import { z } from 'zod'
import { defineFact, type Instant } from '../fact.ts'
import { watermarkAdvanced } from '../facts.ts'
import { cadence } from './cadence.ts'
import { capability } from './capability.ts'
import { clock } from './clock.ts'
import { rollup } from './rollup.ts'
import type { Bench } from './testing.ts'
import { assets, diskMeasured, does, encrypted, sighted } from './testing-facts.ts'

/** Random histories over three kinds of control, for properties of the machine and of runners. */

const called = defineFact('test.call.made', {
  module: 'test',
  schema: z.strictObject({ answered: z.boolean() }),
})

const disk = encrypted(
  {
    population: { ...assets, fresh: 'P20D', compare: { with: sighted, fresh: 'P12D' } },
    alive: [{ type: watermarkAdvanced }],
  },
  { fresh: 'P5D', repair: 'P1D', steady: 'PT12H' },
)
const call = capability({
  id: 'test.call',
  version: 1,
  owner: 'x',
  canary: { type: called },
  passed: fact => (fact.body as { answered: boolean }).answered,
  every: 'P3D',
  confirm: 2,
})
const both = rollup({
  id: 'test.both',
  version: 1,
  owner: 'x',
  of: ['test.disk', 'test.call'],
  worst: true,
})
/** Called every day: periods close, are missed, and are made up late. */
const daily = cadence({
  id: 'test.daily',
  version: 1,
  owner: 'x',
  period: 'P1D',
  zone: 'UTC',
  done: [{ type: called }],
  joins: 'next',
  alive: [{ type: watermarkAdvanced }],
})
/** Whoever is bad has two days to become good; each asset is a case. */
const contained = clock({
  id: 'test.contained',
  version: 1,
  owner: 'x',
  start: [{ type: diskMeasured, key: f => f.body.asset, if: f => !f.body.encrypted }],
  stop: [{ type: diskMeasured, key: f => f.body.asset, if: f => f.body.encrypted }],
  limit: 'PT30H',
  window: 'P9D',
})
export const controls = [disk, call, both, daily, contained]
export const ids = controls.map(control => control.id)

export type Act = Readonly<{ afterMs: number; what: string; asset: string; flag: boolean }>

const act: fc.Arbitrary<Act> = fc.record({
  afterMs: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 3_600_000 }),
    fc.integer({ min: 1, max: 12 * 3_600_000 }),
    fc.integer({ min: 1, max: 3 * 86_400_000 }),
  ),
  what: fc.constantFrom(
    ...['measure', 'measure', 'measure', 'measure', 'measure', 'measure', 'measure', 'measure'],
    ...['list', 'remove', 'sight', 'complete', 'hear', 'hear', 'hear', 'call', 'call', 'adopt'],
    ...['except', 'exceptAll', 'end', 'endAll'],
  ),
  asset: fc.constantFrom('a', 'b', 'c'),
  flag: fc.boolean(),
})

export function perform(bench: Bench, one: Act, when: Instant): void {
  const { list, remove, sight, complete, good, bad, except, end, adopt } = does(bench)
  const acts: Record<string, (when: Instant) => unknown> = {
    measure: one.flag ? good(one.asset) : bad(one.asset),
    list: list(one.asset),
    remove: remove(one.asset),
    sight: sight(one.asset),
    complete,
    except: except(one.asset, one.flag ? '02-01' : '01-20'),
    exceptAll: except(null, one.flag ? '01-15' : '01-25'),
    end: end(one.asset),
    endAll: end(null),
    hear: time => bench.fact(watermarkAdvanced, { source: 's', to: time }, { at: time }),
    call: time => bench.fact(called, { answered: one.flag }, { at: time }),
    adopt: adopt(),
  }
  acts[one.what]?.(when)
}

/** Where most random histories begin: three members, known to both sources, and a policy. */
function begin(bench: Bench, when: Instant): void {
  const { adopt, list, sight, complete, good } = does(bench)
  adopt()(when)
  list('a', 'b', 'c')(when)
  sight('a')(when)
  complete(when)
  good('a', 'b', 'c')(when)
}

/** Histories that begin so, or with a policy and nothing else. */
export const history = fc.record({
  acts: fc.array(act, { minLength: 25, maxLength: 60 }),
  bare: fc.integer({ min: 0, max: 4 }).map(n => n === 0),
})

export function open(bench: Bench, bare: boolean, when: Instant): void {
  if (bare) does(bench).adopt()(when)
  else begin(bench, when)
}
