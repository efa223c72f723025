import { organisationConfigured } from '../account/facts.ts'
import { is } from '../control/match.ts'
import type { Fact, Instant, Pos } from '../fact.ts'
import { calendarAdopted, lawAdopted, parameterDecided, policyAdopted } from '../facts.ts'
import type { Adoption, Params } from '../judge.ts'
import { type BusinessTable, type Calendars, createCalendars, type LawTable } from '../time.ts'

/** What changes what all judges go by. */
export const policyTypes = [
  ...[policyAdopted, parameterDecided, calendarAdopted, lawAdopted],
  organisationConfigured,
] as const

type Decided = Readonly<{
  pos: Pos
  control: string
  parameter: string
  value: string | number | boolean
  from: Instant
}>

type Own = Readonly<{
  pos: Pos
  zone: string
  /** By the names that controls have for them. */
  settings: Readonly<{ calendar: string; fiscalYearMonth: number }>
  from: Instant
}>

/** What a policy pack binds to a control: parameters, and the names of those that the policy leaves open. */
type Bound = Readonly<{ params: Params; assumed: readonly string[] }>

/** Under this name stands what every control has of a pack that does not bind it: the zone of its days. */
export const unbound = ''

/** The same of all its controls, by the hash that was adopted. */
export type PackParams = (hash: string) => ReadonlyMap<string, Bound> | null

/** Whether it is for people to decide a parameter: what the policy states is only stated anew (V35). */
export const leavesOpen = (bound: Bound | undefined, parameter: string): boolean =>
  bound === undefined ||
  !Object.hasOwn(bound.params, parameter) ||
  bound.assumed.includes(parameter)

/** What a control may read of the policy at one instant. */
export type InForce = Readonly<{
  adopted: Adoption | null
  params: Params
  assumed: readonly string[]
  paramsPos: Pos
  /** It holds from `since` and before `until`, unless a fact changes the policy meanwhile. */
  since: Instant
  until: Instant
}>

/**
 * The policies and parameters that the list has adopted so far, and which of them are in force at an
 * instant. Of several, the last adopted whose `from` has come wins (V32, V34).
 */
export class Policies {
  private readonly adoptions: Array<Adoption> = []
  private readonly decided: Decided[] = []
  /** What the organisation said of itself; it stands before what a pack says of all its controls (ADR 16). */
  private readonly own: Own[] = []
  private readonly packParams: PackParams
  /** Memory of `inForce`, valid until a fact changes the policy or an instant `from` passes. */
  private cache = new Map<string, InForce>()
  /** Grows with every fact that changes the policy. */
  generation = 0

  private readonly tables = new Map<string, BusinessTable>()
  private readonly laws = new Map<string, LawTable>()
  /** Over the newest version of each calendar and law that the list has adopted; null before the first. */
  calendars: Calendars | null = null

  constructor(packParams: PackParams) {
    this.packParams = packParams
  }

  /** Takes in a fact. Answers whether it changes the policy of judges. */
  take(fact: Fact): boolean {
    if (is(fact, policyAdopted)) {
      const { version, from, hash } = fact.body
      this.adoptions.push(Object.freeze({ pos: fact.pos, version, hash, from }))
    } else if (is(fact, parameterDecided)) {
      this.decided.push({ pos: fact.pos, ...fact.body })
    } else if (is(fact, organisationConfigured)) {
      const { zone, calendar, fiscalYearMonth } = fact.body
      const settings = { calendar, fiscalYearMonth }
      this.own.push({ pos: fact.pos, zone, settings, from: fact.recorded })
    } else if (is(fact, calendarAdopted)) {
      const { calendar: id, ...table } = fact.body
      this.tables.set(id, { id, ...table })
      this.calendars = createCalendars([...this.tables.values()], [...this.laws.values()])
    } else if (is(fact, lawAdopted)) {
      this.laws.set(fact.body.law, fact.body)
      this.calendars = createCalendars([...this.tables.values()], [...this.laws.values()])
    } else {
      return false
    }
    this.cache.clear()
    this.generation += 1
    return true
  }

  /** Instants after `now` at which something adopted for later comes into force. */
  comingAfter(now: Instant): Instant[] {
    return [...this.adoptions, ...this.decided].map(entry => entry.from).filter(from => from > now)
  }

  /** As the list says before position `before`, at `now`. */
  inForce(control: string, defaults: Params, now: Instant, before: Pos = Infinity): InForce {
    const cached = before === Infinity ? this.cache.get(control) : undefined
    if (cached !== undefined && now >= cached.since && now < cached.until) return cached
    const adoption = this.adoptions.findLast(a => a.from <= now && a.pos < before) ?? null
    const fromPack = adoption === null ? null : this.packParams(adoption.hash)
    const params: Record<string, string | number | boolean> = { ...defaults }
    const assumed = new Set(Object.keys(defaults))
    const bound = fromPack?.get(control) ?? fromPack?.get(unbound)
    for (const [name, value] of Object.entries(bound?.params ?? {})) {
      params[name] = value
      assumed.delete(name)
    }
    for (const name of bound?.assumed ?? []) assumed.add(name)
    let paramsPos = adoption?.pos ?? 0
    const own = this.own.findLast(each => each.pos < before && each.from <= now)
    // A zone that the pack binds to this very control is what the policy says, and stays.
    const inherits = params['zone'] === fromPack?.get(unbound)?.params['zone']
    if (own !== undefined && inherits && params['zone'] !== undefined) {
      params['zone'] = own.zone
      paramsPos = Math.max(paramsPos, own.pos)
    }
    for (const [name, value] of Object.entries(own?.settings ?? {})) {
      // Whose business days, and which fiscal year: asked for once, where a policy leaves it open.
      if (!Object.hasOwn(defaults, name) || !leavesOpen(bound, name)) continue
      params[name] = value
      assumed.delete(name)
      paramsPos = Math.max(paramsPos, own!.pos)
    }
    for (const entry of this.decided) {
      if (entry.control !== control || entry.from > now || entry.pos >= before) continue
      if (!leavesOpen(bound, entry.parameter)) continue
      params[entry.parameter] = entry.value
      assumed.delete(entry.parameter)
      paramsPos = Math.max(paramsPos, entry.pos)
    }
    const edges = [...this.adoptions, ...this.decided, ...this.own].map(entry => entry.from).sort()
    const value: InForce = Object.freeze({
      adopted: adoption,
      params: Object.freeze(params),
      assumed: Object.freeze([...assumed].sort()),
      paramsPos,
      since: edges.findLast(edge => edge <= now) ?? '',
      until: edges.find(edge => edge > now) ?? '9999',
    })
    if (before === Infinity) this.cache.set(control, value)
    return value
  }
}
