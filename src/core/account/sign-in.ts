import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { z } from 'zod'
import { OkiteError } from '../error.ts'
import type { Visit } from '../http/door.ts'
import type { Batch } from '../ledger/store.ts'
import { type Context, needAccount, say } from './context.ts'
import { deviceOf } from './device.ts'
import { credentialRemoved, sessionBegun } from './facts.ts'
import type { Flow, Proof } from './flows.ts'
import type { authenticationSchema } from './passkey.ts'
import { authenticationOptions, verifyAuthentication } from './passkey.ts'
import { readRecoveryCode } from './recovery.ts'
import { beginSession } from './sessions.ts'
import type { Account, Queries } from './store.ts'
import { canonicalMail } from './store.ts'
import { totpStep } from './totp.ts'

const purposes = ['sign-in'] as const

/** What is wrong is never said: neither whether the account exists nor which factor failed. */
const refusal = () => new OkiteError('ACCOUNT_REFUSED')

/** Begins to sign in: a flow for this browser, and a challenge for a passkey that any browser may try. */
export async function beginSignIn(context: Context, visit: Visit) {
  const secret = await context.flows.begin('sign-in')
  visit.setFlow(secret)
  return offerPasskey(context, visit, secret)
}

/** A new challenge: each is good for one answer. */
export async function offerPasskey(context: Context, visit: Visit, secret = visit.flow) {
  const options = await authenticationOptions(visit.place)
  const challenge = { purpose: 'sign-in', value: options.challenge } as const
  await context.flows.change(secret, purposes, () => ({ state: { challenge } }))
  return { passkey: options }
}

/**
 * Mail address and password. An account that does not exist takes as long and counts its tries like one
 * that does.
 */
export async function showPassword(
  context: Context,
  visit: Visit,
  given: Readonly<{ mail: string; password: string }>,
): Promise<Readonly<{ next: readonly ('totp' | 'passkey' | 'recovery')[] }>> {
  const { store, pool, tries, passwords } = context
  await context.flows.need(visit.flow, purposes)
  const key = triesKey(context, visit, given.mail)
  await tries.take(key)
  const account = await store.byLogin(pool, given.mail)
  const isOpen = account?.state === 'open'
  const credential = isOpen ? await store.credential(pool, account.id, 'password') : null
  const isRight = await passwords.verify(given.password, credential?.hash ?? null)
  if (!isRight || credential === null) {
    await context.refusals.count(account?.id ?? null)
    throw refusal()
  }
  await tries.forgive(key)
  await context.flows.prove(visit.flow, credential.account, {
    kind: 'password',
    credential: credential.id,
  })
  const kinds = new Set((await store.credentials(pool, credential.account)).map(one => one.kind))
  return { next: (['totp', 'passkey', 'recovery'] as const).filter(kind => kinds.has(kind)) }
}

/** A code of an authenticator app, after the password. Each 30 seconds one code, and that one once. */
export async function showTotp(context: Context, visit: Visit, code: string): Promise<void> {
  const { store, pool, tries, clock } = context
  const account = await accountOf(context, visit)
  const key = context.secrets.derive('account-tries', ['totp', account])
  await tries.take(key)
  const credential = await store.credential(pool, account, 'totp')
  const secret = credential === null ? null : await store.openTotp(pool, credential)
  const step = secret === null ? null : totpStep(secret, code, clock.nowMs())
  const isSpent =
    credential !== null &&
    step !== null &&
    (await store.spendStep(pool, credential.id, step, clock.nowMs()))
  if (!isSpent) {
    await context.refusals.count(account)
    throw refusal()
  }
  await tries.forgive(key)
  await context.flows.prove(visit.flow, account, { kind: 'totp', credential: credential.id })
}

/** One of the codes on paper, after the password. It is gone when it is right, whatever comes then. */
export async function showRecovery(context: Context, visit: Visit, text: string): Promise<void> {
  const { store, tries } = context
  const id = await accountOf(context, visit)
  const key = context.secrets.derive('account-tries', ['recovery', id])
  await tries.take(key)
  const code = readRecoveryCode(text)
  const isSpent = await context.ledger.write(async batch => {
    if (code === null || !(await store.spendRecovery(batch.tx, id, code))) return false
    const { owner } = await needAccount(context, batch.tx, id)
    const body = { account: id, credential: 'recovery', why: 'used' } as const
    await say(batch, credentialRemoved, body, { by: owner, person: owner })
    return true
  })
  if (!isSpent) {
    await context.refusals.count(id)
    throw refusal()
  }
  await tries.forgive(key)
  await context.flows.prove(visit.flow, id, { kind: 'recovery', credential: null })
}

