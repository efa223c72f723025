import { defineSample, hashOf, type Story } from '../../core/sample/story.ts'
import {
  adviceGiven,
  applicabilityDeclared,
  auditReported,
  certificateSeen,
  engagementsDeclared,
  findingCorrected,
  findingRaised,
  penetrationTested,
  planApproved,
  soc2Reported,
} from './facts.ts'

/** Audits inside and outside, penetration tests, certificates, and findings that are corrected in time. */
export default defineSample(story => {
  const { year, company, tell } = story
  const [auditor, responsible] = [company.people[40], company.holder('ciso')]
  const who = { auditor: auditor?.number as string, responsible: responsible.number }
  const sections = { audited: 12, of: 12 }
  for (const { name, day } of year.quarters) {
    const report = `internal-${name.toLowerCase()}`
    const body = { report, auditor: 'internal' as const, area: 'organisation' as const }
    const rest = { sections, ties: 0, period: null, hash: hashOf(report) }
    tell(auditReported, year.at(day(35), '16:00'), { ...body, ...rest }, { who })
    tellFinding(story, report, day)
  }
  for (const { name, day } of year.years) {
    const reports = [
      ['outside', 'organisation', 30],
      ['outside', 'third-parties', 31],
      ['audit-firm', 'organisation', 34],
    ] as const
    for (const [by, area, nth] of reports) {
      const report = `${by}-${area}-${name}`
      tell(auditReported, year.at(day(nth), '16:00'), {
        ...{ report, auditor: by, area, sections, ties: 0, period: null, hash: hashOf(report) },
      })
    }
  }
  for (const { name, day } of year.halves) {
    const test = `pen-${name.toLowerCase()}`
    tell(penetrationTested, year.at(day(40), '17:00'), {
      ...{ test, findings: 0, period: null, hash: hashOf(test) },
    })
  }
  tellStandards(story)
  for (const day of year.days) story.alive('audit-findings', year.at(day, '07:00'))
})

/** Raised by an internal audit, planned within two weeks, corrected within the plan. */
function tellFinding({ year, company, tell }: Story, report: string, day: (n: number) => number) {
  const finding = `f-${report}`
  const who = { planner: company.holder('cto').number, approver: company.holder('ciso').number }
  tell(findingRaised, year.at(day(36), '10:00'), { finding, report, severity: 'minor' })
  const plan = { finding, days: 40, hash: hashOf(`plan ${finding}`) }
  tell(planApproved, year.at(day(46), '10:00'), plan, { who })
  tell(findingCorrected, year.at(day(70), '10:00'), { finding, hash: hashOf(finding) })
}

/** Statement of applicability: Annex A of ISO/IEC 27001:2022 has 37, 8, 14 and 34 controls. */
const annex = [37, 8, 14, 34].flatMap((count, nth) =>
  Array.from({ length: count }, (_, at) => `A.${nth + 5}.${at + 1}`),
)

function tellStandards({ year, tell }: Story): void {
  const longAgo = year.date(year.before(300))
  const later = `${Number(year.date(year.endMs).slice(0, 4)) + 1}-12-31`
  tell(engagementsDeclared, year.at(year.before(100), '10:00'), {
    engagements: [
      {
        ...{ engagement: 'adv-1', services: ['advice', 'audit-support'] },
        ...{ from: longAgo, until: later, hash: hashOf('adviser') },
      },
    ],
  })
  for (const { day, name } of year.quarters)
    tell(adviceGiven, year.at(day(20), '10:00'), {
      ...{ engagement: 'adv-1', service: 'advice', hash: hashOf(`advice ${name}`) },
    })
  for (const day of year.every(30))
    tell(certificateSeen, year.at(day, '08:00'), {
      ...{ certificate: 'is-20417', standard: 'ISO/IEC 27001', edition: '2022' },
      ...{ status: 'active', until: later },
    })
  tell(applicabilityDeclared, year.at(year.before(150), '10:00'), {
    ...{ version: '4', applied: annex.slice(0, 90), excluded: annex.slice(90) },
    hash: hashOf('applicability'),
  })
  const end = Number(year.date(year.endMs).slice(0, 4))
  for (const [nth, until] of [end - 2, end - 1].entries()) {
    const report = `soc2-${until}`
    tell(soc2Reported, year.at(year.days[40 + nth] as number, '10:00'), {
      ...{ report, type: 2, opinion: 'unqualified', hash: hashOf(report) },
      ...{ from: `${until}-01-01`, until: `${until}-12-31` },
    })
  }
}
