import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { delivered } from '../alive.ts'
import { patchRunCompleted } from '../facts.ts'
import { assetsOf } from '../families.ts'

/**
 * On every machine a patch run went through each month: everything that was offered is on it. A run
 * that leaves something out is none.
 */
export const patchedMonthly = cadence({
  id: 'protect.hardening.patched-monthly',
  version: 1,
  owner: 'infrastructure',
  params: { registerFresh: 'P90D', discoveryFresh: 'P7D', period: 'P1M', times: 1 },
  population: assetsOf('machines'),
  period: p => String(p['period']),
  times: p => Number(p['times']),
  zone: organisationZone,
  joins: 'next',
  done: [
    {
      type: patchRunCompleted,
      key: f => f.body.asset,
      if: f => f.body.installed >= f.body.offered,
    },
  ],
  names: fact => (fact.body as { round: string | null }).round,
  alive: [delivered('patch')],
})
