import { createHash } from 'node:crypto'
import { OkiteError } from '../error.ts'
import type { FactType, PrivateValue, Trust } from '../fact.ts'
import { parameterDecided, watermarkAdvanced } from '../facts.ts'
import { toInstant } from '../time.ts'
import type { Company } from './company.ts'
import { createRandom, type Random } from './random.ts'
import type { Year } from './year.ts'

/** How a fact is told, where it is not as usual. */
export type How = Readonly<{
  /** A record where the type takes one, else what it takes. */
  trust?: Trust
  /** The numbers of the people in its slots; `by` is the security officer where it is not said. */
  who?: Readonly<Record<string, string>>
  /** Other private values. */
  private?: Readonly<Record<string, PrivateValue>>
  source?: string
  /**
   * It happens at this very minute, because a clock runs against it or somebody waits for it. Everything
   * else happens at the end of its half of the day, so that few transactions tell a day.
   */
  isPrompt?: boolean
  /** When it happened, if it is told later. */
  occurredMs?: number
}>

/** What a module has to tell its part of the year with. */
export type Story = Readonly<{
  year: Year
  company: Company
  /** Drawn from by this module alone. */
  random: Random
  /** What comes after the end of the year is not told. */
  tell<B>(type: FactType<B>, atMs: number, body: B, how?: How): void
  /** A source says that it has delivered everything up to now. */
  alive(source: string, atMs: number, how?: How): void
  /** The company makes a figure its own that the policy leaves open, on the first day. */
  decide(control: string, parameter: string, value: string | number | boolean): void
}>

/** The part of the year that a module tells: the default export of its `sample.ts`. */
export type Sample = (story: Story) => void

export const defineSample = (sample: Sample): Sample => sample

/** A fact of the year, ready to be appended. */
export type Told = Readonly<{
  module: string
  type: FactType
  atMs: number
  /** By it, what happens at once is told in order. */
  orderMs: number
  occurredMs: number
  body: unknown
  trust: Trust
  source: string
  private: Readonly<Record<string, PrivateValue>>
  identity: string
}>

/** Lets one module tell its part. What it tells is checked when it is appended, as anybody's is. */
export function listen(
  module: string,
  sample: Sample,
  { year, company, seed }: Readonly<{ year: Year; company: Company; seed: number }>,
): readonly Told[] {
  const told: Told[] = []
  const tell: Story['tell'] = (type, atMs, body, how = {}) => {
    if (!(atMs >= year.beginMs)) throw new OkiteError('SAMPLE_STORY', { what: type.name })
    if (atMs >= year.endMs) return
    const trust = how.trust ?? usualTrust(type)
    const happensMs = how.isPrompt === true ? atMs : year.halfEnd(atMs)
    // Core alone decides and adopts, for whoever asks it to.
    const author = type.open ? module : type.module
    told.push({
      ...{ module: author, type, atMs: happensMs, body, trust },
      orderMs: atMs,
      occurredMs: how.occurredMs ?? happensMs,
      source: how.source ?? (trust === 'instrument' ? `sample/${module}` : 'record'),
      private: { ...persons(type, how, company), ...how.private },
      identity: `${module} ${told.length}`,
    })
  }
  const alive: Story['alive'] = (source, atMs, how = {}) => {
    const to = toInstant(how.isPrompt === true ? atMs : year.halfEnd(atMs))
    tell(watermarkAdvanced, atMs, { source, to }, { ...how, trust: 'instrument', source })
  }
  const decide: Story['decide'] = (control, parameter, value) => {
    const from = toInstant(year.beginMs + decidedMs)
    const body = { control, parameter, value, from }
    tell(parameterDecided, year.beginMs + decidedMs, body, { isPrompt: true })
  }
  sample({ year, company, random: createRandom(seed, module), tell, alive, decide })
  return told
}

/** After the policy is adopted, and before anything is told. */
const decidedMs = 30 * 60_000

const usualTrust = (type: FactType): Trust =>
  type.trusts.includes('record') ? 'record' : (type.trusts[0] ?? 'record')

/** People enter facts under their names; machines enter none. */
function persons(type: FactType, how: How, company: Company): Record<string, PrivateValue> {
  const who: Record<string, string> = { ...how.who }
  const isPerson = (how.trust ?? usualTrust(type)) !== 'instrument'
  if (isPerson && type.slots.includes('by')) who['by'] ??= company.holder('ciso').number
  return Object.fromEntries(
    Object.entries(who).map(([slot, number]) => {
      const { mail, name } = company.person(number)
      return [slot, { value: name, person: mail }]
    }),
  )
}

/** The same story, in which everything happens at its very minute. */
export const promptly = (story: Story): Story => ({
  ...story,
  tell: (type, atMs, body, how) => story.tell(type, atMs, body, { isPrompt: true, ...how }),
  alive: (source, atMs) => story.alive(source, atMs, { isPrompt: true }),
})

/** The hash of a document that nobody has: the same for the same name. */
export const hashOf = (name: string): string =>
  createHash('sha256').update(`okite/sample/document ${name}`).digest('hex')

/** What is seen, in facts of as many as one takes. */
export function inParts<T>(
  seen: readonly T[],
  countMax = 64,
): readonly Readonly<{ part: number; parts: number; seen: T[] }>[] {
  const parts = Math.max(1, Math.ceil(seen.length / countMax))
  return Array.from({ length: parts }, (_, nth) => ({
    ...{ part: nth + 1, parts },
    seen: seen.slice(nth * countMax, (nth + 1) * countMax),
  }))
}

/** What a second source says that found exactly what is declared. */
export const nothingElse = (list: string) => ({
  unlisted: 0,
  isDeclared: true,
  hash: hashOf(list),
})
