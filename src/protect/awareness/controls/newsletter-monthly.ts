import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { type Dated, newsletterSent } from '../facts.ts'

/** In each month an issue of the newsletter was addressed to all staff, and taken by mail servers. */
export const newsletterMonthly = cadence({
  id: 'protect.awareness.newsletter-monthly',
  version: 1,
  owner: 'education',
  params: { period: 'P1M', times: 1 },
  period: params => String(params['period']),
  times: params => Number(params['times']),
  zone: organisationZone,
  joins: 'next',
  done: [
    {
      type: newsletterSent,
      if: ({ body }) => body.accepted > 0 && body.addressed >= body.staff,
    },
  ],
  names: f => (f.body as Dated).period,
})
