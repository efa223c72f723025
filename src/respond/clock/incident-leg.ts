import type { ClockOptions } from '../../core/control/clock.ts'
import { organisationZone } from '../../core/control/kind.ts'
import type { Fact } from '../../core/fact.ts'
import { cancelled, incidentDetected, incidentReopened, registerAlive } from '../incident/facts.ts'

/**
 * What all clocks of an incident share. An incident that is none is left out when two persons say so;
 * exercises run the clock too. While the register of incidents is silent nobody knows whether one began.
 */
export const incidentLeg = {
  version: 1,
  zone: organisationZone,
  limit: (_facts, params) => String(params['limit']),
  window: params => String(params['window']),
  alive: [registerAlive],
  aliveFresh: params => String(params['aliveFresh']),
  cancel: cancelled,
} as const satisfies Partial<ClockOptions>

/**
 * Beside the limit: an ended leg speaks for a quarter, so that an incident or an exercise in each
 * quarter shows that the time is kept; and an hour of silence of the register is blindness.
 */
export const legParams = { window: 'P90D', aliveFresh: 'PT1H' } as const

export const incidentOf = (f: Fact<{ incident: string }>): string => f.body.incident

/**
 * All stages count from detection: the policy does not say that they run one after the other. One that
 * is opened again begins a leg of its own.
 */
export const fromDetection = {
  start: [{ type: incidentDetected, key: incidentOf }],
  reopen: { type: incidentReopened, key: incidentOf },
  drill: facts => facts.body(incidentDetected)?.drill === true,
} as const satisfies Partial<ClockOptions>

/** A person says so whose name stands beside it. */
export const isNamed = (f: Fact): boolean => f.refs['by'] !== undefined
