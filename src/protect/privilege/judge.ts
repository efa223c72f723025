import { settleDefault } from '../../core/control/kind.ts'
import { is, later, sooner, whenOf } from '../../core/control/match.ts'
import type { Fact, Instant, Key, Pos } from '../../core/fact.ts'
import { watermarkAdvanced } from '../../core/facts.ts'
import { type Context, isFact, type Judge, type Step } from '../../core/judge.ts'
import {
  accountUsed,
  checkoutClosed,
  checkoutOpened,
  useLog,
  useMeasured,
  vaultRead,
} from './facts.ts'

/** The row `''`: how far the systems' logs have delivered. */
type Log = Readonly<{ to: Instant | null; pos: Pos }>

type Checkout = Readonly<{
  checkout: string
  from: Instant
  to: Instant
  isRecorded: boolean
}>

type Use = Readonly<{ at: Instant; pos: Pos }>

/** What is known of one account. */
type Account = Readonly<{
  account: Key
  /** The newest, oldest first. */
  checkouts: readonly Checkout[]
  /** Not yet laid beside checkouts, in the order in which they came. */
  uses: readonly Use[]
  /** The last use without a checkout, and the last with one but without a recording. */
  uncovered: Use | null
  unrecorded: Use | null
}>

/** So many of an account wait or are remembered; what is over is laid aside at once, never dropped. */
const rememberedMax = 256

/**
 * Lays uses beside checkouts whenever the vault was read, as its checkouts are then all told. It says
 * so as of the moment up to which the systems' logs were delivered: a log that falls silent makes the
 * answer old and never good.
 */
export const useJudge: Judge<Log | Account> = {
  id: 'protect.privilege.use',
  version: 1,
  from: [checkoutOpened, checkoutClosed, accountUsed, vaultRead, watermarkAdvanced],
  makes: [useMeasured],
  whole: [watermarkAdvanced],
  keys: fact => {
    if (!is(fact, watermarkAdvanced)) return [(fact.body as { account: Key }).account]
    return fact.body.source === useLog ? [''] : []
  },
  init: key =>
    key === ''
      ? { to: null, pos: 0 }
      : { account: key, checkouts: [], uses: [], uncovered: null, unrecorded: null },
  step: (state, input, ctx) => {
    if (!isFact(input)) return { state }
    if ('to' in state) return { state: hear(state, input, ctx) }
    return is(input, vaultRead) ? measure(state, input, ctx) : { state: learn(state, input, ctx) }
  },
}

function hear(before: Log, fact: Fact, ctx: Context): Log {
  if (!is(fact, watermarkAdvanced)) return before
  const to = sooner(fact.body.to, ctx.now)
  return before.to !== null && to <= before.to ? before : { to, pos: fact.pos }
}

function learn(before: Account, fact: Fact, ctx: Context): Account {
  const at = whenOf(fact)
  if (is(fact, checkoutOpened)) {
    const { checkout, until, recording } = fact.body
    const opened = { checkout, from: at, to: until, isRecorded: recording !== null }
    return { ...before, checkouts: [...before.checkouts, opened].slice(-rememberedMax) }
  }
  if (is(fact, checkoutClosed)) {
    const { checkout } = fact.body
    const checkouts = before.checkouts.map(one =>
      one.checkout === checkout ? { ...one, to: sooner(one.to, at) } : one,
    )
    return { ...before, checkouts }
  }
  if (!is(fact, accountUsed)) return before
  const after = { ...before, uses: [...before.uses, { at, pos: fact.pos }] }
  return after.uses.length > rememberedMax ? layBeside(after, after.uses[0]!, ctx) : after
}

/** Whether one use has a checkout with a recording, and what is remembered if not. */
function layBeside(before: Account, use: Use, ctx: Context): Account {
  const uses = before.uses.filter(one => one !== use)
  // Vault and system may tell the time apart by as much as a source may be late (V5).
  const open = before.checkouts.filter(
    one =>
      ctx.calendars.subtract(one.from, settleDefault, 'UTC') <= use.at &&
      use.at <= ctx.calendars.add(one.to, settleDefault, 'UTC'),
  )
  if (open.some(one => one.isRecorded)) return { ...before, uses }
  const last = (known: Use | null) =>
    known !== null && later(known.at, use.at) === known.at ? known : use
  return open.length === 0
    ? { ...before, uses, uncovered: last(before.uncovered) }
    : { ...before, uses, unrecorded: last(before.unrecorded) }
}

function measure(before: Account, fact: Fact, ctx: Context): Step<Account> {
  const log = ctx.root as Log | null
  const told = before.uses.filter(use => use.at <= whenOf(fact))
  const state = told.reduce((sum, use) => layBeside(sum, use, ctx), before)
  // Nobody has read the systems' logs, so nobody knows of uses.
  if (log === null || log.to === null) return { state }
  const { account, uncovered, unrecorded } = state
  const body = {
    account,
    uncovered: uncovered?.at ?? null,
    unrecorded: unrecorded?.at ?? null,
  }
  const bad = [uncovered, unrecorded].flatMap(use => (use === null ? [] : [use.pos]))
  const because = [...bad, log.pos, fact.pos]
  return { state, facts: [{ type: useMeasured, occurred: log.to, because, body }] }
}
