import type { z } from 'zod'
import type { Params } from '../../core/control/kind.ts'
import type { Holds, Slot } from '../../core/control/state.ts'
import { broken, counted, unknown } from './answer.ts'
import { baselineAssigned, baselineScanned } from './facts.ts'

type Assigned = z.infer<typeof baselineAssigned.schema>
type Scanned = z.infer<typeof baselineScanned.schema>

/** The slots of a control that lays a scan beside the baseline that was approved for the asset. */
export const baselineSlots = {
  assigned: {
    type: baselineAssigned,
    byHand: [baselineAssigned],
    key: (f: { body: Assigned }) => f.body.assets,
    fresh: (params: Params) => String(params['assignedBaselineFresh']),
  },
  scan: {
    type: baselineScanned,
    key: (f: { body: Scanned }) => f.body.asset,
    fresh: (params: Params) => String(params['fresh']),
  },
}

/** Figures of such a control. No failed rule, and none that nobody evaluated. */
export const baselineParams = {
  assignedBaselineFresh: 'P1Y',
  failedRulesAtMost: 0,
  unevaluatedRulesAtMost: 0,
} as const

/** The baseline was approved by a second person, the scan was of exactly that one, and it passed. */
export function meetsBaseline(
  { assigned, scan }: Readonly<{ assigned: Slot<Assigned>; scan: Slot<Scanned> }>,
  params: Params,
): Holds {
  const { by, approver } = assigned.refs
  if (approver === undefined || approver === by) {
    return broken('baseline.unapproved', { baseline: assigned.body.baseline })
  }
  const { baseline, version } = assigned.body
  if (scan.body.baseline !== baseline || scan.body.version !== version) {
    return unknown('baseline.other', { baseline, version, scanned: scan.body.baseline })
  }
  return counted(scan.body, params)
}
