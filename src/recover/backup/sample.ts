import {
  defineSample,
  hashOf,
  inParts,
  nothingElse,
  promptly,
  type Story,
} from '../../core/sample/story.ts'
import {
  cipherRead,
  copyRead,
  deletionTried,
  pointSeen,
  repositoriesCompared,
  repositoriesDeclared,
  repositoryListed,
  runEnded,
  setListed,
  setsCompared,
  setsDeclared,
} from './facts.ts'

const minuteMs = 60_000
const repositories = [
  { repository: 'array', medium: 'disk', site: 'tpe' },
  { repository: 'vault', medium: 'object-store', site: 'kao' },
  { repository: 'library', medium: 'tape', site: 'tpe' },
] as const
/** Since when the runs of each day are on the list; before that nobody looked. */
const watchedDays = 27

/**
 * Four databases are copied three times a day, to three places, enciphered: well done, and yet the
 * newest point that could be restored is up to eight hours old where the policy wants one. One of the places
 * holds what it has.
 */
export default defineSample(story => {
  const { year, company, tell } = story
  const sets = company.assetsOf('database').slice(0, 4)
  const services = company.assetsOf('service')
  const firstMs = year.at(year.before(watchedDays), '00:20')
  for (const [nth, set] of sets.entries())
    tell(setListed, firstMs, { set, service: services[nth] ?? null, site: 'tpe' })
  for (const one of repositories) tell(repositoryListed, firstMs, one)
  for (const day of year.last(watchedDays).filter((_, nth) => nth % 5 === 1)) {
    const atMs = year.at(day, '09:20')
    tell(setsDeclared, atMs, { sets: sets.length, hash: hashOf('sets') })
    const count = { repositories: repositories.length, hash: hashOf('repositories') }
    tell(repositoriesDeclared, atMs, count)
    for (const part of inParts(sets))
      tell(setsCompared, atMs + minuteMs, { ...part, ...nothingElse('sets') })
    for (const part of inParts(repositories.map(one => one.repository)))
      tell(repositoriesCompared, atMs + minuteMs, { ...part, ...nothingElse('repositories') })
    tellReadings(story, sets, atMs)
  }
  tellRuns(story, sets)
})

function tellRuns(story: Story, sets: readonly string[]): void {
  const { year, random, tell, alive } = promptly(story)
  for (const day of year.last(watchedDays))
    for (const [nth, time] of ['00:40', '08:40', '16:40'].entries()) {
      const endedMs = year.at(day, time)
      for (const set of sets) {
        const began = year.instant(endedMs - 20 * minuteMs)
        tell(runEnded, endedMs, {
          ...{ set, repository: 'array', trigger: 'schedule', began, exitCode: 0 },
          ...{ snapshot: `${year.date(day)}-${nth}`, bytes: 5_000_000 + random.below(90_000) },
        })
        // Just before it ends, the newest point is that of the run before.
        const before = year.instant(endedMs - 8 * 60 * minuteMs - 20 * minuteMs)
        if (day > year.before(watchedDays - 1))
          tell(pointSeen, endedMs - 10 * minuteMs, { set, point: before })
        tell(pointSeen, endedMs, { set, point: began })
      }
      alive('backup@array', endedMs + 5 * minuteMs)
    }
}

function tellReadings({ year, tell }: Story, sets: readonly string[], atMs: number): void {
  for (const { repository } of repositories) {
    for (const set of sets) {
      const body = { set, repository, point: year.instant(atMs - 60 * minuteMs) }
      tell(copyRead, atMs + 2 * minuteMs, { ...body, bytes: 5_000_000, errors: 0 })
    }
    const isRefused = repository === 'vault'
    tell(deletionTried, atMs + 2 * minuteMs, {
      ...{ repository, isRefused },
      attempts: [
        { how: 'overwrite', answer: 'done' },
        { how: 'remove', answer: 'done' },
        ...(isRefused ? [{ how: 'remove-version' as const, answer: 'refused' as const }] : []),
      ],
    })
    tell(cipherRead, atMs + 3 * minuteMs, {
      ...{ repository, ciphers: [{ cipher: 'AES-256', objects: 420 }], unread: 0 },
      trial: { withKeyBytes: 65_536, withOtherBytes: 0 },
    })
  }
}
