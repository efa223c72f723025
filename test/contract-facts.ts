import { strict as assert } from 'node:assert'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Fact, FactType } from '../src/core/fact.ts'
import { canonicalize } from '../src/core/ledger/canonical.ts'
import { startTestServer } from '../src/core/ledger/testing.ts'
import type { Act, Module } from '../src/core/module.ts'
import type { Modules } from '../src/core/run/discover.ts'
import { createRun } from './run/harness.ts'

/** Parts of the contract that need facts: what a module's types, acts and tables make of them. */

/** The types that a module has released, with what they were: lines are added and never changed. */
export const recordName = 'fact-types.json'

/** M2: what stands on lists must be read for ever, so a released type is what it was. */
export function checkTypes(folder: string, module: Module): void {
  const path = join(folder, recordName)
  const recorded: Readonly<Record<string, string>> = existsSync(path)
    ? JSON.parse(readFileSync(path, 'utf8'))
    : {}
  const now = new Map((module.facts ?? []).map(type => [`${type.name}@${type.tv}`, type]))
  const fresh: string[] = []
  for (const [name, type] of now) {
    const shape = shapeOf(type)
    if (type.draft) assert.ok(!(name in recorded), `${name} was released and is no draft again`)
    else if (recorded[name] === undefined) fresh.push(`"${name}": "${shape}"`)
    else {
      assert.equal(
        shape,
        recorded[name],
        `${name} has changed: give it the next tv and keep the old`,
      )
    }
  }
  const what = fresh.join(',\n  ')
  assert.equal(what, '', `new, so add to ${recordName} or make it a draft:\n  ${what}`)
  for (const name of Object.keys(recorded)) {
    assert.ok(now.has(name), `${name} was released: lists hold it, so it stays declared`)
  }
}

export const shapeOf = ({ schema, slots }: Pick<FactType, 'schema' | 'slots'>): string =>
  createHash('sha256')
    .update(canonicalize({ schema: z.toJSONSchema(schema, { io: 'input' }), slots: [...slots] }))
    .digest('hex')

/** M11: an act is tried a limited number of times and reports, as its own fact, what caused it. */
export function checkActs(module: Module, given: readonly Fact[]): void {
  for (const act of module.acts ?? []) {
    assert.ok(act.on.length > 0, `${act.name} is caused by nothing`)
    assert.ok(act.attemptsMax >= 1 && act.attemptsMax <= 100, act.name)
    const causes = given.filter(fact => act.on.some(type => type.name === fact.type))
    assert.ok(causes.length > 0, `no fixture has a fact that causes ${act.name}`)
    for (const cause of causes) checkReport(module, act, cause)
  }
}

function checkReport(module: Module, act: Act, cause: Fact): void {
  const ports = { clock: { nowMs: () => Date.parse('2026-11-01T00:00:00.000Z') } } as any
  const told = (pos: number) => act.failed({ ...cause, pos }, 'ACT_FAILED', ports)
  const { type, identity, body } = told(cause.pos)
  assert.ok(module.facts?.includes(type), `${act.name} reports a fact of somebody else`)
  assert.ok(type.schema.safeParse(body).success, `${act.name} reports what its type is not`)
  assert.equal(told(cause.pos).identity, identity, `${act.name} reports one failure twice`)
  assert.notEqual(told(cause.pos + 1).identity, identity, `${act.name} takes two causes for one`)
}

/** A line of a `given` file that is a fact. */
export type GivenFact = Readonly<{ type: string; body: unknown; trust?: any }>

/**
 * M13: all tables of all modules on one list that holds every fact of every fixture and what all controls
 * conclude from them. Answers the names of tables that differ when built anew, and how many rows each has.
 */
export async function foldFixtures(
  all: Modules,
  given: readonly GivenFact[],
): Promise<Readonly<{ differing: readonly string[]; rows: ReadonlyMap<string, number> }>> {
  const server = await startTestServer()
  try {
    const run = await createRun(server, { types: [...all.types.values()] })
    const tables = all.modules.flatMap(module => module.tables ?? [])
    await run.start({ controls: all.controls, tables })
    await run.adopt()
    for (const { type: name, body, trust } of given) {
      const type = all.types.get(name)
      assert(type !== undefined, name)
      await run.append(type, body, trust === undefined ? {} : { trust })
    }
    await run.settle()
    const { tables: compared } = await run.integrity()
    const rows = new Map<string, number>()
    for (const { name } of tables) {
      const { rows: counted } = await run.pool.query<{ count: number }>(
        `select count(*)::int as count from show.${name}`,
      )
      rows.set(name, counted[0]?.count ?? 0)
    }
    await run.close()
    return { differing: compared.differing, rows }
  } finally {
    await server.stop()
  }
}
