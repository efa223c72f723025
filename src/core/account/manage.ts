import { OkiteError } from '../error.ts'
import type { Batch } from '../ledger/store.ts'
import type { Principal } from '../module.ts'
import { type Context, type Doer, needAccount, say } from './context.ts'
import {
  accountClosed,
  accountInvited,
  resetBegun,
  roleGranted,
  roleRevoked,
  sessionEnded,
  sessionRevoked,
} from './facts.ts'
import { makeInvitation } from './invitations.ts'
import type { RoleName } from './roles.ts'
import { endSessions, sessionsOf } from './sessions.ts'
import type { Account, AccountOwner, Queries } from './store.ts'

type FirstOwner = Omit<AccountOwner, 'person'>

/** As many as an organisation that runs on one machine has people. */
const accountsMax = 10_000

export const allAccounts = (context: Context): Promise<readonly Account[]> =>
  context.store.all(context.pool, accountsMax)

/** By his number in the register of people; or by name and address, while nobody could enter him there. */
export type Invited = Readonly<{ subject: string } | { owner: FirstOwner }>

/**
 * Who is meant. Whoever answers for security enters people into the register, so the first of them cannot
 * stand in it: an administrator who is not he himself invites him as he was made himself.
 *
 * @throws OkiteError `ACCOUNT_PERSON`
 */
async function findInvited(context: Context, given: Invited, roles: readonly RoleName[]) {
  if ('owner' in given) {
    const { owner } = given
    if (!roles.includes('ciso')) throw new OkiteError('ACCOUNT_PERSON')
    return { subject: null, owner: { ...owner, person: owner.mail } }
  }
  const found = (await context.directory?.(given.subject)) ?? null
  if (found === null) throw new OkiteError('ACCOUNT_PERSON')
  return found
}

/** The account of somebody of the register; or the one that waits for the first CISO under his address. */
async function invitedBefore(
  { store }: Context,
  tx: Queries,
  { subject, owner }: Awaited<ReturnType<typeof findInvited>>,
): Promise<Account | undefined> {
  if (subject !== null) return (await store.bySubject(tx, subject))[0]
  const found = await store.byLogin(tx, owner.mail)
  return found?.state === 'invited' && found.subject === null ? found : undefined
}

/**
 * Invites somebody who stands in the register; answers the token of his link. Who has been invited
 * before and has not come gets a new link, and the old one is good no more.
 *
 * @throws OkiteError `ACCOUNT_PERSON` when the register does not know him or has no mail address of his, or
 *   somebody answers for security already and can enter him there,
 *   `ACCOUNT_TAKEN` when he, or somebody else with his address, has an account already
 */
export async function invite(
  context: Context,
  by: Principal,
  given: Invited,
  asked: readonly RoleName[],
): Promise<Readonly<{ account: string; token: string }>> {
  const roles = [...new Set(asked)]
  const found = await findInvited(context, given, roles)
  const { subject, owner } = found
  return context.ledger.write(async batch => {
    const { store, clock } = context
    const doer = await doerOf(context, batch.tx, by)
    const before = await invitedBefore(context, batch.tx, found)
    if (subject === null && before === undefined && (await store.hasRole(batch.tx, 'ciso'))) {
      throw new OkiteError('ACCOUNT_PERSON')
    }
    if (before !== undefined && before.state !== 'invited') throw new OkiteError('ACCOUNT_TAKEN')
    if (before === undefined) await requireFree(context, batch, owner, clock.nowMs())
    const nowMs = clock.nowMs()
    const account =
      before?.id ?? (await store.invite(batch.tx, owner, { subject, roles: [], nowMs }))
    if (before === undefined) {
      await say(batch, accountInvited, { account, roles }, { by: doer, person: owner })
    }
    await setRoles(context, batch, await needAccount(context, batch.tx, account), roles, doer)
    return { account, token: await makeInvitation(batch.tx, 'invitation', account, nowMs) }
  })
}

/** A closed account gives its address back: who returns is invited anew. */
async function requireFree(
  context: Context,
  batch: Batch,
  { mail }: AccountOwner,
  nowMs: number,
): Promise<void> {
  const taken = await context.store.byLogin(batch.tx, mail)
  if (taken === null) return
  if (taken.state !== 'closed') throw new OkiteError('ACCOUNT_TAKEN')
  await context.store.forget(batch.tx, taken.id, nowMs)
}

