import type { z } from 'zod'
import { OkiteError } from '../error.ts'
import type { Visit } from '../http/door.ts'
import type { Batch } from '../ledger/store.ts'
import { type Context, needAccount, say } from './context.ts'
import { deviceOf } from './device.ts'
import {
  accountInvited,
  accountOpened,
  credentialAdded,
  credentialRemoved,
  roleGranted,
  sessionRevoked,
} from './facts.ts'
import type { Flow } from './flows.ts'
import { findInvitation, spendInvitation } from './invitations.ts'
import { configure, type Organisation } from './organisation.ts'
import type { registrationSchema } from './passkey.ts'
import { registrationOptions, verifyRegistration } from './passkey.ts'
import { requireGoodPassword } from './password.ts'
import { newRecoveryCodes, readRecoveryCode } from './recovery.ts'
import type { RoleName } from './roles.ts'
import { endSessions } from './sessions.ts'
import { enter, suffices } from './sign-in.ts'
import type { Account, AccountOwner, CredentialKind, NewCredential } from './store.ts'
import { newTotpSecret, totpStep, totpUri } from './totp.ts'

const purposes = ['set-up', 'invitation', 'reset', 'credential'] as const

/** Opens a link: what it is for, and whose. The link is used up by the end and not by being opened. */
export async function beginEnrolment(context: Context, visit: Visit, token: string) {
  const invitation = await findInvitation(context, token)
  const { purpose, account, hash } = invitation
  visit.setFlow(await context.flows.begin(purpose, { account, invitation: hash }))
  const owner = account === null ? null : (await needAccount(context, context.pool, account)).owner
  return { purpose, name: owner?.name ?? null, mail: owner?.mail ?? null }
}

/** Whoever is signed in, and has shown lately that it is he, adds or replaces credentials. */
export async function beginCredential(context: Context, visit: Visit): Promise<void> {
  const session = needFresh(context, visit)
  const bound = { account: session.principal.account, session: Buffer.from(session.id, 'hex') }
  visit.setFlow(await context.flows.begin('credential', bound))
}

/** A changed credential is a way in for ever: only soon after signing in (ASVS 7.5.1). */
const freshMs = 10 * 60_000

/** @throws OkiteError `HTTP_SESSION_NEEDED`, `ACCOUNT_STALE` */
export function needFresh(context: Context, visit: Visit) {
  const { session } = visit
  if (session === null || session.principal.account === null) {
    throw new OkiteError('HTTP_SESSION_NEEDED')
  }
  if (context.clock.nowMs() - session.startedMs > freshMs) throw new OkiteError('ACCOUNT_STALE')
  return session
}

/** `first`: who sets up has no account yet, and says with his password who he is. */
export async function choosePassword(
  context: Context,
  visit: Visit,
  password: string,
  first: FirstOwner | null,
): Promise<void> {
  const flow = await context.flows.need(visit.flow, purposes)
  const owner = await ownerOf(context, flow)
  const words = [owner?.name, owner?.mail, owner?.person, first?.name, first?.mail]
  const personal = [...words.filter(word => word !== undefined), ...context.organisationWords()]
  await requireGoodPassword(password, personal, context.breachFolder)
  const hash = await context.passwords.hash(password)
  const state = { password: hash, owner: first === null ? null : markOf(context, first) }
  await context.flows.change(visit.flow, purposes, () => ({ state }))
}

type FirstOwner = Omit<AccountOwner, 'person'>

const rolesOf = ({ isCiso }: SetUp): readonly RoleName[] =>
  isCiso ? ['administrator', 'ciso'] : ['administrator']

const markOf = ({ secrets }: Context, { name, mail }: FirstOwner): string =>
  secrets.derive('account-set-up', [name, mail]).toString('base64url')

