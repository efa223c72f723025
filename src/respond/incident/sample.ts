import {
  defineSample,
  hashOf,
  inParts,
  nothingElse,
  promptly,
  type Story,
} from '../../core/sample/story.ts'
import {
  actionBegun,
  categoryRecorded,
  causeDetermined,
  causeRemoved,
  containmentDeclared,
  dutyRecognised,
  impactRecorded,
  improvementApproved,
  improvementCompleted,
  incidentAcknowledged,
  incidentClosed,
  incidentDetected,
  incidentsCompared,
  incidentsDeclared,
  lawRecognised,
  lawSatisfied,
  noticeDelivered,
  partnerAgreed,
  partnerContacted,
  partnerListed,
  partnersCompared,
  partnersDeclared,
  reportAccepted,
  reviewHeld,
  serviceRestored,
  teamEngaged,
} from './facts.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

/** An incident of the year: when it is found, and how long after that it is contained. */
type Case = Readonly<{ incident: string; atMs: number; containedMinutes: number; isMajor: boolean }>

/** An incident a month. One is a leak that authorities hear of; one of the first and one of the last are contained too late. */
export default defineSample(given => {
  const story = promptly(given)
  const { year, tell } = given
  const cases = year.months.slice(0, -1).map((month, nth, all): Case => {
    const isLate = nth === 1 || nth === all.length - 1
    return {
      incident: `i-${month.name}`,
      atMs: year.at(month.day(11), '01:20'),
      containedMinutes: isLate ? 190 : 70,
      isMajor: nth === all.length - 2,
    }
  })
  for (const one of cases) {
    tellResponse(story, one)
    tellAftermath(story, one)
    if (one.isMajor) tellReports(story, one)
  }
  for (const day of year.days) given.alive('incident-register@desk', year.at(day, '07:20'))
  story.alive('incident-register@desk', year.endMs - 10 * minuteMs)
  for (const day of year.every(15)) {
    const atMs = year.at(day, '09:00')
    const count = cases.filter(one => one.atMs < atMs).length
    tell(incidentsDeclared, atMs, { incidents: count, hash: hashOf(`incidents ${count}`) })
  }
  for (const day of year.days) {
    const atMs = year.at(day, '09:05')
    const seen = cases.filter(one => one.atMs < atMs).map(one => one.incident)
    for (const part of inParts(seen)) tell(incidentsCompared, atMs, { ...part, unlisted: 0 })
  }
  tellPartners(given)
})

function tellResponse({ company, tell }: Story, one: Case): void {
  const { incident, atMs, isMajor } = one
  const about = { incident, drill: false }
  const after = (minutes: number) => atMs + minutes * minuteMs
  const lead = { who: { by: company.people[22]?.number as string } }
  tell(incidentDetected, atMs, { ...about, origin: 'monitoring' }, { trust: 'instrument' })
  tell(incidentAcknowledged, after(6), about, lead)
  tell(actionBegun, after(9), { ...about, action: 'isolate-host' }, lead)
  const present = [
    { role: 'incident-lead', person: company.people[22]?.number as string },
    { role: 'forensics', person: company.people[23]?.number as string },
  ]
  tell(teamEngaged, after(25), { ...about, present, absent: [] }, lead)
  const categories = [isMajor ? 2 : 3]
  const category = { categories, was: [], criteria: '2', levelOfLaw: null }
  tell(categoryRecorded, after(30), { ...about, ...category }, lead)
  tell(
    impactRecorded,
    after(40),
    {
      ...{ ...about, systems: ['system-003'], altered: [], undetermined: 0 },
      ...{ disclosed: isMajor ? ['confidential'] : [], records: isMajor ? 40 : 0 },
      ...{ servicesStopped: 0, servicesOffered: 4 },
    },
    lead,
  )
  const { containedMinutes } = one
  tell(containmentDeclared, after(containedMinutes), { ...about, affected: 2, isolated: 2 }, lead)
  tell(causeDetermined, after(containedMinutes + 8), { ...about, causes: ['weakness'] }, lead)
  tell(causeRemoved, after(containedMinutes + 20), { ...about, found: 1, removed: 1 }, lead)
  tell(
    serviceRestored,
    after(containedMinutes + 30),
    { ...about, stopped: 1, answering: 1 },
    { trust: 'instrument' },
  )
  tell(incidentClosed, atMs + 2 * dayMs, about, lead)
}

function tellAftermath({ company, tell }: Story, { incident, atMs }: Case): void {
  const about = { incident, drill: false }
  const [by, approver] = [company.people[22]?.number as string, company.holder('ciso').number]
  tell(reviewHeld, atMs + 5 * dayMs, {
    ...{ ...about, people: 5, minutes: hashOf(`review ${incident}`) },
  })
  const plan = { ...about, actions: 2, plan: hashOf(`plan ${incident}`) }
  tell(improvementApproved, atMs + 8 * dayMs, plan, { who: { by, approver } })
  tell(improvementCompleted, atMs + 30 * dayMs, { ...about, actions: 2, done: 2 })
}

function tellReports({ tell }: Story, { incident, atMs }: Case): void {
  const about = { incident, drill: false }
  const after = (hours: number) => atMs + hours * 60 * minuteMs
  tell(dutyRecognised, after(2), { ...about, authorities: ['pdpc', 'ppc'], customers: 40 })
  for (const [nth, clock] of ['GDPR-33-1', 'APPI-26-1A', 'TWCSMA-1H', 'TW-MODA-72'].entries()) {
    tell(lawRecognised, after(2), { ...about, clock })
    tell(lawSatisfied, after(2) + 40 * minuteMs, { ...about, clock, receipt: `r-${nth + 1}` })
  }
  tell(
    noticeDelivered,
    after(20),
    { ...about, customers: 40, delivered: 40 },
    { trust: 'instrument' },
  )
  for (const [nth, authority] of ['pdpc', 'ppc'].entries())
    tell(reportAccepted, after(24 + nth), {
      ...{ ...about, authority, receipt: `2026-${nth + 118}`, outstanding: 1 - nth },
    })
}

const partners = ['kasumi-hospital', 'linden-data', 'seifu-net']

function tellPartners({ year, tell }: Story): void {
  for (const partner of partners)
    tell(partnerListed, year.at(year.days[0] as number, '07:00'), { partner })
  for (const day of year.every(80)) {
    const atMs = year.at(day, '13:00')
    tell(partnersDeclared, atMs, { partners: partners.length, hash: hashOf('partners') })
    const compared = { seen: partners, ...nothingElse('partners') }
    tell(partnersCompared, atMs + minuteMs, compared, { trust: 'instrument' })
    for (const partner of partners) {
      const help = { gives: ['people', 'information'], receives: ['people', 'information'] }
      const until = year.instant(year.endMs + 400 * dayMs)
      const document = hashOf(`agreement ${partner}`)
      tell(partnerAgreed, atMs + 2 * minuteMs, { partner, ...help, until, document })
      tell(partnerContacted, atMs + 3 * minuteMs, { partner, minutes: 18 })
    }
  }
}
