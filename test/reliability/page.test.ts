import { strict as assert } from 'node:assert'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { elsewhere, page, pageOf } from '../../scripts/reliability.ts'
import { readReport } from '../../src/recover/reliability/report.ts'

test('docs/reliability.md says what the report says, and names tests that are there', () => {
  const found = readReport()
  assert.ok(found !== null)
  assert.equal(readFileSync(page, 'utf8'), pageOf(found.report))
  for (const [, path] of elsewhere) {
    assert.ok(existsSync(join(import.meta.dirname, '../..', path)), path)
  }
})
