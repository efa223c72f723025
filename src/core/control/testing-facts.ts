import { strict as assert } from 'node:assert'
import { z } from 'zod'
import { defineFact, type Fact, type Instant } from '../fact.ts'
import { exceptionEnded, exceptionGranted } from '../facts.ts'
import type { Base, Match, Population } from './kind.ts'
import { state } from './state.ts'
import type { Bench } from './testing.ts'

/** Facts, a population and a control that tests of the machine share. They belong to no module. */

const module = 'test'
const one = z.strictObject({ asset: z.string() })

export const assetListed = defineFact('test.asset.listed', { module, schema: one })
export const assetRemoved = defineFact('test.asset.removed', { module, schema: one })
export const assetSighted = defineFact('test.asset.sighted', { module, schema: one })
export const inventoryRead = defineFact('test.inventory.read', {
  module,
  schema: z.strictObject({}),
})
export const diskMeasured = defineFact('test.disk.measured', {
  module,
  schema: z.strictObject({ asset: z.string(), encrypted: z.boolean() }),
})
/** Twenty assets at once, from `a<first>` on: one fact with many keys. */
export const fleetListed = defineFact('test.fleet.listed', {
  module,
  schema: z.strictObject({ first: z.int().nonnegative() }),
})

const asset = (fact: Fact<{ asset: string }>) => fact.body.asset

export const fleetSize = 20
export const fleet = (fact: Fact<{ first: number }>) =>
  Array.from({ length: fleetSize }, (_, index) => `a${fact.body.first + index}`)

export const assets: Population = {
  id: 'assets',
  enter: { type: assetListed, key: asset },
  leave: { type: assetRemoved, key: asset },
  complete: { type: inventoryRead },
  fresh: 'P30D',
}

export const sighted: Match = { type: assetSighted, key: asset }

/** Every disk is encrypted. Evidence does not age, and a failure breaks at once, unless said otherwise. */
export const encrypted = (
  base: Partial<Base> = {},
  rest: { fresh?: string; repair?: string; steady?: string } = {},
) => {
  const { fresh, ...times } = rest
  return state({
    id: 'test.disk',
    version: 1,
    owner: 'infrastructure',
    population: assets,
    ...base,
    ...times,
    slots: {
      disk: { type: diskMeasured, key: asset, ...(fresh === undefined ? {} : { fresh }) },
    },
    holds: slots => slots.disk.body.encrypted,
  })
}

/** `05 10:30` is the fifth of January 2026; `02-05 10:30` of February. */
export function at(text: string): Instant {
  const [day = '01', time = '00:00'] = text.split(' ')
  const date = day.includes('-') ? day : `01-${day}`
  return `2026-${date}T${time.length === 5 ? `${time}:00` : time}.000Z`
}

/** The two persons an exception needs. */
export const byTwo = { requester: 'ann', approver: 'ben' }

/** What may happen on a bench, in the words of a table. */
export const does = (bench: Bench) => ({
  adopt:
    (version = '1') =>
    (when: Instant) =>
      bench.adopt({ at: when, version }),
  list:
    (...names: string[]) =>
    (when: Instant) => {
      for (const name of names) bench.fact(assetListed, { asset: name }, { at: when })
    },
  remove: (name: string) => (when: Instant) =>
    bench.fact(assetRemoved, { asset: name }, { at: when }),
  sight: (name: string) => (when: Instant) =>
    bench.fact(assetSighted, { asset: name }, { at: when }),
  complete: (when: Instant) => bench.fact(inventoryRead, {}, { at: when }),
  good:
    (...names: string[]) =>
    (when: Instant) => {
      for (const name of names)
        bench.fact(diskMeasured, { asset: name, encrypted: true }, { at: when })
    },
  bad:
    (...names: string[]) =>
    (when: Instant) => {
      for (const name of names)
        bench.fact(diskMeasured, { asset: name, encrypted: false }, { at: when })
    },
  except:
    (subject: string | null, until: string, refs: Record<string, string> = byTwo) =>
    (when: Instant) =>
      bench.fact(
        exceptionGranted,
        { control: 'test.disk', subject, until: at(until) },
        { at: when, refs },
      ),
  end: (subject: string | null) => (when: Instant) =>
    bench.fact(exceptionEnded, { control: 'test.disk', subject }, { at: when }),
})

/** `broken / failing 1 of 2`: status, reason code, and how many of how many were checked. */
export function says(bench: Bench, control = 'test.disk'): string {
  const { status, reason, population } = bench.verdict(control)
  const { size, checked } = population
  return `${status} / ${reason.code}${size === undefined ? '' : ` ${checked} of ${size ?? '?'}`}`
}

/**
 * Given, when, then: at each instant something happens (or only time passes) and the verdict reads
 * as said. Counts are those of the last emission (V27), so a row may leave them out.
 */
export function follows(
  bench: Bench,
  rows: readonly (readonly [string, ((when: Instant) => unknown) | null, string])[],
  control = 'test.disk',
): void {
  for (const [index, [when, act, want]] of rows.entries()) {
    bench.advance(at(when))
    act?.(at(when))
    const said = says(bench, control)
    const read = / of /.test(want) ? said : said.replace(/ \S+ of \S+$/, '')
    assert.equal(read, want, `row ${index}, ${when}`)
  }
}
