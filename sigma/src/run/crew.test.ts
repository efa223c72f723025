import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { type CrewSink, runCrew } from './crew.ts'
import type { Job, Setup } from './found.ts'
import { runLimits } from './limits.ts'

const rule = 'title: A\nid: a\nlogsource: {product: p}\ndetection: {sel: {a: 1}, condition: sel}\n'
const setup: Omit<Setup, 'tells'> = {
  rules: [{ name: 'rule', text: rule }],
  ...{ source: null, levelMin: null, hasWhy: false },
}

const silent: CrewSink = {
  rules: async () => {},
  batch: async () => {},
  done: async () => {},
  costs: () => {},
  progress: () => {},
}

it('more matches than may wait come in order from a worker that was ahead', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'sigma-crew-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  // The first file is told slowly, so that the worker of the second has to wait for room.
  const events = runLimits.batchMatches * (runLimits.batchesWaitingMax + 2)
  const jobs = ['one', 'two'].map((name, nth): Job => {
    const path = join(folder, name)
    writeFileSync(path, '{"product":"p","a":1}\n'.repeat(nth === 0 ? 10 : events))
    return { nth, input: { path, format: 'jsonl', piece: null, isNamed: true } }
  })
  const told: string[] = []
  const sink: CrewSink = {
    ...silent,
    batch: async ({ nth }, found) => {
      if (nth === 0) await new Promise(resolve => setTimeout(resolve, 500))
      for (const { at } of found) told.push(`${nth}:${at}`)
    },
    done: async ({ nth }, { events }) => void told.push(`${nth} has ${events}`),
  }
  await runCrew(jobs, { workers: 2, setup }, sink)
  const of = (nth: number, count: number): string[] => [
    ...Array.from({ length: count }, (_, at) => `${nth}:${at}`),
    `${nth} has ${count}`,
  ]
  assert.deepEqual(told, [...of(0, 10), ...of(1, events)])
})

it('what ends a worker ends the run with its reason', async () => {
  const job: Job = { nth: 0, input: { path: 'x', format: null, piece: null, isNamed: true } }
  const broken = { ...setup, rules: null as never }
  await assert.rejects(runCrew([job], { workers: 1, setup: broken }, silent), /^Error: rules: /)
})
