import { is, sooner, whenOf } from '../../core/control/match.ts'
import type { Fact, Instant, Key, Pos } from '../../core/fact.ts'
import { watermarkAdvanced } from '../../core/facts.ts'
import { type Context, everyRow, isFact, type Judge, type Step } from '../../core/judge.ts'
import { assetListed, assetRemoved, registerDeclared } from '../../identify/asset/facts.ts'
import { signInSucceeded, signOnLog } from '../sign-on/facts.ts'
import {
  deviceMeasured,
  dutyActed,
  grantGiven,
  grantRemoved,
  pairListed,
  pairRemoved,
  placeListed,
  placeMeasured,
  placeRemoved,
  placesDeclared,
  type RightsRead,
  rightsMeasured,
  rightsRead,
  roleAssigned,
  roleDefined,
  roleRemoved,
  roleWithdrawn,
  workCompleted,
  workMeasured,
} from './facts.ts'

/** Two people are named, and they are not the same one. */
const apart = (a: unknown, b: unknown): boolean => a !== undefined && b !== undefined && a !== b

const without = <V>(all: Readonly<Record<string, V>>, name: string): Readonly<Record<string, V>> =>
  Object.fromEntries(Object.entries(all).filter(([one]) => one !== name))

// Rights beyond the role.

/** The row `''`: the role model, by which all accounts are measured. */
type Model = Readonly<{ model: Readonly<Record<string, readonly string[]>> }>

/** What is known of one account. */
type Holder = Readonly<{
  account: Key
  roles: Readonly<Record<string, true>>
  grants: Readonly<Record<string, Readonly<{ right: string; until: Instant | null }>>>
  /** A reading of which parts are still to come. */
  coming: Readonly<{ hash: string; next: number; rights: readonly string[] }> | null
  held: Readonly<{ rights: readonly string[]; at: Instant; pos: Pos }> | null
  /** What was said last, so that nothing is said twice. */
  said: string | null
}>

/**
 * Joins role model, roles, grants and what the systems show into one number for each account. It is
 * said as of the reading, so that it ages with the reading and not with the papers beside it.
 */
export const rightsJudge: Judge<Model | Holder> = {
  id: 'protect.access.rights',
  version: 1,
  from: [
    roleDefined,
    roleRemoved,
    roleAssigned,
    roleWithdrawn,
    grantGiven,
    grantRemoved,
    rightsRead,
  ],
  makes: [rightsMeasured],
  whole: [roleDefined, roleRemoved],
  keys: fact =>
    is(fact, roleDefined) || is(fact, roleRemoved) ? [''] : [(fact.body as Named).account],
  init: key =>
    key === ''
      ? { model: {} }
      : { account: key, roles: {}, grants: {}, coming: null, held: null, said: null },
  step: (state, input, ctx) => {
    if ('model' in state) return isFact(input) ? defineRole(state, input) : { state }
    return measureRights(isFact(input) ? learn(state, input) : state, ctx)
  },
}

type Named = Readonly<{ account: Key }>

function defineRole(state: Model, fact: Fact): Step<Model> {
  if (is(fact, roleRemoved))
    return { state: { model: without(state.model, fact.body.role) }, also: [everyRow] }
  // A role that nobody but its author approved gives nobody a right.
  if (!is(fact, roleDefined) || !apart(fact.refs['by'], fact.refs['approver'])) return { state }
  const { role, rights } = fact.body
  return { state: { model: { ...state.model, [role]: rights } }, also: [everyRow] }
}

function learn(before: Holder, fact: Fact): Holder {
  const { roles, grants } = before
  if (is(fact, roleAssigned)) return { ...before, roles: { ...roles, [fact.body.role]: true } }
  if (is(fact, roleWithdrawn)) return { ...before, roles: without(roles, fact.body.role) }
  if (is(fact, grantRemoved)) return { ...before, grants: without(grants, fact.body.grant) }
  if (is(fact, grantGiven)) {
    // Nobody grants himself a right.
    if (!apart(fact.refs['requester'], fact.refs['approver'])) return before
    const { grant, right, until } = fact.body
    return { ...before, grants: { ...grants, [grant]: { right, until } } }
  }
  return is(fact, rightsRead) ? take(before, fact) : before
}

/** Parts come in order; a reading that misses one never was. */
function take(before: Holder, fact: Fact<RightsRead>): Holder {
  const { part, parts, hash } = fact.body
  const { coming } = before
  const isNext = part === 1 || (coming !== null && coming.hash === hash && coming.next === part)
  if (!isNext) return { ...before, coming: null }
  const rights = [...(part === 1 ? [] : (coming?.rights ?? [])), ...fact.body.rights]
  if (part < parts) return { ...before, coming: { hash, next: part + 1, rights } }
  return { ...before, coming: null, held: { rights, at: whenOf(fact), pos: fact.pos } }
}

