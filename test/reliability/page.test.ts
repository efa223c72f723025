import { strict as assert } from 'node:assert'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { elsewhere, page, pageOfReport } from '../../scripts/reliability.ts'

test('docs/reliability.md says what the report says, and names tests that are there', () => {
  assert.equal(readFileSync(page, 'utf8'), pageOfReport())
  for (const [, path] of elsewhere) {
    assert.ok(existsSync(join(import.meta.dirname, '../..', path)), path)
  }
})