/**
 * Grants and revokes until these are the roles. Every session of the account ends: what was opened with
 * other rights goes on with none.
 *
 * @throws OkiteError `ACCOUNT_LAST` when nobody could let others in any more, `ACCOUNT_OWN` for one's own
 */
export async function changeRoles(
  context: Context,
  by: Principal,
  id: string,
  roles: readonly RoleName[],
): Promise<void> {
  if (id === by.account) throw new OkiteError('ACCOUNT_OWN')
  await context.ledger.write(async batch => {
    const doer = await doerOf(context, batch.tx, by)
    const account = await needAccount(context, batch.tx, id)
    const isChanged = await setRoles(context, batch, account, roles, doer)
    if (isChanged) await revoke(context, batch, account, 'roles', doer)
  })
}

async function setRoles(
  context: Context,
  batch: Batch,
  account: Account,
  roles: readonly RoleName[],
  by: Doer,
): Promise<boolean> {
  const granted = roles.filter(role => !account.roles.includes(role))
  const revoked = account.roles.filter(role => !roles.includes(role))
  if (revoked.includes('administrator')) await requireAnother(context, batch, account)
  const people = { by, person: account.owner }
  for (const role of granted) await say(batch, roleGranted, { account: account.id, role }, people)
  for (const role of revoked) await say(batch, roleRevoked, { account: account.id, role }, people)
  await batch.tx.query('update account.account set roles = $2 where id = $1', [account.id, roles])
  return granted.length + revoked.length > 0
}

/**
 * Closes an account and ends its sessions. Done again, it does nothing.
 *
 * @throws OkiteError `ACCOUNT_LAST`, `ACCOUNT_OWN`
 */
export async function close(context: Context, by: Principal, id: string): Promise<void> {
  if (id === by.account) throw new OkiteError('ACCOUNT_OWN')
  await context.ledger.write(async batch => {
    const doer = await doerOf(context, batch.tx, by)
    const account = await needAccount(context, batch.tx, id)
    await requireAnother(context, batch, account)
    await shut(context, batch, account, 'decided', doer)
  })
}

/**
 * Opens a closed account again for the same person, with these roles; answers the token of his link. What
 * he signed in with before opens nothing: he makes himself new credentials. An open account is closed first,
 * which is how somebody who has lost everything gets in again.
 *
 * @throws OkiteError `ACCOUNT_UNKNOWN` when it is not closed or was erased, `ACCOUNT_PERSON` when the register
 *   does not know him any more, `ACCOUNT_TAKEN` when he has another account by now
 */
export async function reopen(
  context: Context,
  by: Principal,
  id: string,
  roles: readonly RoleName[],
): Promise<Readonly<{ token: string }>> {
  const { store, clock, pool } = context
  const subject = (await store.byId(pool, id))?.subject ?? null
  if (subject !== null && ((await context.directory?.(subject)) ?? null) === null) {
    throw new OkiteError('ACCOUNT_PERSON')
  }
  return context.ledger.write(async batch => {
    const closed = await store.byId(batch.tx, id)
    if (closed?.owner == null || closed.state !== 'closed') throw new OkiteError('ACCOUNT_UNKNOWN')
    if (subject !== null && (await store.bySubject(batch.tx, subject)).length > 0) {
      throw new OkiteError('ACCOUNT_TAKEN')
    }
    const doer = await doerOf(context, batch.tx, by)
    await store.reopen(batch.tx, id)
    const people = { by: doer, person: closed.owner }
    await say(batch, accountInvited, { account: id, roles: [...roles] }, people)
    await setRoles(context, batch, await needAccount(context, batch.tx, id), roles, doer)
    return { token: await makeInvitation(batch.tx, 'invitation', id, clock.nowMs()) }
  })
}

/** Who has left has no account any more, whatever he was; answers how many were closed. */
export async function closeLeaver(context: Context, subject: string): Promise<number> {
  return context.ledger.write(async batch => {
    const accounts = await context.store.bySubject(batch.tx, subject)
    for (const account of accounts) await shut(context, batch, account, 'left', null)
    return accounts.length
  })
}

