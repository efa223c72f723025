import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { firstInstant, lastInstant, msOf, toInstant } from './instant.ts'
import { offsetAt } from './offset.ts'

const anyMs = fc.integer({ min: Date.parse(firstInstant), max: Date.parse(lastInstant) })

test('V8 instants are read and written as Date reads and writes them', () => {
  const edges = [firstInstant, lastInstant, '1970-01-01T00:00:00.000Z', '1969-12-31T23:59:59.999Z']
  const leap = ['2000-02-29T12:34:56.789Z', '1900-02-28T23:59:59.999Z', '2100-03-01T00:00:00.000Z']
  for (const text of [...edges, ...leap]) {
    assert.equal(msOf(text), Date.parse(text), text)
    assert.equal(toInstant(Date.parse(text)), text)
  }
  fc.assert(
    fc.property(anyMs, ms => {
      const text = new Date(ms).toISOString()
      assert.equal(toInstant(ms), text)
      assert.equal(msOf(text), ms)
    }),
    { numRuns: 3_000 },
  )
  assert.throws(() => toInstant(Number.NaN), { name: 'OkiteError', code: 'CALENDAR_OUT_OF_RANGE' })
  assert.equal(toInstant(1.5), '1970-01-01T00:00:00.001Z')
  assert.ok(Number.isNaN(msOf('never')))
})

test('V8 an offset does not depend on what was asked before it', () => {
  const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Taipei', 'UTC')
  const ms = fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2045, 0) })
  fc.assert(
    fc.property(zone, fc.array(ms, { maxLength: 8 }), (name, all) => {
      for (const at of all) {
        const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name)
        assert.equal(offsetAt(name, at), zoned.offsetNanoseconds / 1e6)
      }
    }),
    { numRuns: 500 },
  )
})
