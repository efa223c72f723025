import type { PoolClient } from 'pg'
import { type Fact, implausibleMs } from '../fact.ts'
import { policyAdopted, timeImplausible } from '../facts.ts'
import type { Calendars } from '../time.ts'
import type { PackParams } from './adoption.ts'
import type { Emit, Engine } from './engine.ts'
import type { List } from './list.ts'
import { type Overlay, targetOf } from './overlay.ts'
import { rebuildTargets } from './rebuild.ts'

/**
 * Steps one fact of the list, whatever it is: an adoption brings its parameters, an amendment
 * rebuilds what it touches, an accepted claim is stepped once more. Following and re-performing go
 * through here, so that they cannot differ.
 */
export async function stepFact(options: {
  engine: Engine
  list: List
  tx: PoolClient
  overlay: Overlay
  packParams: PackParams
  preparePolicy(adopted: Fact): Promise<void>
  calendars: Calendars
  fact: Fact
  emit: Emit
}): Promise<void> {
  const { engine, overlay, fact, emit } = options
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
  if (targetOf(fact) !== null) await rebuildTargets({ ...options, amendment: fact })
  engine.step(fact, emit)
  const accepted = overlay.instead.get(fact.pos)
  if (accepted?.accepted) engine.step(accepted, emit, fact.pos)
}
