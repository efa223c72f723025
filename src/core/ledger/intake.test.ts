import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../error.ts'
import { takeObservation } from './intake.ts'
import { decodeLeaf, leafBytesMax } from './leaf.ts'
import { noted, observe, testTypes } from './testing.ts'

/** Whatever a collector, or the world behind it, could hand in. */
const anything = fc.anything({
  ...{ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true },
  ...{ withTypedArray: true, withSparseArray: true, withUnicodeString: true, maxDepth: 4 },
})
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', '\0', '\ud800', '\u202e', 'x'.repeat(2_000), '__proto__', 'constructor'),
)
const body = fc.oneof(
  anything,
  fc.record({ thing: fc.oneof(text, anything) }),
  fc.record({ thing: text, count: fc.oneof(fc.integer(), fc.double(), anything) }),
  fc.record({ thing: text, more: anything }),
  fc.integer({ min: 10_000, max: 20_000 }).map(length => ({ thing: 'x'.repeat(length) })),
)
const held = fc.oneof(
  fc.record({ value: text, person: fc.option(text) }),
  fc.record({ value: anything, person: anything }),
  anything,
)
const hostile = fc.record({
  source: fc.oneof(text, anything),
  occurred: fc.oneof(text, fc.constantFrom('2026-02-30T00:00:00.000Z', '2026-02-01'), anything),
  observed: fc.oneof(text, anything),
  trust: fc.oneof(fc.constantFrom('claim', 'instrument', 'toString'), anything),
  body,
  private: fc.oneof(
    fc.dictionary(fc.constantFrom('user', 'text', 'other', '__proto__'), held),
    anything,
  ),
  identity: fc.oneof(text, anything),
  type: fc.oneof(fc.constantFrom(noted, { ...noted, tv: 2 }, { ...noted, name: 'x' }), anything),
})

/** A good one, of which so much is hostile. */
const given = fc
  .tuple(
    hostile,
    fc.subarray(
      ['source', 'occurred', 'observed', 'trust', 'body', 'private', 'identity', 'type'] as const,
      { maxLength: 2 },
    ),
  )
  .map(([all, names]) => ({
    ...observe('one'),
    ...Object.fromEntries(names.map(name => [name, all[name]])),
  }))

test('L1 10^4 hostile observations are taken whole or refused with a code', () => {
  let taken = 0
  fc.assert(
    fc.property(
      given,
      fc.oneof({ weight: 9, arbitrary: fc.constant(noted.module) }, text),
      (observation: any, module) => {
        try {
          const intake = takeObservation(module, observation, testTypes)
          const commitments = Object.fromEntries(
            intake.slots.map(one => [one.slot, 'commitment' in one ? one.commitment : '']),
          )
          const leaf = Buffer.from(intake.leaf(commitments)('2026-11-23T03:24:01.310Z'))
          assert.ok(leaf.length <= leafBytesMax)
          assert.deepEqual(decodeLeaf(leaf).body, intake.body)
          taken += 1
        } catch (error) {
          assert.ok(error instanceof OkiteError, String(error))
        }
      },
    ),
    { numRuns: 10_000 },
  )
  assert.ok(taken > 500, `${taken} were good`)
})

test('L1 what is no observation at all is refused with a code', () => {
  fc.assert(
    fc.property(anything, nothing => {
      assert.throws(() => takeObservation(noted.module, nothing as any, testTypes), OkiteError)
    }),
    { numRuns: 10_000 },
  )
})
