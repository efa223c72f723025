import { defineSample } from '../../core/sample/story.ts'
import { alertDelivered, alertRaised, watchObserved } from './facts.ts'

const dayMs = 86_400_000

/** Somebody watches all day and all night, and is told of each alert at once. */
export default defineSample(({ year, company, random, tell, alive, decide }) => {
  for (const [nth, day] of year.days.entries()) {
    const atMs = year.at(day, '00:05')
    const span = {
      from: year.instant(Math.max(day - dayMs, year.beginMs)),
      until: year.instant(day),
    }
    if (nth > 0)
      tell(watchObserved, atMs, {
        ...{ ...span, rostered: 2, signedIn: 2, answering: 2 },
        ...{ unwatchedMinutes: 0, unreadMinutes: 0 },
      })
    alive('alert-pipeline@siem', year.at(day, '07:35'))
    if (!random.chance(30)) continue
    const alert = `a-${year.date(day)}`
    const raisedMs = year.at(day, '03:15')
    tell(alertRaised, raisedMs, { alert, rule: 'impossible-travel', level: 'high', drill: false })
    const person = company.people[22]?.number as string
    const told = { alert, person, channel: 'telephone' as const, receipt: 'shown' as const }
    tell(alertDelivered, raisedMs + 90_000, told)
  }
  for (const control of ['watched-round-the-clock', 'people-notified-at-once'])
    decide(`detect.alert.${control}`, 'aliveFresh', 'P2D')
})
