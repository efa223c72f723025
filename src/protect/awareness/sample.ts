import type { Person } from '../../core/sample/company.ts'
import { defineSample, hashOf, inParts, type Story } from '../../core/sample/story.ts'
import {
  courseRequired,
  newsletterSent,
  phishingCounted,
  posterChecked,
  posterIssued,
  programmeChanged,
  roundClosed,
  schemePublished,
  surveyClosed,
  trainingCompleted,
  weekHeld,
} from './facts.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** People learn, are tried and asked; the rest of the programme goes on beside it. */
export default defineSample(story => {
  const { year, company, tell } = story
  for (const source of ['learning', 'phishing-exercise', 'incident-register'])
    for (const day of year.days) story.alive(source, year.at(day, '23:00'))
  story.alive('learning', year.endMs - hourMs)
  tellCourses(story)
  tellExercises(story)
  tellProgramme(story)
  tell(posterIssued, year.at(year.before(250), '10:00'), {
    ...{ version: '2026a', hash: hashOf('poster') },
  })
  for (const site of company.assetsOf('site'))
    tell(posterChecked, year.at(year.before(240), '11:00'), {
      ...{ site, version: '2026a', places: 3, photo: hashOf(`poster at ${site}`) },
    })
})

type Program = 'induction' | 'monthly' | 'refresher' | 'role'
const minutes: Readonly<Record<Program, number>> = {
  ...{ induction: 480, monthly: 20, refresher: 240, role: 60 },
}

function tellCourses(story: Story): void {
  const { year, company, random, tell } = story
  const take = ({ number, leftMs }: Person, program: Program, atMs: number, course: string) => {
    if (leftMs !== null && leftMs <= atMs) return
    const test = { questions: 10, correct: 8 + random.below(3) }
    const body = { person: number, course, version: '1', program, minutes: minutes[program], test }
    tell(trainingCompleted, atMs, body, { trust: 'instrument' })
  }
  for (const person of company.people) take(person, 'induction', person.joinedMs + dayMs, 'welcome')
  for (const { name, day } of year.months)
    for (const person of company.people) {
      const atMs = year.at(day(3 + random.below(18)), '16:00')
      // Who comes in the middle of a month begins with the next.
      if (person.joinedMs < day(1)) take(person, 'monthly', atMs, `monthly-${name}`)
    }
  for (const { name, day } of year.years)
    for (const person of company.people) {
      const atMs = year.at(day(60 + random.below(120)), '14:00')
      if (person.joinedMs < atMs) take(person, 'refresher', atMs, `refresher-${name}`)
    }
  const who = { by: company.holder('ciso').number, approver: company.holder('ceo').number }
  for (const job of ['developer', 'operator', 'support'])
    tell(
      courseRequired,
      year.at(year.days[0] as number, '02:30'),
      {
        ...{ job, course: `role-${job}`, version: '1' },
      },
      { who },
    )
  for (const { day } of year.years)
    for (const [nth, person] of jobHolders(story).entries()) {
      const job = ['developer', 'operator', 'support'][nth % 3]
      take(person, 'role', year.at(day(30 + random.below(60)), '15:00'), `role-${job}`)
    }
}

/** Those to whom `identify/person` gives a job: it is the same choice, and the same order. */
function jobHolders({ year, company }: Story): readonly Person[] {
  return company.people
    .filter(one => one.leftMs === null && one.joinedMs < year.at(year.days[0] as number, '02:00'))
    .slice(20, 60)
}

function tellExercises({ year, company, random, tell }: Story): void {
  for (const { name, day } of year.months) {
    const atMs = year.at(day(9), '10:00')
    const reached = company.staff(atMs).map(one => one.number)
    for (const { seen, ...part } of inParts(reached)) {
      const clicked = random.below(4)
      // Who types something in has clicked before.
      const submitted = Math.min(clicked, random.below(2))
      const counts = { delivered: seen.length, clicked, submitted }
      tell(phishingCounted, atMs + 2 * dayMs, {
        ...{ campaign: `c-${name}`, ...part, reached: seen, ...counts },
        ...{ reported: Math.floor(seen.length / 2), robots: 2 },
      })
    }
    const staff = reached.length
    tell(newsletterSent, year.at(day(14), '09:00'), {
      ...{ issue: `n-${name}`, period: null, staff, addressed: staff, accepted: staff },
      hash: hashOf(`newsletter ${name}`),
    })
  }
  for (const { name, day } of year.years) {
    const atMs = year.at(day(70), '18:00')
    for (const { seen, ...part } of inParts(company.staff(atMs).map(one => one.number)))
      tell(surveyClosed, atMs, {
        ...{ survey: `s-${name}`, ...part, asked: seen, responses: seen.length - 6 },
        ...{ score: 720_000 + random.below(40_000), groupAtLeast: 5 },
      })
  }
}

function tellProgramme({ year, company, tell }: Story): void {
  const who = { by: company.people[25]?.number as string, approver: company.holder('ciso').number }
  for (const [nth, { name, day }] of year.years.entries()) {
    tell(weekHeld, year.at(day(130), '17:00'), {
      ...{
        period: null,
        days: 5,
        departments: { reached: 8, of: 8 },
        hash: hashOf(`week ${name}`),
      },
    })
    const at = year.instant(day(40))
    tell(
      programmeChanged,
      year.at(day(90), '15:00'),
      {
        ...{ period: null, was: `${nth + 1}`, now: `${nth + 2}`, changes: 3 },
        results: [
          { measure: 'quiz', at },
          { measure: 'phishing', at },
          { measure: 'survey', at },
        ],
        hash: hashOf(`programme ${name}`),
      },
      { who },
    )
  }
  tell(schemePublished, year.at(year.days[20] as number, '10:00'), {
    ...{ version: '1', hash: hashOf('scheme') },
  })
  const closedMs = year.at(year.before(90), '15:00')
  tell(roundClosed, closedMs, {
    ...{ from: year.instant(closedMs - 180 * dayMs), until: year.instant(closedMs) },
    ...{ received: 14, adopted: 3, honoured: 3, rewarded: 3 },
  })
}
