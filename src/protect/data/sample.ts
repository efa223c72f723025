import { defineSample, hashOf, inParts, nothingElse, type Story } from '../../core/sample/story.ts'
import {
  type DataClass,
  databaseInspected,
  flowInspected,
  flowListed,
  flowsCompared,
  flowsDeclared,
  integrityChecked,
  placesDeclared,
  setInspected,
  setListed,
  setsDeclared,
  setsDiscovered,
  storeInspected,
  vaultInspected,
} from './facts.ts'

const minuteMs = 60_000
const classes: readonly DataClass[] = ['internal', 'confidential', 'confidential', 'top-secret']
/** Since when the lists of data are kept, instruments look at what is on them, and leaks are watched for. */
const [listedDays, lookedDays, watchedDays] = [255, 93, 45]

/** Twenty-four sets of data, classed and looked at; stores and databases enciphered, but for one table. */
export default defineSample(story => {
  const { year, company, tell } = story
  const sets = Array.from({ length: 24 }, (_, nth) => `set-${String(nth + 1).padStart(2, '0')}`)
  const stores = company.assetsOf('store')
  for (const [nth, set] of sets.entries()) {
    const level = [1, 2, 2, 3][nth % 4] as number
    const contents: ('operation' | 'customer' | 'personal')[] =
      level === 1 ? ['operation'] : ['customer', 'personal']
    tell(setListed, year.at(year.before(listedDays), '10:00'), {
      ...{ set, contents, class: classes[nth % 4] ?? null, level, owner: 'data-protection' },
      ...{
        stores: [stores[nth % stores.length] as string],
        readers: ['care-team'],
        isProtected: true,
      },
    })
  }
  for (const day of year.last(listedDays).filter((_, nth) => nth % 6 === 0)) {
    const atMs = year.at(day, '10:20')
    tell(setsDeclared, atMs, { sets: sets.length, hash: hashOf('data sets') })
    for (const part of inParts(sets))
      tell(setsDiscovered, atMs + minuteMs, { ...part, ...nothingElse('data sets') })
  }
  tellSets(story, sets)
  tellStores(story, stores)
  tellFlow(story, sets)
  for (const day of year.last(watchedDays))
    for (const source of ['dlp', 'access-anomaly', 'record-audit'])
      story.alive(source, year.at(day, '07:40'))
  for (const control of ['no-confirmed-leak', 'no-unauthorised-alteration'])
    story.decide(`protect.data.${control}`, 'aliveFresh', 'P2D')
})

function tellSets({ year, tell }: Story, sets: readonly string[]): void {
  for (const day of year.last(lookedDays).filter((_, nth) => nth % 6 === 0))
    for (const [nth, set] of sets.entries()) {
      const atMs = year.at(day, '04:10')
      tell(setInspected, atMs, {
        ...{ set, granted: ['care-team'], openGrants: 0, copies: 3, copiesPlain: 0 },
        ...{ keyBitsLeast: 256, copiesKeyInHardware: 3, factorsLeast: 2 },
      })
      tell(integrityChecked, atMs, { set, records: 10_000 + nth, differing: 0, explained: 0 })
      if (classes[nth % 4] !== 'top-secret') continue
      const machines = [`host-0${10 + nth}`]
      tell(vaultInspected, atMs, { set, machines, otherWorkloads: 0, entries: 4, entriesNamed: 4 })
    }
}

function tellStores({ year, company, tell }: Story, stores: readonly string[]): void {
  tell(placesDeclared, year.at(year.before(listedDays), '11:00'), {
    places: [
      { country: 'TW', laws: ['TW-PDPA'] },
      { country: 'JP', laws: ['APPI'] },
    ],
  })
  const layer = { algorithm: 'AES', keyBits: 256 }
  for (const day of year.last(lookedDays).filter((_, nth) => nth % 6 === 0))
    for (const [nth, store] of stores.entries()) {
      const country = nth % 2 === 0 ? 'TW' : 'JP'
      tell(storeInspected, year.at(day, '04:20'), {
        ...{ store, place: 'host-003', country, region: null },
        layers: [
          { layer: 'volume', ...layer, keyPlace: 'hsm-1' },
          { layer: 'field', ...layer, keyPlace: 'kms-1' },
        ],
        isWhole: true,
      })
    }
  // The newest database has a table that nobody has enciphered.
  const databases = company.assetsOf('database')
  for (const day of year.last(21))
    for (const database of databases)
      tell(databaseInspected, year.at(day, '04:30'), {
        ...{ database, engine: 'postgresql 18', tablespaces: 6, algorithm: 'AES', keyBits: 256 },
        tablespacesEncrypted: database === databases.at(-1) ? 5 : 6,
      })
}

function tellFlow({ year, tell }: Story, sets: readonly string[]): void {
  const flow = 'reports-to-hospitals'
  tell(flowListed, year.at(year.before(listedDays), '11:30'), {
    ...{ flow, from: 'application-001', to: 'hospital-gateway', sets: sets.slice(1, 3) },
    isHighlySensitive: true,
  })
  for (const day of year.last(listedDays).filter((_, nth) => nth % 6 === 0)) {
    const atMs = year.at(day, '11:40')
    tell(flowsDeclared, atMs, { flows: 1, hash: hashOf('flows') })
    const seen = { part: 1, parts: 1, seen: [flow], ...nothingElse('flows') }
    tell(flowsCompared, atMs + minuteMs, seen)
    const ends = { sealedAt: 'application-001', openedAt: ['hospital-gateway'] }
    tell(flowInspected, atMs + minuteMs, { flow, protocol: 'CMS', ...ends })
  }
}
