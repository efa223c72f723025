import { defineSample, hashOf, inParts, nothingElse } from '../../core/sample/story.ts'
import {
  drillBegan,
  drillRestored,
  exerciseHeld,
  pairListed,
  pairLocated,
  pairsCompared,
  pairsDeclared,
  serviceListed,
} from './facts.ts'

const minuteMs = 60_000
const scenarios = ['site-lost', 'data-lost', 'component-lost', 'ransomware'] as const
const pair = 'tpe-kao'

/** Two sites far apart, a drill each quarter, an exercise with a partner each year. */
export default defineSample(({ year, company, tell }) => {
  const place = {
    primary: { latitude: 25_047_800, longitude: 121_531_900 },
    alternate: { latitude: 22_627_300, longitude: 120_301_400 },
  }
  const firstMs = year.at(year.days[0] as number, '09:00')
  tell(pairListed, firstMs, { pair, primary: 'tpe', alternate: 'kao' })
  tell(pairLocated, year.at(year.before(250), '10:00'), { pair, ...place })
  for (const [nth, service] of company.assetsOf('service').entries())
    tell(serviceListed, firstMs, {
      ...{ service, owner: 'continuity', rtoMinutes: 240, rpoMinutes: 60 },
      dependsOn: nth === 0 ? [] : [company.assetsOf('service')[0] as string],
    })
  for (const day of year.every(60))
    tell(pairsDeclared, year.at(day, '09:30'), { pairs: 1, hash: hashOf('pairs') })
  for (const day of year.every(6))
    for (const part of inParts([pair]))
      tell(pairsCompared, year.at(day, '09:40'), { ...part, ...nothingElse('pairs') })
  for (const [nth, { name, day }] of year.quarters.entries()) {
    const scenario = scenarios[nth % scenarios.length] ?? 'site-lost'
    const drill = `drill-${name.toLowerCase()}`
    const beganMs = year.at(day(50), '10:00')
    const services = ['service-001', 'service-002']
    tell(drillBegan, beganMs, { drill, scenario, services })
    const [began, restored] = [beganMs, beganMs + 160 * minuteMs].map(year.instant) as [
      string,
      string,
    ]
    const body = { drill, scenario, began, restored, period: null }
    tell(drillRestored, beganMs + 160 * minuteMs, body)
  }
  for (const { name, day } of year.years)
    tell(exerciseHeld, year.at(day(110), '16:00'), {
      ...{ exercise: `joint-${name}`, scenario: 'ransomware at a processor', partners: ['s-02'] },
      ...{ findings: 3, period: null },
    })
})