function measureRights(state: Holder, ctx: Context): Step<Holder> {
  const model = (ctx.root as Model | null)?.model ?? {}
  const live = Object.values(state.grants).filter(({ until }) => until === null || until > ctx.now)
  const wakeAt = live.reduce<Instant | null>(
    (soonest, { until }) =>
      until === null ? soonest : soonest === null ? until : sooner(soonest, until),
    null,
  )
  const { held } = state
  // Without a role model nobody can say what is beyond it.
  if (held === null || Object.keys(model).length === 0) return { state, wakeAt }
  const roles = Object.keys(state.roles).filter(role => model[role] !== undefined)
  const allowed = new Set([...roles.flatMap(role => model[role]!), ...live.map(one => one.right)])
  const rights = [...new Set(held.rights)].sort()
  const over = rights.filter(right => !allowed.has(right))
  const body = {
    account: state.account,
    held: rights.length,
    excess: over.length,
    examples: over.slice(0, 8),
    roles: roles.length,
    grants: live.length,
  }
  const said = JSON.stringify([held.pos, body])
  if (said === state.said) return { state, wakeAt }
  const because = [...new Set([held.pos, ctx.cause])]
  return {
    state: { ...state, said },
    wakeAt,
    facts: [{ type: rightsMeasured, occurred: sooner(held.at, ctx.now), because, body }],
  }
}

// Conflicting duties.

/** The row `''`: the pairs by name. */
type Pairs = Readonly<{ pairs: Readonly<Record<string, readonly [string, string]>> }>

/** One piece of work: who took which step. */
type Work = Readonly<{
  work: Key
  acts: readonly Readonly<{ duty: string; person: string; pos: Pos }>[]
}>

/** Steps by the same person for the same duty count once, so more than these no organisation has. */
const actsMax = 1_000

/** As many premises as a fact may name, less those that are always there (L6). */
const premisesMax = 60

/** Work that never took effect is forgotten after this. It is no figure of a policy: nothing is judged by it. */
const forgetAfter = 'P13M'

/** Measures each piece of work when it takes effect: was each pair of steps taken by two people? */
export const workJudge: Judge<Pairs | Work> = {
  id: 'protect.access.work',
  version: 1,
  from: [pairListed, pairRemoved, dutyActed, workCompleted],
  makes: [workMeasured],
  whole: [pairListed, pairRemoved],
  keys: fact =>
    is(fact, pairListed) || is(fact, pairRemoved) ? [''] : [(fact.body as { work: Key }).work],
  init: key => (key === '' ? { pairs: {} } : { work: key, acts: [] }),
  step: (state, input, ctx) => {
    if ('pairs' in state) return { state: isFact(input) ? listPair(state, input) : state }
    // Only what is forgotten wakes.
    if (!isFact(input)) return { state: null, wakeAt: null }
    if (is(input, workCompleted)) return { ...complete(state, input, ctx), wakeAt: null }
    const wakeAt = ctx.calendars.add(ctx.now, forgetAfter, 'UTC')
    return { state: is(input, dutyActed) ? act(state, input) : state, wakeAt }
  },
}

function listPair(state: Pairs, fact: Fact): Pairs {
  if (is(fact, pairRemoved)) return { pairs: without(state.pairs, fact.body.pair) }
  if (!is(fact, pairListed)) return state
  const { pair, first, second } = fact.body
  return { pairs: { ...state.pairs, [pair]: [first, second] } }
}

function act(state: Work, fact: Fact<{ duty: string; person: string }>): Work {
  const { duty, person } = fact.body
  const isKnown = state.acts.some(one => one.duty === duty && one.person === person)
  if (isKnown || state.acts.length >= actsMax) return state
  return { ...state, acts: [...state.acts, { duty, person, pos: fact.pos }] }
}

function complete(state: Work, fact: Fact, ctx: Context): Step<Work> {
  const pairs = (ctx.root as Pairs | null)?.pairs ?? {}
  const facts = Object.keys(pairs)
    .sort()
    .flatMap(pair => {
      const [first, second] = pairs[pair]!
      const acts = state.acts.filter(one => one.duty === first || one.duty === second)
      if (acts.length === 0) return []
      const people = (duty: string) => acts.filter(one => one.duty === duty).map(one => one.person)
      const [firsts, seconds] = [people(first), people(second)]
      const shared = firsts.filter(person => seconds.includes(person)).length
      const missing = [firsts, seconds].filter(one => one.length === 0).length
      const body = { work: state.work, pair, shared, missing }
      const because = [...acts.map(one => one.pos).slice(0, premisesMax), fact.pos]
      return [{ type: workMeasured, occurred: sooner(whenOf(fact), ctx.now), because, body }]
    })
  return { state: null, facts }
}

// Places.

/** The row `''`: the list of places, while one holds. */
type Places = Readonly<{
  places: Readonly<Record<string, true>>
  until: Instant | null
  declared: Pos | null
}>

