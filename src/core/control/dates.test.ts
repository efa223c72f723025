import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { firstInstant, lastInstant } from '../time.ts'
import { beginOf, endOf } from './dates.ts'

test('a date that is outside the years of the list in some zone stops nobody', () => {
  assert.equal(endOf('9999-12-31', 'UTC'), lastInstant)
  assert.equal(endOf('9999-12-31', 'America/New_York'), lastInstant)
  assert.equal(endOf('9999-12-30', 'America/New_York'), '9999-12-31T05:00:00.000Z')
  assert.equal(endOf('9999-12-01', 'UTC', 'P1Y'), lastInstant)
  assert.equal(beginOf('0001-01-01', 'Asia/Tokyo'), firstInstant)
  assert.equal(beginOf('0000-01-01', 'UTC'), firstInstant)
  assert.equal(endOf('2026-11-01', 'Asia/Taipei'), '2026-11-01T16:00:00.000Z')
})
