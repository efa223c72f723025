import { defineSample, hashOf, nothingElse } from '../../core/sample/story.ts'
import {
  keyListed,
  keyRead,
  listCompared,
  listDeclared,
  logRead,
  protectionRead,
  quorumRecorded,
  replicasRead,
  serviceListed,
  stageRecorded,
} from './facts.ts'

const dayMs = 86_400_000
const service = 'ks-hsm'
const keys = [
  { key: 'k-m1', class: 'master' },
  { key: 'k-w1', class: 'wrapping' },
  { key: 'k-d1', class: 'data' },
  { key: 'k-s1', class: 'signing' },
] as const
/** Since when keys are listed, and since when they are read every day. */
const [listedDays, watchedDays] = [165, 45]

/** Keys in hardware, in two places, with a life that is on the list; one should have been rotated. */
export default defineSample(({ year, company, tell, decide }) => {
  const madeMs = year.at(year.before(listedDays), '09:00')
  const who = {
    by: company.holder('infrastructure').number,
    witness: company.holder('ciso').number,
  }
  tell(serviceListed, madeMs, { service })
  for (const { key, class: of } of keys) {
    tell(keyListed, madeMs, { key, class: of, service, environment: 'production' })
    tell(stageRecorded, madeMs + 60_000, { key, stage: 'made', procedure: 'ceremony-3' }, { who })
  }
  const names = keys.map(one => one.key)
  for (const day of year.last(listedDays).filter((_, nth) => nth % 5 === 0)) {
    const atMs = year.at(day, '09:10')
    tell(listDeclared, atMs, { keys: keys.length, services: 1, hash: hashOf('keys') })
    const seen = { part: 1, parts: 1, keys: names, services: [service] }
    tell(listCompared, atMs + 60_000, { ...seen, ...nothingElse('keys') })
    const held = { heldIn: 'hardware', made: 'inside', isExportable: false } as const
    for (const key of names)
      tell(protectionRead, atMs + 60_000, { key, ...held, saidBy: 'attestation' })
    const opening = { opens: 'automatic', threshold: 0 } as const
    tell(quorumRecorded, atMs + 120_000, { service, ...opening, holders: [] })
  }
  for (const [nth, day] of year.last(watchedDays).entries()) {
    const atMs = year.at(day, '09:10')
    for (const { key, class: of } of keys) {
      // The data key is older than a year.
      const ageMs = (of === 'data' ? 420 : 30) * dayMs
      tell(keyRead, atMs + 120_000, {
        ...{ key, state: 'active', versions: 1, recipients: 0 },
        versionMade: year.instant(of === 'data' ? atMs - ageMs : madeMs),
      })
    }
    const places = ['taipei', 'tokyo'].map(place => ({ place, answers: true }))
    tell(replicasRead, atMs + 120_000, { service, replicas: places })
    const entries = 40
    const read = { service, first: nth * entries + 1, last: (nth + 1) * entries, entries }
    tell(logRead, atMs + 180_000, { ...read, to: year.instant(atMs) })
  }
  decide('protect.key.no-operation-unlogged', 'aliveFresh', 'P2D')
})
