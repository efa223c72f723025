import { defineSample, hashOf, inParts, nothingElse, type Story } from '../../core/sample/story.ts'
import {
  calledOut,
  planApproved,
  rosterRead,
  stakeholderContacted,
  stakeholderListed,
  stakeholdersCompared,
  stakeholdersDeclared,
  telephoneCalled,
} from './facts.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

/** The roster is read each day, the team called out each quarter, the telephone rung by day and night. */
export default defineSample(story => {
  const { year, company, tell } = story
  const [one, other] = [company.people[22]?.number as string, company.people[23]?.number as string]
  for (const day of year.last(285)) {
    const weeks = Array.from({ length: 5 }, (_, nth) => ({
      ...{ person: nth % 2 === 0 ? one : other, from: year.instant(day + (nth * 7 - 7) * dayMs) },
      until: year.instant(day + nth * 7 * dayMs),
    }))
    tell(rosterRead, year.at(day, '05:00'), { shifts: weeks }, { trust: 'instrument' })
  }
  for (const day of year.every(75)) {
    const calledMs = year.at(day, '03:10')
    const called = year.instant(calledMs)
    const calls = [one, other].map((person, nth) => ({
      ...{ person, called, answered: year.instant(calledMs + (4 + nth) * minuteMs) },
    }))
    const body = { drill: true, announced: false, calls }
    tell(calledOut, calledMs + 20 * minuteMs, body, { trust: 'instrument' })
  }
  for (const day of year.last(110)) {
    for (const [time, hour] of [
      ['03:20', 3],
      ['10:40', 10],
      ['19:15', 19],
    ] as const) {
      const body = { number: '+886-4-23016388', by: 'person' as const, ringSeconds: 14, hour }
      tell(telephoneCalled, year.at(day, time), body, { trust: 'instrument' })
    }
  }
  tellPlan(story)
})

const stakeholders = [
  ['pdpc', 'authority'],
  ['ppc', 'authority'],
  ['hospitals', 'customer'],
  ['insurer', 'insurer'],
  ['staff', 'staff'],
] as const

function tellPlan({ year, company, tell }: Story): void {
  for (const [stakeholder, kind] of stakeholders)
    tell(stakeholderListed, year.at(year.days[0] as number, '08:00'), { stakeholder, kind })
  const seen = stakeholders.map(([name]) => name)
  for (const day of year.every(80)) {
    const atMs = year.at(day, '14:30')
    const declared = { stakeholders: seen.length, hash: hashOf('stakeholders') }
    tell(stakeholdersDeclared, atMs, declared)
    for (const part of inParts(seen)) {
      const body = { ...part, ...nothingElse('stakeholders') }
      tell(stakeholdersCompared, atMs + minuteMs, body, { trust: 'instrument' })
    }
  }
  const atMs = year.at(year.before(170), '15:00')
  const who = { by: company.people[22]?.number as string, approver: company.holder('ciso').number }
  const tells = seen.map(stakeholder => ({ stakeholder, template: hashOf(`text ${stakeholder}`) }))
  tell(planApproved, atMs, { version: '3', document: hashOf('plan'), tells }, { who })
  for (const stakeholder of seen)
    tell(stakeholderContacted, atMs + 60 * minuteMs, {
      ...{ stakeholder, tried: year.instant(atMs + 20 * minuteMs) },
      answered: year.instant(atMs + 50 * minuteMs),
    })
}
