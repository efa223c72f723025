import { defineSample } from '../../core/sample/story.ts'
import { removalMeasured } from './facts.ts'

/** Of the third quarter these were overlooked, which is found in the fourth. */
const overlooked = [44, 61, 78]

/** The rights of every account are gone through in each quarter; what was to go is gone. */
export default defineSample(({ year, company, random, tell }) => {
  for (const [nth, { name, day, isWhole }] of year.quarters.entries()) {
    if (!isWhole) continue
    const atMs = year.at(day(45 + nth), '15:00')
    for (const [at, { number }] of company.staff(atMs).entries()) {
      if (nth === 3 && overlooked.includes(at)) continue
      tell(removalMeasured, atMs, {
        ...{ account: `a-${number.slice(2)}`, period: name },
        ...{ removed: random.chance(4) ? 1 : 0, remaining: 0 },
      })
    }
  }
})