/** A passkey: alone, because it checks who uses it, or after a password. */
export async function showPasskey(
  context: Context,
  visit: Visit,
  response: z.infer<typeof authenticationSchema>,
): Promise<void> {
  const { store, pool, clock } = context
  // Taken away before the answer is read: a second answer to it is none.
  const challenge = await context.flows.challenge(visit.flow, purposes, 'sign-in')
  const credential = await store.passkey(pool, response.id)
  const counter =
    credential === null
      ? null
      : await verifyAuthentication(response, challenge, visit.place, credential)
  const isFresh =
    credential !== null &&
    counter !== null &&
    (await store.spendCounter(pool, credential.id, counter, clock.nowMs()))
  if (!isFresh) {
    await context.refusals.count(credential?.account ?? null)
    throw refusal()
  }
  await context.flows.prove(visit.flow, credential.account, {
    kind: 'passkey',
    credential: credential.id,
  })
}

/**
 * The end: everything that was shown is read again, each credential must still be there, and only then
 * there is a session. What a browser has sent on the way, how often and in which order, changes nothing
 * about that.
 */
export async function endSignIn(context: Context, visit: Visit): Promise<void> {
  const { account, session } = await context.ledger.write(async batch => {
    const flow = await context.flows.end(batch.tx, visit.flow, purposes)
    const account = await recompute(context, batch.tx, flow)
    // Of what was shown before the id changed nothing opens anything any more (session fixation).
    if (visit.session) {
      await batch.tx.query('delete from account.session where id = $1', [
        Buffer.from(visit.session.id, 'hex'),
      ])
    }
    const methods = flow.state.proofs.map(proof => proof.kind)
    return { account, session: await enter(context, batch, visit, account, methods) }
    // Point of no return: with the commit the flow is used up and the session runs.
  })
  visit.setFlow(null)
  visit.enter(session)
  if (account.owner) visit.setDevice(newDevice(context, account.owner.mail))
}

/** A session for an account, and the fact. */
export async function enter(
  context: Context,
  batch: Batch,
  { agent, client }: Pick<Visit, 'agent' | 'client'>,
  account: Account,
  methods: readonly Proof['kind'][],
) {
  const device = deviceOf(agent)
  const given = { account: account.id, methods, device, client, nowMs: context.clock.nowMs() }
  const session = await beginSession(batch.tx, given, context.limits)
  const people = { by: account.owner, person: account.owner }
  await say(batch, sessionBegun, { account: account.id, methods: [...methods] }, people)
  return session
}

async function recompute(context: Context, tx: Queries, flow: Flow): Promise<Account> {
  const account = flow.account === null ? null : await context.store.byId(tx, flow.account)
  if (account === null || account.state !== 'open') throw new OkiteError('ACCOUNT_INCOMPLETE')
  const have = await context.store.credentials(tx, account.id)
  const stands = flow.state.proofs.filter(
    proof =>
      // A recovery code is gone because it was right.
      proof.kind === 'recovery' ||
      have.some(one => one.id === proof.credential && one.kind === proof.kind),
  )
  if (!suffices(stands.map(proof => proof.kind))) throw new OkiteError('ACCOUNT_INCOMPLETE')
  return account
}

/** Two factors, for everybody. */
export const suffices = (kinds: readonly string[]): boolean =>
  kinds.includes('passkey') ||
  (kinds.includes('password') && (kinds.includes('totp') || kinds.includes('recovery')))

async function accountOf(context: Context, visit: Visit): Promise<string> {
  const flow = await context.flows.need(visit.flow, purposes)
  const hasPassword = flow.state.proofs.some(proof => proof.kind === 'password')
  if (flow.account === null || !hasPassword) throw new OkiteError('ACCOUNT_FLOW')
  return flow.account
}

/**
 * A browser in which this person has signed in before has tries of its own, so that guesses made
 * elsewhere do not keep him out of it (OWASP, device cookies). It opens nothing and is no factor.
 */
function newDevice(context: Context, mail: string): string {
  const nonce = randomBytes(16).toString('base64url')
  return `${nonce}.${deviceMac(context, mail, nonce).toString('base64url')}`
}

function triesKey(context: Context, visit: Visit, mail: string): Buffer {
  const [nonce = '', mac = ''] = (visit.device ?? '').split('.')
  const want = deviceMac(context, mail, nonce)
  const given = Buffer.from(mac, 'base64url')
  const isKnown = given.length === want.length && timingSafeEqual(given, want)
  const login = canonicalMail(mail)
  return context.secrets.derive('account-tries', ['password', login, isKnown ? nonce : ''])
}

const deviceMac = (context: Context, mail: string, nonce: string): Buffer =>
  context.secrets.derive('account-device', [canonicalMail(mail), nonce])
