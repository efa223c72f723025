import type { Pool } from 'pg'
import { migrateForward } from '../db/migrate.ts'
import { codeOf } from '../error.ts'
import type { Door, Session } from '../http/door.ts'
import type { HttpLimits } from '../http/limits.ts'
import type { Secrets } from '../ledger/secrets.ts'
import type { Batch, Ledger } from '../ledger/store.ts'
import { inTransaction } from '../ledger/transaction.ts'
import type { Log } from '../log.ts'
import type { Accounts, Directory, Module, Principal } from '../module.ts'
import type { Clock } from '../time.ts'
import { toInstant } from '../time.ts'
import { type Context } from './context.ts'
import { evidenceRead } from './facts.ts'
import { Flows } from './flows.ts'
import { makeInvitation } from './invitations.ts'
import { closeLeaver, forgetPerson, leave, resetAdministrator } from './manage.ts'
import type { Organisation } from './organisation.ts'
import { createPasswords } from './password.ts'
import { createRefusals } from './refusals.ts'
import { permissionsOf, permissionTable } from './roles.ts'
import { accountRoutes } from './routes.ts'
import { findSession, runningSessions } from './sessions.ts'
import { AccountStore } from './store.ts'
import { createTries } from './tries.ts'

/** Accounts, put together: the door of the edge, and what the machine itself may do. */
export type AccountDesk = Accounts &
  Readonly<{
    door: Door
    /** Whether somebody can sign in who can let others in. */
    isSetUp(): Promise<boolean>
    /** A link that opens the set-up; null once there is an administrator. */
    setUpLink(): Promise<string | null>
    /** @throws OkiteError `ACCOUNT_RESET` */
    resetLink(mail: string | null): Promise<string>
    /** Says that an auditor reads; of others it says nothing. */
    tellRead(principal: Principal, object: string): Promise<void>
    /** Takes the values of a person away, in the transaction of his erasure. */
    forget(batch: Batch, person: string): Promise<void>
    close(): Promise<void>
  }>

export type AccountOptions = Readonly<{
  pool: Pool
  ledger: Pick<Ledger, 'write' | 'submit' | 'refOf'>
  secrets: Secrets
  clock: Clock
  log: Log
  limits: HttpLimits
  modules: readonly Module[]
  directory: Directory | null
  registerTypes: readonly string[]
  breachFolder: string | null
  organisationWords(): readonly string[]
  /** What the organisation says of itself; null before it is set up. */
  organisation(): Organisation | null
}>

/** Refusals are told soon after their span is over. */
const tellMs = 60_000

/** Opens the tables of accounts, and brings them to this version. */
export async function openAccounts(options: AccountOptions): Promise<AccountDesk> {
  const { pool, ledger, secrets, clock, log, limits } = options
  await migrate(pool)
  const store = new AccountStore(secrets)
  const refusals = createRefusals(pool, ledger, store, clock)
  const context: Context = {
    ...{ pool, ledger, secrets, clock, log, store, refusals },
    flows: new Flows(pool, clock),
    tries: createTries(pool, clock),
    passwords: createPasswords(secrets.derive('account-pepper', [])),
    limits: { ...limits, sessionsMax: limits.sessionsPerAccountMax },
    breachFolder: options.breachFolder,
    directory: options.directory,
    registerTypes: options.registerTypes,
    permissions: permissionTable(options.modules),
    organisationWords: options.organisationWords,
    organisation: options.organisation,
  }
  const tell = () =>
    refusals.tell().catch((error: unknown) => {
      log.warn('account.refusals.failed', { code: codeOf(error) })
    })
  const timer = setInterval(() => void tell(), tellMs)
  timer.unref()
  const isSetUp = () => store.hasAdministrator(pool, null)
  const setUpLink = async () => {
    if (await isSetUp()) return null
    return linkOf(
      await inTransaction(pool, tx => makeInvitation(tx, 'set-up', null, clock.nowMs())),
    )
  }
  return {
    door: doorOf(context, async () => (await setUpLink()) ?? '/'),
    isSetUp,
    setUpLink,
    resetLink: async mail => linkOf(await resetAdministrator(context, mail)),
    tellRead: createReading(context),
    forget: (batch, person) => forgetPerson(context, batch, person),
    closeLeaver: subject => closeLeaver(context, subject),
    async close() {
      clearInterval(timer)
      await tell()
    },
  }
}

async function migrate(pool: Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await migrateForward(client, {
      name: 'account',
      folder: import.meta.dirname,
      migrations: ['schema.sql', 'devices.sql', 'language.sql'],
    })
  } finally {
    client.release()
  }
}

/** In the fragment, which a browser neither sends nor logs. */
const linkOf = (token: string): string => `/#enrol=${token}`

function doorOf(context: Context, link: () => Promise<string>): Door {
  const { pool, clock, limits } = context
  return {
    routes: accountRoutes({ context, linkOf }),
    find: secret => sessionOf(context, secret),
    running: ids => runningSessions(pool, ids, clock.nowMs(), limits),
    end: session => leave(context, Buffer.from(session.id, 'hex')),
    link,
  }
}

/** Read anew for every request: a role that was revoked a moment ago is not there any more. */
async function sessionOf(context: Context, secret: string): Promise<Session | null> {
  const { pool, store, clock, limits } = context
  const kept = await findSession(pool, secret, clock.nowMs(), limits)
  const account = kept === null ? null : await store.byId(pool, kept.account)
  if (kept === null || account === null || account.state !== 'open' || account.owner === null) {
    return null
  }
  return {
    id: kept.id.toString('hex'),
    startedMs: kept.begunMs,
    endsMs: kept.endsMs,
    principal: {
      account: account.id,
      person: account.owner.person,
      name: account.owner.name,
      roles: account.roles,
      permissions: permissionsOf(account.roles, context.permissions),
    },
  }
}

/** As many objects as an auditor can open in a minute, ten times over. */
const readsMax = 10_000

/** The same object within a minute is one fact, by its identity; what was just told is not asked again. */
function createReading({ ledger, clock }: Context): AccountDesk['tellRead'] {
  const told = new Set<string>()
  return async ({ account, person, name, roles }, object) => {
    if (account === null || person === null || !roles.includes('auditor')) return
    const nowMs = clock.nowMs()
    const identity = `read ${account} ${Math.floor(nowMs / 60_000)} ${object}`
    if (told.has(identity)) return
    const now = toInstant(nowMs)
    // Told before the evidence is shown: what cannot be told is not shown.
    await ledger.submit('core', {
      type: evidenceRead,
      source: 'okite',
      ...{ occurred: now, observed: now },
      trust: 'instrument',
      body: { account, object },
      private: { by: { value: name, person } },
      identity,
    })
    if (told.size >= readsMax) told.clear()
    told.add(identity)
  }
}
