import { OkiteError } from '../error.ts'
import { drawName } from './names.ts'
import { createRandom, type Random } from './random.ts'
import type { Year } from './year.ts'

/**
 * The company whose year is told: whom and what it has, for all modules to draw from. It exists nowhere;
 * all its addresses end in `.example` (RFC 2606). What happens to people and things, modules tell.
 */
export type Company = Readonly<{
  people: readonly Person[]
  /** The version of the policy that people sign for. */
  policyVersion: string
  /** What the policy in force is known by. */
  policyHash: string
  departments: readonly string[]
  assets: readonly Asset[]
  suppliers: readonly Supplier[]
  person(number: string): Person
  /** Who holds an office all year. */
  offices: readonly Role[]
  holder(role: Role): Person
  /** Who stands in for the holder. */
  deputy(role: Role): Person
  /** Who works there at that instant, in the order of their numbers. */
  staff(atMs: number): readonly Person[]
  /** Names of the assets of a kind. */
  assetsOf(...kinds: readonly string[]): readonly string[]
}>

export type Person = Readonly<{
  number: string
  name: string
  mail: string
  department: string
  kind: 'employee' | 'contractor'
  joinedMs: number
  leftMs: number | null
  /** From then on in another department. */
  moved: Readonly<{ atMs: number; department: string }> | null
}>

export type Asset = Readonly<{ asset: string; kind: string; owner: string; isImportant: boolean }>

export type Supplier = Readonly<{
  supplier: string
  name: string
  relation: 'vendor' | 'partner'
  /** Whether the policy asks more of it than of others. */
  inTier: boolean
}>

export const roles = [
  'ceo',
  'ciso',
  'cto',
  'team-manager',
  'infrastructure',
  'data-protection',
  'incident-response',
  'monitoring',
  'identity',
  'education',
  'legal',
  'continuity',
  'procurement',
  'people',
  'it',
  'development',
  'internal-audit',
  'facilities',
  'desk',
] as const
export type Role = (typeof roles)[number]

const departments = [
  '経営企画',
  '営業',
  '開発',
  '運用',
  'カスタマーサポート',
  '人事',
  '経理',
  '品質管理',
]

const peopleCount = 200
/** Of them come and go within the year. */
const joinersCount = 26
const leaversCount = 12

/** How many there are of each kind, for a company of 200 people: 400 in all. */
const assetCounts: readonly (readonly [kind: string, count: number])[] = [
  ['endpoint', 200],
  ['host', 60],
  ['system', 12],
  ['application', 12],
  ['service', 4],
  ['database', 8],
  ['store', 8],
  ['network-segment', 8],
  ['ingress', 3],
  ['cloud-account', 3],
  ['cloud-resource', 24],
  ['cloud-service', 6],
  ['image', 10],
  ['cluster', 2],
  ['function', 6],
  ['site', 3],
  ['equipment', 21],
  ['document', 10],
]

const supplierCount = 30
const partnerCount = 6

/** @param scale so many times as many people and things, for measurements */
export function createCompany({
  seed,
  year,
  policy,
  scale = 1,
}: Readonly<{
  seed: number
  year: Year
  policy: Readonly<{ version: string; hash: string }>
  scale?: number
}>): Company {
  const people = hire(createRandom(seed, 'people'), year, scale)
  const byNumber = new Map(people.map(person => [person.number, person]))
  const assets = assetCounts.flatMap(([kind, count]) =>
    Array.from({ length: count * scale }, (_, nth): Asset => {
      const isOfBusiness = kind !== 'endpoint' && kind !== 'equipment'
      return { asset: nameOf(kind, nth), kind, owner: 'infrastructure', isImportant: isOfBusiness }
    }),
  )
  const person = (number: string): Person => {
    const found = byNumber.get(number)
    if (found === undefined) throw new OkiteError('SAMPLE_STORY', { what: `person ${number}` })
    return found
  }
  // The first are there all year, see `hire`.
  const nth = (at: number) => people[at] as Person
  return {
    ...{ people, departments, assets, person },
    ...{ policyVersion: policy.version, policyHash: policy.hash },
    suppliers: contract(createRandom(seed, 'suppliers')),
    offices: roles,
    holder: role => nth(roles.indexOf(role)),
    deputy: role => nth(roles.length + roles.indexOf(role)),
    staff: atMs =>
      people.filter(one => one.joinedMs <= atMs && (one.leftMs === null || one.leftMs > atMs)),
    assetsOf: (...kinds) => assets.filter(one => kinds.includes(one.kind)).map(one => one.asset),
  }
}

const nameOf = (kind: string, nth: number) => `${kind}-${String(nth + 1).padStart(3, '0')}`

function hire(random: Random, year: Year, scale: number): readonly Person[] {
  const stay = (peopleCount - joinersCount - leaversCount) * scale
  const all = peopleCount * scale
  return Array.from({ length: all }, (_, nth): Person => {
    const number = `p-${String(nth + 1).padStart(4, '0')}`
    const isLeaver = nth >= stay && nth < stay + leaversCount * scale
    const isJoiner = nth >= stay + leaversCount * scale
    const department = departments[nth % departments.length] as string
    const someDay = () => year.at(random.pick(year.workdays.slice(10, -14)), '09:00')
    const moves = nth > 2 * roles.length && !isLeaver && !isJoiner && random.chance(5)
    const other = departments[(nth + 3) % departments.length] as string
    return {
      ...{ number, name: drawName(random), mail: `${number}@kazami.example`, department },
      kind: nth % 10 === 9 ? 'contractor' : 'employee',
      joinedMs: isJoiner ? someDay() : year.beginMs + firstHourMs,
      leftMs: isLeaver ? year.at(random.pick(year.workdays.slice(60, -14)), '18:00') : null,
      moved: moves ? { atMs: someDay(), department: other } : null,
    }
  })
}

/** The lists of what was there before the year are entered in its first hours. */
export const firstHourMs = 3_600_000

const trades = ['物流', '会計', '印刷', '通信', 'クラウド', '警備', '清掃', '研修', '開発', '監査']

function contract(random: Random): readonly Supplier[] {
  return Array.from({ length: supplierCount }, (_, nth) => ({
    supplier: `s-${String(nth + 1).padStart(2, '0')}`,
    name: `${random.pick(trades)}見本 ${nth + 1} 社`,
    relation: nth < partnerCount ? ('partner' as const) : ('vendor' as const),
    inTier: nth < partnerCount || nth % 4 === 0,
  }))
}
