import { firstHourMs } from '../../core/sample/company.ts'
import { defineSample, hashOf, inParts, nothingElse } from '../../core/sample/story.ts'
import {
  type AssetKind,
  assetListed,
  assetRemoved,
  discoveryCompleted,
  registerDeclared,
  stocktakeCompleted,
  trafficObserved,
} from './facts.ts'

/** Old equipment that is taken away in the year. */
const removedCount = 4

/** The register of assets, what finds them again, and the stock-take of each half year. */
export default defineSample(({ year, company, tell }) => {
  const all = company.assets
  const gone = company.assetsOf('equipment').slice(-removedCount)
  const goneMs = year.at(year.before(120), '15:00')
  for (const { asset, kind, owner, isImportant } of all)
    tell(assetListed, year.beginMs + firstHourMs, {
      ...{ asset, kind: kind as AssetKind, owner, inScope: true, isImportant },
      isTangible: ['endpoint', 'equipment', 'host', 'site'].includes(kind),
    })
  for (const asset of gone) tell(assetRemoved, goneMs, { asset })
  const there = (atMs: number) => all.filter(one => atMs < goneMs || !gone.includes(one.asset))
  for (const day of year.every(45)) {
    // Before what finds them again is run: each declaration wants a look of its own.
    const atMs = year.at(day, '02:30')
    const assets = there(atMs).length
    tell(registerDeclared, atMs, { assets, hash: hashOf(`assets ${assets}`) })
  }
  const kinds = [...new Set(all.map(one => one.kind as AssetKind))]
  // Cloud resources come and go: they are looked for each day, in the weeks since that is done.
  const looks = [
    ...year.every(5).map(day => ({ day, kinds })),
    ...year.last(21).map(day => ({ day, kinds: ['cloud-resource'] as AssetKind[] })),
  ]
  for (const { day, kinds: sought } of looks) {
    const atMs = year.at(day, '03:00')
    for (const kind of sought) {
      const seen = there(atMs).flatMap(one => (one.kind === kind ? [one.asset] : []))
      for (const part of inParts(seen))
        tell(discoveryCompleted, atMs, { kind, ...part, ...nothingElse(kind) })
    }
  }
  for (const day of year.every(6))
    for (const asset of company.assetsOf('system')) {
      const untilMs = year.at(day, '00:00')
      const span = { from: year.instant(untilMs - weekMs), until: year.instant(untilMs) }
      tell(trafficObserved, year.at(day, '03:00'), { asset, ...span, peersInScope: 3 })
    }
  for (const half of year.halves)
    tell(stocktakeCompleted, year.at(half.day(20), '16:00'), {
      ...{ period: null, missing: 0, unlisted: 0, hash: hashOf(`stock-take ${half.name}`) },
      ...{ registered: all.length, counted: all.length, classified: all.length },
    })
})

const weekMs = 7 * 86_400_000
