import { defineSample } from '../../core/sample/story.ts'
import { detectionTested, eventsReceived } from './facts.ts'

/** As `detect/source` lists them. */
const sources = ['firewall-1', 'identity', 'mail', 'portal', 'database-001', 'vpn-1']
const minuteMs = 60_000

/** Every source delivers, and each day a planted event is found again. */
export default defineSample(({ year, tell, decide }) => {
  for (const day of year.last(30))
    for (const [nth, source] of sources.entries()) {
      const atMs = year.at(day, '02:10')
      tell(eventsReceived, atMs, {
        ...{ source, from: year.instant(day), until: year.instant(atMs) },
        ...{ events: 1_200 + nth, delayMs: 800 },
      })
      const [planted, alerted] = [atMs - 8 * minuteMs, atMs - 5 * minuteMs].map(year.instant)
      tell(detectionTested, atMs, {
        ...{ source, drill: true, rule: 'canary.login.elsewhere', sourcesJoined: 2 },
        ...{ planted: planted as string, alerted: alerted as string },
      })
    }
  for (const name of ['every', 'comparedFresh'])
    decide('detect.event.sources-analysed', name, 'P2D')
})
