import type { PoolClient } from 'pg'
import type { Stepped } from '../control/kind.ts'
import { type Fact, implausibleMs } from '../fact.ts'
import { policyAdopted, timeImplausible } from '../facts.ts'
import type { Calendars } from '../time.ts'
import type { PackParams } from './adoption.ts'
import type { Emit, Engine } from './engine.ts'
import type { List } from './list.ts'
import { type Overlay, targetOf } from './overlay.ts'
import { rebuildTargets } from './rebuild.ts'

/** What stepping needs, whoever steps. */
export type StepOptions = Readonly<{
  engine: Engine
  /** Also reads what the present transaction has appended. */
  list: Pick<List, 'read' | 'readPositions'>
  tx: PoolClient
  overlay: Overlay
  packParams: PackParams
  preparePolicy(adopted: Fact): Promise<void>
  calendars: Calendars
  fact: Fact
  emit: Emit
}>

/**
 * Steps one fact of the list, whatever it is: an adoption brings its parameters, an amendment
 * rebuilds what it touches, an accepted claim is stepped once more. Following and re-performing go
 * through here, so that they cannot differ.
 */
export async function stepFact(options: StepOptions): Promise<void> {
  const { engine, fact, emit } = options
  const aheadMs = Date.parse(fact.occurred) - Date.parse(fact.recorded)
  if (fact.trust === 'instrument' && aheadMs > implausibleMs) {
    emit(
      {
        type: timeImplausible,
        occurred: fact.recorded,
        because: [fact.pos],
        body: { target: fact.pos, aheadMs },
      },
      { judge: 'core.time', version: 1, cause: fact.pos, key: '', ordinal: 0 },
    )
  }
  if (fact.type === policyAdopted.name) await options.preparePolicy(fact)
  const accepted = await amend(options)
  engine.step(fact, emit)
  if (accepted !== null) engine.step(accepted, emit, fact.pos)
}

/** Answers the claim to step once more, if the fact accepts one. */
async function amend(options: StepOptions): Promise<Stepped | null> {
  const { overlay, list, fact } = options
  const targetPos = targetOf(fact)
  if (targetPos === null) return null
  const [target] = await list.readPositions([targetPos])
  const taken = target === undefined ? null : overlay.take(fact, target)
  if (taken === null) return null
  if (taken.isAcceptance) return taken.now
  await rebuildTargets({ ...options, amendment: fact, taken })
  return null
}
