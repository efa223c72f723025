import { strict as assert } from 'node:assert'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { statementVerdictChanged, verdictChanged } from '../../src/core/facts.ts'
import { memoryLog } from '../../src/core/ledger/testing.ts'
import { compose, type Okite } from '../../src/core/run/compose.ts'
import { makeModule } from '../../src/core/run/module-new.ts'
import { systemClock } from '../../src/core/time.ts'
import { copyTree } from '../tree-copy.ts'

test('I7 I8 the program as it is: started, stopped, started again, and derived again alike', async () => {
  const project = join(import.meta.dirname, '..', '..')
  const folder = mkdtempSync(join(tmpdir(), 'okc-'))
  const { log } = memoryLog()
  const options = {
    source: join(project, 'src'),
    project,
    dataDir: folder,
    flags: {},
    environment: {},
    clock: systemClock,
    log,
  }
  try {
    const first = await compose({ ...options, create: true })
    await first.begin()
    const size = await first.ledger.size()
    assert.ok(size > 2)
    assert.equal(first.judges.judged, size)
    await assert.rejects(
      first.erase('nobody@example.org', {
        identity: 'request 1',
        source: 'test',
        ground: 'gdpr.17.1.a',
        completeAt: '2027-01-01T00:00:00.000Z',
      }),
      /LEDGER_PERSON_UNKNOWN/,
    )
    await first.close()
    const second = await compose({ ...options, create: false })
    assert.equal(second.judges.judged, await second.ledger.size())
    const found = await second.integrity()
    assert.equal(found.ok, true, JSON.stringify(found))
    assert.deepEqual(found.judges.others, [])
    await second.close()
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  }
})

test('V46 a control that was removed from the code reads unknown / retired after the next start', async () => {
  const trees = [copyTree(), copyTree()]
  const dataDir = mkdtempSync(join(tmpdir(), 'okc-'))
  const control = 'identify.example-items.checked'
  const open = new Set<Okite>()
  try {
    for (const [index, { source, project }] of trees.entries()) {
      const folder = makeModule(source, 'identify/example-items')
      // The policy binds it to a statement that has a control already.
      for (const file of readdirSync(join(project, 'policy', 'weemed'))) {
        edit(
          join(project, 'policy', 'weemed', file),
          /- id: \S+\n +params:\n +\S+: .*\n/,
          `- id: ${control}\n`,
        )
      }
      if (index === 1) edit(join(folder, 'module.ts'), /controls: \[checked\]/, 'controls: []')
    }
    const start = async ({ source, project }: (typeof trees)[number], create: boolean) => {
      const core = (await import(join(source, 'core/run/compose.ts'))) as {
        compose: typeof compose
      }
      const { log } = memoryLog()
      const okite = await core.compose({
        ...{ source, project, dataDir, create, log },
        ...{ flags: {}, environment: {}, clock: systemClock },
      })
      open.add(okite)
      return okite
    }
    const stop = async (okite: Okite) => {
      open.delete(okite)
      await okite.close()
    }
    const read = async ({ reader, controls }: Okite) => {
      const statement = (await reader.latest(statementVerdictChanged, 1_000)).find(fact =>
        fact.body.controls.includes(control),
      )
      const [verdict] = (await reader.latest(verdictChanged, 1_000)).filter(
        fact => fact.body.control === control,
      )
      return {
        isThere: controls.some(one => one.id === control),
        statement: [statement?.body.status, statement?.body.reason.args['why']],
        verdict: `${verdict?.body.status} / ${verdict?.body.reason.code}`,
        live: (await reader.live([control])).get(control)?.population.kept,
      }
    }

    const before = await start(trees[0]!, true)
    const facts = before.modules.modules.find(({ id }) => control.startsWith(id))?.facts ?? []
    const say = async (name: string, body: object, more: object = {}): Promise<void> => {
      const type = facts.find(one => one.name.endsWith(name))
      assert.ok(type !== undefined)
      const now = new Date().toISOString()
      const given = { source: 'test', occurred: now, observed: now, trust: 'record' as const }
      const { pos } = await before.submit('identify.example-items')({
        ...{ type, body, identity: name, ...given, ...more },
      })
      await before.settled(pos)
    }
    await say('item.listed', { item: 'one' })
    await say('list.declared', { items: 1 }, { private: { by: { value: 'Lin', person: 'lin' } } })
    await say('item.checked', { item: 'one', faults: 0 })
    const kept = { isThere: true, statement: ['kept', undefined], verdict: 'kept / holds', live: 1 }
    assert.deepEqual(await read(before), kept)
    await stop(before)

    const after = await start(trees[1]!, false)
    await after.settled((await after.ledger.size()) - 1)
    assert.deepEqual(await read(after), {
      isThere: false,
      statement: ['unknown', 'retired'],
      verdict: 'unknown / retired',
      live: undefined,
    })
    assert.equal((await after.integrity()).ok, true)
    await stop(after)
  } finally {
    // Also what a failed assertion has left open.
    for (const okite of open) await okite.close()
    for (const tree of trees) tree.remove()
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  }
})

const edit = (path: string, from: RegExp, to: string): void =>
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
