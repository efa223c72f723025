import { defineSample, hashOf } from '../../core/sample/story.ts'
import { huntCompleted } from './facts.ts'

/** A hunt each quarter, over what was logged in the two months before. */
export default defineSample(({ year, tell }) => {
  for (const { name, day } of year.quarters) {
    const heldMs = year.at(day(40), '15:00')
    tell(huntCompleted, heldMs, {
      ...{ period: null, techniques: ['T1078', 'T1566'], sources: ['identity', 'vpn'] },
      ...{ from: year.instant(heldMs - 60 * 86_400_000), until: year.instant(heldMs) },
      ...{ found: 0, dismissed: 3, report: hashOf(`hunt ${name}`) },
    })
  }
})
