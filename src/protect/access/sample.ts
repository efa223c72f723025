import { defineSample, hashOf, inParts, nothingElse } from '../../core/sample/story.ts'
import {
  dutyActed,
  pairListed,
  pairsCompared,
  pairsDeclared,
  placeListed,
  placesDeclared,
  workCompleted,
} from './facts.ts'

const watchedDays = 45
const pair = 'payment'

/** Payments that two people carry, and the places from which people may sign in. */
export default defineSample(({ year, company, random, tell, alive, decide }) => {
  const firstMs = year.at(year.before(watchedDays), '09:00')
  tell(pairListed, firstMs, { pair, first: 'payment.request', second: 'payment.approve' })
  for (const place of ['TW', 'JP', 'head-office']) tell(placeListed, firstMs, { place })
  tell(placesDeclared, firstMs + 60_000, {
    ...{ places: 3, hash: hashOf('places'), until: year.instant(year.endMs + 300 * 86_400_000) },
  })
  for (const [nth, day] of year.last(watchedDays).entries()) {
    const atMs = year.at(day, '09:20')
    if (nth % 20 === 0) {
      tell(pairsDeclared, atMs, { pairs: 1, hash: hashOf('pairs of duties') })
      for (const part of inParts([pair]))
        tell(pairsCompared, atMs + 60_000, { ...part, ...nothingElse('pairs of duties') })
    }
    const work = `pay-${nth + 1}`
    const [one, other] = [company.people[30], company.people[31 + random.below(9)]]
    const acts = [
      ['payment.request', one],
      ['payment.approve', other],
    ] as const
    for (const [duty, person] of acts)
      tell(dutyActed, atMs + 120_000, { work, duty, person: person?.number as string })
    tell(workCompleted, atMs + 180_000, { work })
    for (const source of ['workflow', 'sign-on']) alive(source, year.at(day, '07:50'))
  }
  for (const control of ['no-sign-in-from-elsewhere', 'no-session-from-unmanaged-device'])
    decide(`protect.access.${control}`, 'aliveFresh', 'P2D')
  decide('protect.access.conflicting-duties-apart', 'aliveFresh', 'P2D')
})
