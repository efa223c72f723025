import type { Params } from '../../../core/control/kind.ts'
import { state } from '../../../core/control/state.ts'
import type { Instant } from '../../../core/fact.ts'
import { broken, later, unknown } from '../answer.ts'
import { driftScanned } from '../facts.ts'
import { assetsOf } from '../families.ts'

type Drifts = readonly Readonly<{ since: Instant }>[]

/** When so many drifts are overdue that it is more than the figure allows; null: they never are. */
const tooManyAt = (drifts: Drifts, params: Params): Instant | null => {
  const since = drifts.map(drift => drift.since).sort()[Number(params['driftsOverdueAtMost'])]
  return since === undefined ? null : later(since, String(params['driftAllowed']))
}

/** On every machine the baseline is enforced, and no setting has been off it for longer than allowed. */
export const driftCorrected = state({
  id: 'protect.hardening.drift-corrected',
  version: 1,
  owner: 'infrastructure',
  params: {
    registerFresh: 'P90D',
    discoveryFresh: 'P7D',
    fresh: 'P1D',
    driftAllowed: 'P1D',
    driftsOverdueAtMost: 0,
  },
  population: assetsOf('machines'),
  slots: {
    scan: { type: driftScanned, key: f => f.body.asset, fresh: p => String(p['fresh']) },
  },
  holds: ({ scan }, now, params) => {
    const { mode, drifts, drifted } = scan.body
    if (mode !== 'enforce') return broken('baseline.unenforced')
    if (drifted > 0 && drifts.length === 0) return unknown('drift.undated', { drifted })
    const at = tooManyAt(drifts, params)
    if (at === null || now < at) return true
    const since = drifts.map(drift => drift.since).sort()[0] ?? ''
    return broken('drift.overdue', { drifted, since })
  },
  until: ({ scan }, params) => tooManyAt(scan.body.drifts, params),
})