/**
 * Compares each sign-in with the list of places that held when it was told. Whose place nobody could
 * tell came from none of them. While no list holds it says nothing, and so nobody watches.
 */
export const placesJudge: Judge<Places> = {
  id: 'protect.access.places',
  version: 1,
  from: [placeListed, placeRemoved, placesDeclared, signInSucceeded, watermarkAdvanced],
  makes: [placeMeasured],
  keys: fact => (isFromElsewhere(fact) ? [] : ['']),
  init: () => ({ places: {}, until: null, declared: null }),
  step: (state, input, ctx) => (isFact(input) ? watchPlaces(state, input, ctx) : { state }),
}

/** The watermark of another source. */
const isFromElsewhere = (fact: Fact): boolean =>
  is(fact, watermarkAdvanced) && fact.body.source !== signOnLog

function watchPlaces(state: Places, fact: Fact, ctx: Context): Step<Places> {
  const { places, until, declared } = state
  if (is(fact, placeListed))
    return { state: { ...state, places: { ...places, [fact.body.place]: true } } }
  if (is(fact, placeRemoved))
    return { state: { ...state, places: without(places, fact.body.place) } }
  if (is(fact, placesDeclared))
    return { state: { ...state, until: fact.body.until, declared: fact.pos } }
  if (declared === null || until === null || until <= ctx.now) return { state }
  const isBad = is(fact, signInSucceeded) && !fact.body.places.some(place => places[place] === true)
  if (!isBad && !is(fact, watermarkAdvanced)) return { state }
  const body = { elsewhere: isBad ? 1 : 0, listed: Object.keys(places).length }
  const because = [declared, fact.pos]
  return { state, facts: [{ type: placeMeasured, occurred: reaches(fact, ctx), because, body }] }
}

/** How far in time a fact of the log speaks; nobody has delivered the future (V6). */
const reaches = (fact: Fact, ctx: Context): Instant =>
  sooner(is(fact, watermarkAdvanced) ? fact.body.to : whenOf(fact), ctx.now)

// Devices.

/** The row `''`: whether there is a register that was declared complete. */
type Register = Readonly<{ declared: Pos | null }>

/** One device of the register. */
type Device = Readonly<{ listed: Pos | null }>

/** What people work on. */
const deviceKinds: readonly string[] = ['endpoint', 'host']

/** What shows that a device is the one it says to be. A cookie is carried off with the browser's data. */
const proofs: readonly (string | null)[] = ['certificate', 'agent']

/**
 * Compares the device of each sign-in with the register of assets. On a device that is not in it, or
 * that did not prove to be the one in it, the session is on none that is managed.
 */
export const devicesJudge: Judge<Register | Device> = {
  id: 'protect.access.devices',
  version: 1,
  from: [assetListed, assetRemoved, registerDeclared, signInSucceeded, watermarkAdvanced],
  makes: [deviceMeasured],
  whole: [registerDeclared, watermarkAdvanced],
  keys: fact => {
    if (is(fact, signInSucceeded)) return [fact.body.device ?? unnamed]
    if (is(fact, assetListed)) return deviceKinds.includes(fact.body.kind) ? [fact.body.asset] : []
    if (is(fact, assetRemoved)) return [fact.body.asset]
    return isFromElsewhere(fact) ? [] : ['']
  },
  init: key => (key === '' ? { declared: null } : { listed: null }),
  step: (state, input, ctx) => {
    if (!isFact(input)) return { state }
    return 'declared' in state ? watchRegister(state, input, ctx) : watchDevice(state, input, ctx)
  },
}

/** The row for sign-ins that named no device; no number of an asset begins so. */
const unnamed = '?'

function watchRegister(state: Register, fact: Fact, ctx: Context): Step<Register> {
  if (is(fact, registerDeclared)) return { state: { declared: fact.pos } }
  const { declared } = state
  if (declared === null || !is(fact, watermarkAdvanced)) return { state }
  return { state, facts: [said(declared, fact, ctx, { unmanaged: 0, device: null })] }
}

function watchDevice(state: Device, fact: Fact, ctx: Context): Step<Device> {
  if (is(fact, assetListed)) return { state: { listed: fact.pos } }
  const declared = (ctx.root as Register | null)?.declared ?? null
  if (!is(fact, signInSucceeded)) return { state: null }
  const isManaged = state.listed !== null && proofs.includes(fact.body.deviceBy)
  // Who has no number is in no register, so his row need not stay.
  const kept = state.listed === null ? null : state
  if (isManaged || declared === null) return { state: kept }
  return {
    state: kept,
    facts: [said(declared, fact, ctx, { unmanaged: 1, device: fact.body.device })],
  }
}

const said = (
  declared: Pos,
  fact: Fact,
  ctx: Context,
  body: Readonly<{ unmanaged: number; device: string | null }>,
) => ({
  type: deviceMeasured,
  occurred: reaches(fact, ctx),
  because: [declared, fact.pos],
  body,
})
