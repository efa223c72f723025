import { strict as assert } from 'node:assert'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FactType, Instant, Pos } from '../../src/core/fact.ts'
import { factCorrected, factRetracted } from '../../src/core/facts.ts'
import { handClock, memoryLog } from '../../src/core/ledger/testing.ts'
import type { compose, Okite } from '../../src/core/run/compose.ts'
import { discoverModules, moduleFolders } from '../../src/core/run/discover.ts'
import { type Line, readScenario } from '../scenario.ts'

/**
 * A real, busy month: the program as it is, on a clock that a test turns, and the stories that modules
 * tell of their controls, all on one list.
 */

export const project = join(import.meta.dirname, '..', '..')
export const source = join(project, 'src')
const text = { ja: '文', 'zh-TW': '文', en: 'text' }

export type Month = Awaited<ReturnType<typeof openMonth>>

export async function openMonth(start: Instant) {
  const folder = mkdtempSync(join(tmpdir(), 'okm-'))
  const dataDir = join(folder, 'data')
  const clock = handClock(Date.parse(start))
  const { log } = memoryLog()
  /** The program whose sources lie there: core and modules of one tree. */
  const programOf = async (from: string): Promise<Okite> => {
    const core: { compose: typeof compose } = await import(join(from, 'core/run/compose.ts'))
    return core.compose({
      ...{ source: from, project, dataDir, create: true, flags: {}, environment: {}, clock, log },
    })
  }
  let identity = 0
  const person = (name: string) => ({ value: name, person: name })
  const month = {
    ...{ folder, dataDir, clock },
    okite: await programOf(source),
    /** Another program goes on with the list. */
    async reopen(from: string): Promise<void> {
      await month.okite.close()
      month.okite = await programOf(from)
      await month.settle()
    },
    /** An own pack that binds every control; `change` gives parameters of each. */
    async adopt(version: string, change: (control: Okite['controls'][number]) => object) {
      const own = join(dataDir, 'policies', 'own')
      mkdirSync(own, { recursive: true })
      const put = (name: string, value: object) =>
        writeFileSync(join(own, name), JSON.stringify(value))
      put('pack.yaml', {
        ...{ format: 1, id: 'own', version, title: text },
        organisation: { name: text, zone: 'Asia/Tokyo' },
        published: { date: '2026-09-01', language: 'ja', where: text },
        ...{ roles: { ciso: text }, units: { count: text } },
      })
      const statements = month.okite.controls.map((control, index) => ({
        ...{ number: index + 1, id: `1.1.${index + 1}`, kind: 'state', text, owner: 'ciso' },
        ...{ population: text, evidence: text, frameworks: {} },
        controls: [{ id: control.id, params: change(control) }],
      }))
      put('01.yaml', { section: 1, title: text, groups: [{ group: 1, title: text, statements }] })
      await month.okite.adopt(month.okite.policies.onDisk('own'), 'Lin')
    },
    /** Records a fact now. */
    async submit(type: FactType, body: unknown, more: Partial<Line> = {}): Promise<Pos> {
      const now = new Date(clock.nowMs()).toISOString()
      const occurred = (more['occurred'] ?? now) as Instant
      const refs = Object.entries((more['refs'] ?? {}) as Record<string, string>)
      const observation = {
        ...{ type, source: (more['source'] as string) ?? 'test', occurred, observed: occurred },
        ...{ trust: more['trust'] ?? type.trusts[0] ?? 'instrument', body: body as object },
        identity: `${identity++}`,
        private: Object.fromEntries(refs.map(([slot, name]) => [slot, person(name)])),
      }
      const submit = month.okite.submit(type.module)
      // A month of wakes may hold the head for longer than a writer waits.
      const { pos } = await submit(observation).catch(async error => {
        assert.equal(error.code, 'LEDGER_BUSY')
        await month.settle()
        return submit(observation)
      })
      return pos
    },
    twoPersons: { refs: { by: 'first', second: 'second' } },
    retract: (target: Pos) => month.submit(factRetracted, { target }, month.twoPersons),
    correct: (target: Pos, body: unknown) =>
      month.submit(factCorrected, { target, body }, month.twoPersons),
    /** Lets time pass until then, and everything be judged. */
    async advance(to: Instant): Promise<void> {
      clock.set(to)
      month.okite.judges.poke()
      await month.settle()
    },
    async settle(): Promise<void> {
      // What time alone brings about is appended by the judges themselves, so the end moves on.
      const judges = month.okite.judges as unknown as { running: Promise<void> | null; judged: Pos }
      for (let isQuiet = false, attempts = 0; !isQuiet; attempts++) {
        assert.ok(attempts < 5_000, 'the judges come to rest')
        month.okite.judges.poke()
        await judges.running
        isQuiet = judges.running === null && judges.judged >= (await month.okite.ledger.size())
        await new Promise(resolve => setTimeout(resolve, 2))
      }
      await month.okite.settled((await month.okite.ledger.size()) - 1)
      assert.deepEqual(month.okite.judges.stopped, [])
    },
    typeOf: (name: string): FactType => month.okite.modules.types.get(name) ?? assert.fail(name),
    async close(): Promise<void> {
      await month.okite.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    },
  }
  return month
}

/** The facts of the stories that all modules tell, between two instants, in the order of their times. */
export async function storiesBetween(from: Instant, to: Instant): Promise<readonly Line[]> {
  const { judges } = await discoverModules(source)
  const derived = new Set(judges.flatMap(judge => judge.makes.map(type => type.name)))
  const lines = moduleFolders(source).flatMap(folder => {
    const path = join(source, folder, 'fixtures')
    const files = existsSync(path) ? readdirSync(path).filter(isStory) : []
    return files.flatMap(file => [...readScenario(join(path, file)).values()][0] ?? [])
  })
  return lines
    .filter(line => line['type'] !== undefined && !derived.has(line['type']))
    .filter(line => line['at'] > from && line['at'] < to)
    .sort((a, b) => (a['at'] < b['at'] ? -1 : a['at'] > b['at'] ? 1 : 0))
}

/** `given.jsonl` holds facts that no control's story tells. */
const isStory = (name: string): boolean => name.endsWith('.jsonl') && name !== 'given.jsonl'
