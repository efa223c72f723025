import { z } from 'zod'
import { cadence } from '../src/core/control/cadence.ts'
import { capability } from '../src/core/control/capability.ts'
import { clock } from '../src/core/control/clock.ts'
import type { Control } from '../src/core/control/kind.ts'
import { rollup } from '../src/core/control/rollup.ts'
import { state } from '../src/core/control/state.ts'
import { defineFact } from '../src/core/fact.ts'
import { stratify } from '../src/core/run/strata.ts'

/**
 * A made-up organisation for tests and benches: people, assets and cases, and controls of every kind
 * over them. It stands for no real policy; it has the shape of one.
 */

const module = 'synthetic'
const subject = z.string().min(1).max(40)
const keyed = z.strictObject({ subject, topic: z.int().nonnegative() })
const keys = (f: { body: { subject: string } }) => [f.body.subject]

export const personJoined = defineFact('person.joined', {
  module,
  keys,
  schema: z.strictObject({ subject }),
})
export const personLeft = defineFact('person.left', {
  module,
  keys,
  schema: z.strictObject({ subject }),
})
export const rosterDeclared = defineFact('roster.declared', {
  module,
  schema: z.strictObject({ count: z.int() }),
})
export const assetListed = defineFact('asset.listed', {
  module,
  keys,
  slots: ['by'],
  schema: z.strictObject({ subject }),
})
export const inventoryDeclared = defineFact('inventory.declared', {
  module,
  schema: z.strictObject({ count: z.int() }),
})
export const assetScanned = defineFact('asset.scanned', {
  module,
  keys,
  schema: z.strictObject({ subject, topic: z.int().nonnegative(), faults: z.int().nonnegative() }),
})
export const trainingDone = defineFact('training.done', {
  module,
  keys,
  slots: ['by', 'trainer'],
  schema: keyed,
})
export const caseOpened = defineFact('case.opened', { module, keys, schema: keyed })
export const caseClosed = defineFact('case.closed', { module, keys, schema: keyed })
export const exerciseRun = defineFact('exercise.run', {
  module,
  schema: z.strictObject({ topic: z.int().nonnegative(), passed: z.boolean() }),
})

export const syntheticTypes = [
  personJoined,
  personLeft,
  rosterDeclared,
  assetListed,
  inventoryDeclared,
  assetScanned,
  trainingDone,
  caseOpened,
  caseClosed,
  exerciseRun,
]

const people = {
  id: 'people',
  enter: { type: personJoined, key: (f: any) => f.body.subject as string },
  leave: { type: personLeft, key: (f: any) => f.body.subject as string },
  complete: { type: rosterDeclared },
  fresh: 'P90D',
}

const assets = {
  id: 'assets',
  enter: { type: assetListed, key: (f: any) => f.body.subject as string },
  complete: { type: inventoryDeclared },
  fresh: 'P90D',
}

const about = (topic: number) => (f: any) => f.body.topic === topic
const subjectOf = (f: any) => f.body.subject as string

/** Of kinds in turn: state over assets, cadence over people, clock over cases, capability; one roll-up a tenth. */
export function syntheticControls(count: number): Control[] {
  const controls: Control[] = []
  for (let topic = 0; controls.length < count; topic++) {
    const id = `synthetic.c${String(controls.length).padStart(3, '0')}`
    if (controls.length % 10 === 9) {
      const below = controls.slice(-9).map(control => control.id)
      controls.push(rollup({ id, version: 1, owner: 'ciso', of: below, worst: true }))
      continue
    }
    controls.push(makeControl(id, topic))
  }
  return controls
}

function makeControl(id: string, topic: number): Control {
  const base = { id, version: 1, owner: 'ciso' } as const
  switch (topic % 4) {
    case 0:
      return state({
        ...base,
        params: { faultsMax: 3 },
        population: assets,
        slots: { scan: { type: assetScanned, key: subjectOf, if: about(topic), fresh: 'P14D' } },
        holds: ({ scan }, _now, params) => (scan?.body.faults ?? 99) <= Number(params['faultsMax']),
      })
    case 1:
      return cadence({
        ...base,
        population: people,
        period: topic % 8 === 1 ? 'P1M' : 'P1W',
        zone: 'Asia/Taipei',
        joins: 'next',
        done: [{ type: trainingDone, key: subjectOf, if: about(topic) }],
      })
    case 2:
      return clock({
        ...base,
        start: [{ type: caseOpened, key: subjectOf, if: about(topic) }],
        stop: [{ type: caseClosed, key: subjectOf, if: about(topic) }],
        limit: 'PT2H',
        window: 'P30D',
        remember: 'P60D',
      })
    default:
      return capability({
        ...base,
        canary: { type: exerciseRun, if: about(topic) },
        passed: f => (f.body as { passed: boolean }).passed,
        every: 'P7D',
      })
  }
}

/** The topics that controls of each kind listen to, for whoever makes facts. */
export function topicsOf(
  count: number,
): Record<'scan' | 'training' | 'case' | 'exercise', number[]> {
  const topics = {
    scan: [] as number[],
    training: [] as number[],
    case: [] as number[],
    exercise: [] as number[],
  }
  const kinds = ['scan', 'training', 'case', 'exercise'] as const
  let made = 0
  for (let topic = 0; made < count; topic++) {
    if (made % 10 === 9) {
      made += 1
      continue
    }
    const kind = kinds[topic % 4]
    if (kind !== undefined) topics[kind].push(topic)
    made += 1
  }
  return topics
}

/** A small generator of our own, so that a seed says everything (xorshift32). */
export function createRandom(seed: number): (below: number) => number {
  let state = seed | 0 || 1
  return below => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

/** For a fold in threads: the controls of a set of this size. */
export async function makeJudges({ count }: Readonly<{ count: number }>) {
  const controls = syntheticControls(count)
  return {
    judges: stratify(
      controls.map(control => control.judge),
      [],
    ),
    defaults: new Map(controls.map(control => [control.id, control.params])),
  }
}
