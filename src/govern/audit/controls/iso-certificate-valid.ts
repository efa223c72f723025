import { endOf } from '../../../core/control/dates.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { state } from '../../../core/control/state.ts'
import { applicabilityDeclared, certificateSeen } from '../facts.ts'

/** Annex A of the edition of 2022: how many controls each of its four clauses has. */
const annex: Readonly<Record<string, number>> = { 'A.5': 37, 'A.6': 8, 'A.7': 14, 'A.8': 34 }

/**
 * The register of certificates shows ours for the wanted standard and edition, active and not over;
 * and the declaration of applicability decides on each control of Annex A, once.
 */
export const isoCertificateValid = state({
  id: 'govern.audit.iso-certificate-valid',
  version: 1,
  owner: 'ciso',
  params: {
    certificateStandard: 'ISO/IEC 27001',
    certificateEdition: '2022',
    annexControlsDecided: 93,
    /** Of the declaration of applicability. */
    fresh: 'P1Y',
    /** A certificate can be suspended on any day: the register is looked at more often. */
    certificateFresh: 'P90D',
  },
  slots: {
    certificate: {
      type: certificateSeen,
      byHand: [certificateSeen],
      fresh: p => String(p['certificateFresh']),
    },
    decisions: {
      type: applicabilityDeclared,
      byHand: [applicabilityDeclared],
      fresh: p => String(p['fresh']),
    },
  },
  holds: ({ certificate, decisions }, now, params) => {
    const { standard, edition, status, until } = certificate.body
    const broken = (code: string, args = {}) =>
      ({ status: 'broken', reason: { code, args } }) as const
    if (standard !== params['certificateStandard'] || edition !== params['certificateEdition'])
      return broken('audit.certificate.other', { standard: `${standard}:${edition}` })
    if (status !== 'active') return broken('audit.certificate.inactive', { state: status })
    if (endOf(until, organisationZone(params)) <= now)
      return broken('audit.certificate.over', { until })
    const { applied, excluded } = decisions.body
    const decided = new Set([...applied, ...excluded].filter(isOfAnnex))
    const twice = applied.length + excluded.length - new Set([...applied, ...excluded]).size
    const of = Number(params['annexControlsDecided'])
    return (
      (decided.size === of && twice === 0) ||
      broken('audit.applicability.open', { count: decided.size, of, twice })
    )
  },
  until: ({ certificate }, params) => endOf(certificate.body.until, organisationZone(params)),
})

function isOfAnnex(control: string): boolean {
  const [, clause = '', nth = ''] = /^(A\.\d)\.([1-9]\d?)$/.exec(control) ?? []
  return Number(nth) <= (annex[clause] ?? 0) && nth !== ''
}