/** A new secret for an authenticator app. It counts only after a code of it has come back. */
export async function offerTotp(context: Context, visit: Visit) {
  const flow = await context.flows.need(visit.flow, purposes)
  const secret = newTotpSecret()
  const sealed = context.secrets.seal(null, secret, totpContext(flow)).toString('base64')
  await context.flows.change(visit.flow, purposes, () => ({
    state: { totp: { sealed, step: null } },
  }))
  const owner = await ownerOf(context, flow)
  return { secret, uri: totpUri(secret, owner?.mail ?? 'administrator') }
}

export async function confirmTotp(context: Context, visit: Visit, code: string): Promise<void> {
  const flow = await context.flows.need(visit.flow, purposes)
  const { totp } = flow.state
  const secret = totp === null ? null : openTotp(context, flow, totp.sealed)
  const step = secret === null ? null : totpStep(secret, code, context.clock.nowMs())
  if (totp === null || step === null) throw new OkiteError('ACCOUNT_CODE')
  await context.flows.change(visit.flow, purposes, now => {
    // Another secret may have been asked for meanwhile: then this code was of the old one.
    if (now.state.totp?.sealed !== totp.sealed) throw new OkiteError('ACCOUNT_CODE')
    return { state: { totp: { ...totp, step } } }
  })
}

export async function offerRegistration(
  context: Context,
  visit: Visit,
  given: Readonly<{ name?: string | undefined; mail?: string | undefined }>,
) {
  const flow = await context.flows.need(visit.flow, purposes)
  const owner = await ownerOf(context, flow)
  const name = owner?.name ?? given.name ?? 'administrator'
  const have =
    flow.account === null ? [] : await context.store.credentials(context.pool, flow.account)
  const options = await registrationOptions(
    visit.place,
    {
      id: flow.account ?? flow.id.toString('hex').slice(0, 32),
      name,
      mail: owner?.mail ?? given.mail ?? name,
    },
    have.flatMap(one => (one.kind === 'passkey' && one.handle !== null ? [one.handle] : [])),
  )
  const challenge = { purpose: 'register', value: options.challenge } as const
  await context.flows.change(visit.flow, purposes, () => ({ state: { challenge } }))
  return options
}

export async function register(
  context: Context,
  visit: Visit,
  response: z.infer<typeof registrationSchema>,
): Promise<void> {
  const challenge = await context.flows.challenge(visit.flow, purposes, 'register')
  const passkey = await verifyRegistration(response, challenge, visit.place)
  if (passkey === null) throw new OkiteError('ACCOUNT_PASSKEY')
  await context.flows.change(visit.flow, purposes, () => ({ state: { passkey } }))
}

/** What the first administrator says of himself and of the organisation. */
export type SetUp = Readonly<{
  owner: FirstOwner
  organisation: Organisation
  /** He answers for security too: without that an administrator sees accounts and nothing else. */
  isCiso: boolean
}>

/**
 * The end: reads everything that was shown again and makes it what it is for, in one transaction with the
 * facts. Answers recovery codes that are shown once, where there are new ones.
 */
export async function endEnrolment(
  context: Context,
  visit: Visit,
  setUp: SetUp | null,
): Promise<Readonly<{ recovery: readonly string[] }>> {
  const done = await context.ledger.write(async batch => {
    const flow = await context.flows.end(batch.tx, visit.flow, purposes)
    const added = credentialsOf(context, flow)
    if (flow.purpose === 'credential') return replace(context, batch, visit, flow, added)
    if (!suffices(added.map(one => one.kind)) || flow.state.password === null) {
      throw new OkiteError('ACCOUNT_INCOMPLETE')
    }
    await spendInvitation(batch.tx, flow, context.clock.nowMs())
    const account = await opened(context, batch, flow, setUp)
    return { ...(await equip(context, batch, visit, account, added)), account }
    // Point of no return: with the commit the link is used up.
  })
  visit.setFlow(null)
  if (done.session) visit.enter(done.session)
  return { recovery: done.recovery }
}

