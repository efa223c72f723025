import { defineSample, hashOf, inParts, nothingElse } from '../../core/sample/story.ts'
import {
  exchangeCounted,
  feedAssessed,
  feedFetched,
  feedListed,
  feedsCompared,
  feedsDeclared,
  indicatorExercised,
  membershipConfirmed,
} from './facts.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const feeds = ['national-cert', 'vendor-notices', 'industry-circle']

/** Feeds are fetched and assessed; what is learnt is exchanged each quarter, in the industry and with partners. */
export default defineSample(({ year, tell }) => {
  for (const feed of feeds) tell(feedListed, year.at(year.days[0] as number, '11:00'), { feed })
  for (const day of year.every(60))
    tell(feedsDeclared, year.at(day, '11:10'), { feeds: feeds.length, hash: hashOf('feeds') })
  for (const day of year.every(6)) {
    const atMs = year.at(day, '11:20')
    for (const part of inParts(feeds))
      tell(feedsCompared, atMs, { ...part, ...nothingElse('feeds') })
    for (const feed of feeds) {
      const [inserted, deployed, fired] = [3, 2, 1].map(hours =>
        year.instant(atMs - hours * hourMs),
      )
      const times = {
        inserted: inserted as string,
        deployed: deployed as string,
        fired: fired as string,
      }
      tell(indicatorExercised, atMs, { feed, ...times, held: 1_000, loaded: 1_000, drill: true })
    }
  }
  for (const day of year.last(30)) {
    for (const time of ['05:10', '18:10'])
      for (const feed of feeds) {
        const fetchedMs = year.at(day, time)
        const newest = year.instant(fetchedMs - 20 * hourMs)
        const body = { feed, status: 200, items: 90, newest, hash: hashOf(`${feed} ${fetchedMs}`) }
        tell(feedFetched, fetchedMs, body)
      }
    const assessed = { feeds, items: 12, relevant: 2, hash: hashOf('assessment') }
    const assessedMs = year.at(day, '09:50')
    tell(feedAssessed, assessedMs, { ...assessed, until: year.instant(assessedMs - hourMs) })
  }
  const community = 'industry-circle'
  tell(membershipConfirmed, year.at(year.days[0] as number, '12:00'), {
    ...{ community, hash: hashOf('membership') },
  })
  const circles = [
    ['industry', community],
    ['partner', 'kasumi-hospital'],
  ] as const
  for (const day of year.every(70))
    for (const [circle, other] of circles) {
      const untilMs = year.at(day, '17:00')
      const some = { incidents: 0, threats: 2, lessons: 1 }
      tell(
        exchangeCounted,
        untilMs,
        {
          ...{ circle, with: [other], memberUntil: null, given: some, acknowledged: 3 },
          ...{
            from: year.instant(untilMs - 60 * dayMs),
            until: year.instant(untilMs),
            received: some,
          },
        },
        { trust: 'instrument' },
      )
    }
})
