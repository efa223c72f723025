import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Observation } from '../../core/fact.ts'
import type { Ports } from '../../core/module.ts'
import { reportCampaign } from './collect.ts'
import { readReport } from './report.ts'

const folder = mkdtempSync(join(tmpdir(), 'okite-report-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('M10 the report that is part of the program is told, and told the same again', async () => {
  const found = readReport()
  assert.ok(found !== null, 'the campaign was run')
  const tell = async (nowMs: number) => {
    const told: Observation[] = []
    const ports = { clock: { nowMs: () => nowMs } } as Ports
    for await (const one of reportCampaign.run(ports)) told.push(one as Observation)
    return told
  }
  const [one, ...more] = await tell(Date.parse('2026-11-27T00:00:00.000Z'))
  assert.deepEqual(more, [])
  const body = one!.type.schema.parse(one!.body) as { faults: unknown[]; hash: string }
  assert.equal(body.faults.length, found.report.faults.length)
  assert.equal(body.hash, found.hash)
  const [again] = await tell(Date.parse('2027-01-01T00:00:00.000Z'))
  assert.equal(again!.identity, one!.identity)
})

test('M10 a report of another shape, or a large one, is not told; none at all is none', () => {
  assert.equal(readReport(join(folder, 'absent.json')), null)
  for (const text of [
    '{',
    '{}',
    '{"version":"1","faults":[]}',
    `"${'x'.repeat(2 * 1024 * 1024)}"`,
  ]) {
    const path = join(folder, 'report.json')
    writeFileSync(path, text)
    assert.throws(() => readReport(path))
  }
})