/** An account that may sign in from here on. */
async function opened(
  context: Context,
  batch: Batch,
  flow: Flow,
  setUp: SetUp | null,
): Promise<Account> {
  const { store, clock } = context
  const { tx } = batch
  let id = flow.account
  if (flow.purpose === 'set-up') {
    if (setUp === null || flow.state.owner !== markOf(context, setUp.owner)) {
      throw new OkiteError('ACCOUNT_INCOMPLETE')
    }
    // Somebody else may have been quicker with another link.
    if (await store.hasAdministrator(tx, null)) throw new OkiteError('ACCOUNT_INVITATION')
    const owner = { ...setUp.owner, person: setUp.owner.mail }
    if (await store.byLogin(tx, owner.mail)) throw new OkiteError('ACCOUNT_TAKEN')
    const roles = rolesOf(setUp)
    id = await store.invite(tx, owner, { subject: null, roles, nowMs: clock.nowMs() })
    await say(
      batch,
      accountInvited,
      { account: id, roles: [...roles] },
      { by: owner, person: owner },
    )
    for (const role of roles) {
      await say(batch, roleGranted, { account: id, role }, { by: owner, person: owner })
    }
    await configure(batch, setUp.organisation, owner)
  }
  const account = await needAccount(context, tx, id)
  if (flow.purpose === 'reset') await disarm(context, batch, account)
  if (account.state === 'invited') {
    await tx.query('update account.account set opened_ms = $2 where id = $1', [
      account.id,
      clock.nowMs(),
    ])
    const people = { by: account.owner, person: account.owner }
    await say(batch, accountOpened, { account: account.id }, people)
  }
  return { ...account, state: 'open' }
}

/** After a reset nothing of before opens the account. */
async function disarm(context: Context, batch: Batch, account: Account): Promise<void> {
  const people = { by: account.owner, person: account.owner }
  for (const credential of ['password', 'totp', 'passkey', 'recovery'] as const) {
    if ((await context.store.remove(batch.tx, account.id, credential)) === 0) continue
    const body = { account: account.id, credential, why: 'replaced' } as const
    await say(batch, credentialRemoved, body, people)
  }
}

/** Keeps what was shown, with fresh recovery codes, and begins a session of both factors. */
async function equip(
  context: Context,
  batch: Batch,
  visit: Visit,
  account: Account,
  added: readonly NewCredential[],
) {
  const recovery = newRecoveryCodes()
  await keepAll(context, batch, visit, account, [...added, ...asCredentials(recovery)])
  const session = await enter(
    context,
    batch,
    visit,
    account,
    added.map(one => one.kind),
  )
  return { recovery, session }
}

const asCredentials = (codes: readonly string[]): readonly NewCredential[] =>
  codes.map(code => ({ kind: 'recovery', code: readRecoveryCode(code) ?? '' }))

/** One fact for each kind: that there are eight recovery codes is no news. */
async function keepAll(
  context: Context,
  batch: Batch,
  visit: Visit,
  account: Account,
  added: readonly NewCredential[],
): Promise<void> {
  const made = { device: deviceOf(visit.agent), nowMs: context.clock.nowMs() }
  for (const one of added) await context.store.keep(batch.tx, account.id, one, made)
  const people = { by: account.owner, person: account.owner }
  for (const credential of new Set(added.map(one => one.kind))) {
    await say(batch, credentialAdded, { account: account.id, credential }, people)
  }
}

/** One's own credentials: the new stands for the old, and every other session ends (ASVS 7.4.3). */
async function replace(
  context: Context,
  batch: Batch,
  visit: Visit,
  flow: Flow,
  added: readonly NewCredential[],
) {
  const session = needFresh(context, visit)
  const isSame = flow.session?.toString('hex') === session.id
  if (!isSame || added.length === 0) throw new OkiteError('ACCOUNT_INCOMPLETE')
  const account = await needAccount(context, batch.tx, flow.account)
  const people = { by: account.owner, person: account.owner }
  for (const { kind } of added) {
    // A second passkey stands beside the first; of the others there is one.
    if (kind === 'passkey' || (await context.store.remove(batch.tx, account.id, kind)) === 0)
      continue
    const body = { account: account.id, credential: kind, why: 'replaced' } as const
    await say(batch, credentialRemoved, body, people)
  }
  await keepAll(context, batch, visit, account, added)
  const sessions = await endSessions(batch.tx, account.id)
  const body = { account: account.id, sessions, why: 'credentials' } as const
  if (sessions > 0) await say(batch, sessionRevoked, body, people)
  // His rights have changed hands in a way: he goes on under a new id.
  const next = await enter(
    context,
    batch,
    visit,
    account,
    added.map(one => one.kind),
  )
  return { recovery: [], session: next, account }
}

