import { defineSample, hashOf, inParts, nothingElse } from '../../core/sample/story.ts'
import {
  cloudLogVerified,
  cloudRegionListed,
  cloudRegionsCompared,
  cloudRegionsDeclared,
  logSourceListed,
  logSourcesCompared,
  logSourcesDeclared,
} from './facts.ts'

const dayMs = 86_400_000
const watchedDays = 60
const sources = ['firewall-1', 'identity', 'mail', 'portal', 'database-001', 'vpn-1']
const regions = ['aws:100200/ap-northeast-1', 'aws:100200/ap-east-2']

/** Sources of logs and regions of clouds, compared each day; the logs of the clouds have no gap. */
export default defineSample(({ year, tell, alive, decide }) => {
  const firstMs = year.at(year.before(watchedDays), '00:10')
  for (const source of sources)
    tell(logSourceListed, firstMs, { source, kind: 'application', asset: null })
  for (const region of regions) tell(cloudRegionListed, firstMs, { region })
  for (const [nth, day] of year.last(watchedDays).entries()) {
    const atMs = year.at(day, '00:20')
    if (nth % 30 === 0) {
      tell(logSourcesDeclared, atMs, { sources: sources.length, hash: hashOf('sources') })
      tell(cloudRegionsDeclared, atMs, { regions: regions.length, hash: hashOf('regions') })
    }
    for (const part of inParts(sources))
      tell(logSourcesCompared, atMs + 60_000, { ...part, ...nothingElse('sources') })
    for (const part of inParts(regions))
      tell(cloudRegionsCompared, atMs + 60_000, { ...part, ...nothingElse('regions') })
    const span = { from: year.instant(day - dayMs), until: year.instant(day) }
    for (const region of regions)
      tell(cloudLogVerified, atMs + 120_000, {
        ...{ region, ...span, files: 96, missing: 0, altered: 0 },
        ...{ interruptions: 0, unreadMinutes: 0 },
      })
    alive('cloud-log@reader', atMs + 180_000)
  }
  decide('detect.source.cloud-logs-without-gap', 'aliveFresh', 'P2D')
  decide('detect.source.cloud-logs-without-gap', 'comparedFresh', 'P2D')
})