/** Closes and forgets the accounts of a person whose values are erased, in the transaction of the erasure. */
export async function forgetPerson(context: Context, batch: Batch, person: string): Promise<void> {
  for (const account of await context.store.byPerson(batch.tx, person)) {
    // His name is on its way out: it must not come onto the list once more.
    const nameless = { ...account, owner: null }
    if (account.state !== 'closed') await shut(context, batch, nameless, 'erased', null)
    await context.store.forget(batch.tx, account.id, context.clock.nowMs())
  }
}

async function shut(
  context: Context,
  batch: Batch,
  account: Account,
  why: 'decided' | 'left' | 'erased',
  by: Doer,
): Promise<void> {
  await revoke(context, batch, account, 'closed', by)
  await batch.tx.query('delete from account.invitation where account = $1', [account.id])
  await batch.tx.query('delete from account.flow where account = $1', [account.id])
  await batch.tx.query('update account.account set closed_ms = $2 where id = $1', [
    account.id,
    context.clock.nowMs(),
  ])
  await say(batch, accountClosed, { account: account.id, why }, { by, person: account.owner })
}

/** Ends the sessions of an account, all or one of this name. */
export async function revokeSessions(
  context: Context,
  by: Principal,
  id: string,
  which: Readonly<{ name?: string; but?: Buffer | null }> = {},
): Promise<void> {
  await context.ledger.write(async batch => {
    const account = await needAccount(context, batch.tx, id)
    const ended = await endSessions(batch.tx, account.id, which)
    if (ended === 0 && which.name !== undefined) throw new OkiteError('HTTP_NOT_FOUND')
    if (ended === 0) return
    const body = { account: account.id, sessions: ended, why: 'decided' } as const
    const people = { by: await doerOf(context, batch.tx, by), person: account.owner }
    await say(batch, sessionRevoked, body, people)
  })
}

async function revoke(
  context: Context,
  batch: Batch,
  account: Account,
  why: 'roles' | 'closed' | 'reset',
  by: Doer,
): Promise<void> {
  const nowMs = context.clock.nowMs()
  const running = await sessionsOf(batch.tx, account.id, nowMs, context.limits)
  await endSessions(batch.tx, account.id)
  if (running.length === 0) return
  const body = { account: account.id, sessions: running.length, why }
  await say(batch, sessionRevoked, body, { by, person: account.owner })
}

/** Left by who sat there. */
export async function leave(context: Context, session: Buffer): Promise<void> {
  await context.ledger.write(async batch => {
    const { rows } = await batch.tx.query<{ account: string }>(
      'delete from account.session where id = $1 returning account',
      [session],
    )
    const [ended] = rows
    if (ended === undefined) return
    const account = await context.store.byId(batch.tx, ended.account)
    const people = { by: account?.owner ?? null, person: account?.owner ?? null }
    await say(batch, sessionEnded, { account: ended.account }, people)
  })
}

/**
 * The second way in, for whoever may enter the data folder: a link with which an administrator makes
 * himself new credentials. His sessions end now; the old credentials go when the new ones are there.
 *
 * @param mail of the administrator; may be left out where there is one
 * @throws OkiteError `ACCOUNT_RESET`
 */
export async function resetAdministrator(context: Context, mail: string | null): Promise<string> {
  return context.ledger.write(async batch => {
    const { store, clock } = context
    const all = (await store.all(batch.tx, accountsMax)).filter(
      one => one.state === 'open' && one.roles.includes('administrator'),
    )
    const named = mail === null ? null : await store.byLogin(batch.tx, mail)
    const account =
      mail === null
        ? all.length === 1
          ? all[0]
          : undefined
        : all.find(one => one.id === named?.id)
    if (account === undefined) throw new OkiteError('ACCOUNT_RESET', { administrators: all.length })
    await revoke(context, batch, account, 'reset', null)
    await say(batch, resetBegun, { account: account.id }, { person: account.owner })
    return makeInvitation(batch.tx, 'reset', account.id, clock.nowMs())
  })
}

/** Without one nobody could let anybody in but from the machine itself. */
async function requireAnother(context: Context, batch: Batch, account: Account): Promise<void> {
  const isOne = account.roles.includes('administrator') && account.state === 'open'
  if (isOne && !(await context.store.hasAdministrator(batch.tx, account.id))) {
    throw new OkiteError('ACCOUNT_LAST')
  }
}

/** Who does it, as facts name him. */
export async function doerOf(context: Context, tx: Queries, by: Principal): Promise<Doer> {
  if (by.account === null) return null
  return (await needAccount(context, tx, by.account)).owner
}