function credentialsOf(context: Context, flow: Flow): readonly NewCredential[] {
  const { password, totp, passkey } = flow.state
  return [
    ...(password === null ? [] : [{ kind: 'password', hash: password } as const]),
    // Without a step no code of it has come back.
    ...(totp === null || totp.step === null
      ? []
      : [
          {
            kind: 'totp',
            secret: openTotp(context, flow, totp.sealed),
            step: totp.step,
          } as const,
        ]),
    ...(passkey === null ? [] : [{ kind: 'passkey', ...passkey } as const]),
  ]
}

/**
 * Removes one credential. What is left must still be two factors.
 *
 * @throws OkiteError `ACCOUNT_INCOMPLETE`
 */
export async function removeCredential(context: Context, visit: Visit, id: string): Promise<void> {
  const session = needFresh(context, visit)
  await context.ledger.write(async batch => {
    const account = await needAccount(context, batch.tx, session.principal.account)
    const have = await context.store.credentials(batch.tx, account.id)
    const gone = have.find(one => one.id === id)
    // Another's credential and none at all are the same to him.
    if (gone === undefined) throw new OkiteError('HTTP_NOT_FOUND')
    const left: readonly CredentialKind[] = have.filter(one => one !== gone).map(one => one.kind)
    if (!suffices(left)) throw new OkiteError('ACCOUNT_INCOMPLETE')
    await batch.tx.query('delete from account.credential where id = $1', [gone.id])
    const people = { by: account.owner, person: account.owner }
    const body = { account: account.id, credential: gone.kind, why: 'decided' } as const
    await say(batch, credentialRemoved, body, people)
    await endOthers(batch, account, session.id)
  })
}

/** New recovery codes for the old ones, which open nothing from here on; told once. */
export async function renewRecovery(
  context: Context,
  visit: Visit,
): Promise<Readonly<{ recovery: readonly string[] }>> {
  const session = needFresh(context, visit)
  const recovery = newRecoveryCodes()
  await context.ledger.write(async batch => {
    const account = await needAccount(context, batch.tx, session.principal.account)
    const people = { by: account.owner, person: account.owner }
    if ((await context.store.remove(batch.tx, account.id, 'recovery')) > 0) {
      const body = { account: account.id, credential: 'recovery', why: 'replaced' } as const
      await say(batch, credentialRemoved, body, people)
    }
    await keepAll(context, batch, visit, account, asCredentials(recovery))
    await endOthers(batch, account, session.id)
    // Point of no return: with the commit the old codes are good no more.
  })
  return { recovery }
}

/** Whoever got in with what was good before does not stay in (ASVS 7.4.3). */
async function endOthers(batch: Batch, account: Account, session: string): Promise<void> {
  const sessions = await endSessions(batch.tx, account.id, { but: Buffer.from(session, 'hex') })
  if (sessions === 0) return
  const body = { account: account.id, sessions, why: 'credentials' } as const
  await say(batch, sessionRevoked, body, { by: account.owner, person: account.owner })
}

async function ownerOf(context: Context, flow: Flow): Promise<AccountOwner | null> {
  if (flow.account === null) return null
  return (await needAccount(context, context.pool, flow.account)).owner
}

const openTotp = (context: Context, flow: Flow, sealed: string): string =>
  context.secrets.open(null, Buffer.from(sealed, 'base64'), totpContext(flow))

const totpContext = (flow: Flow): Buffer =>
  Buffer.from(`okite/account/flow ${flow.id.toString('hex')}`)
