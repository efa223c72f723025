import { organisationZone } from '../../../core/control/kind.ts'
import { objective } from '../../../core/control/objective.ts'
import { registerCompared } from '../../../identify/person/facts.ts'
import { incidentMeasured } from '../facts.ts'
import { told } from '../parts.ts'

/**
 * The incidents of a window that behaviour caused, each as its share of a head, stay together within
 * the limit, in millionths: 10,000 is one for a hundred employed. Without a live register of
 * incidents, or of people, which says how many heads there are, nothing is known.
 */
export const incidentRateWithinLimit = objective({
  id: 'protect.awareness.incident-rate-within-limit',
  version: 1,
  owner: 'ciso',
  params: { window: 'P1M', incidentsPerHeadAtMost: 10_000, aliveFresh: 'P7D' },
  window: { every: params => String(params['window']), zone: organisationZone },
  bad: [{ type: incidentMeasured, amount: f => f.body.share }],
  level: { badAtMost: params => Number(params['incidentsPerHeadAtMost']) },
  // There is no word of a gap: incidents are registered late rather than lost.
  blindAtMost: 0,
  alive: [
    ...told('incident-register'),
    { type: registerCompared, if: ({ body }) => body.isDeclared && body.unlisted === 0 },
  ],
  aliveFresh: params => String(params['aliveFresh']),
})
