import { z } from 'zod'
import { OkiteError } from '../error.ts'
import type { DoorRoute, Visit } from '../http/door.ts'
import { doorRoute } from '../http/door.ts'
import { nothing } from '../http/own-routes.ts'
import { publicPermission, sessionPermission } from '../http/permission.ts'
import { createBuckets } from '../http/rate.ts'
import { locales } from '../i18n/locale.ts'
import { bindToRegister } from './bind.ts'
import type { Context } from './context.ts'
import * as enrolment from './enrolment.ts'
import { organisationConfigured } from './facts.ts'
import { chooseLanguage } from './language.ts'
import * as manage from './manage.ts'
import { reconfigure } from './organisation.ts'
import { authenticationSchema, registrationSchema } from './passkey.ts'
import { lengthMax } from './password.ts'
import { roles } from './roles.ts'
import { sessionsOf } from './sessions.ts'
import * as signIn from './sign-in.ts'
import { type Account, ownerSchema } from './store.ts'

/** Longer ones reach the rule that refuses them; nothing is cut. */
const password = z
  .string()
  .min(1)
  .max(4 * lengthMax)
const mail = z.string().min(1).max(200)
const code = z.string().min(1).max(80)
const role = z.enum(roles)
const kind = z.enum(['password', 'totp', 'passkey', 'recovery'])
const done = z.strictObject({})
const options = z.record(z.string(), z.json())
const instant = z.iso.datetime()
const id = z.strictObject({ id: z.uuid() })

/** One address that tries at random; a person types no faster. */
const perClient = { burst: 40, perSecond: 0.2 }
const clientsMax = 1_024

type Options = Readonly<{ context: Context; linkOf(token: string): string }>

/** The routes by which people come in, and by which they and administrators look after accounts. */
export function accountRoutes(given: Options): readonly DoorRoute[] {
  return [
    ...signInRoutes(given),
    ...enrolmentRoutes(given),
    ...ownRoutes(given),
    ...manageRoutes(given),
    ...organisationRoutes(given.context),
  ]
}

/** Public, all of them: whoever signs in has no session yet. */
function signInRoutes({ context }: Options): readonly DoorRoute[] {
  const clients = createBuckets(perClient, context.clock, clientsMax)
  const post = <B>(
    path: string,
    summary: string,
    body: z.ZodType<B>,
    response: z.ZodType,
    run: (visit: Visit, body: B) => Promise<unknown>,
  ) =>
    doorRoute({
      ...{ method: 'post', path: `/sign-in${path}`, permission: publicPermission, summary },
      ...{ body, response },
      run(visit, input) {
        clients.take(visit.client)
        return run(visit, input.body)
      },
    })
  return [
    post('', 'Begin to sign in', nothing, z.strictObject({ passkey: options }), visit =>
      signIn.beginSignIn(context, visit),
    ),
    post(
      '/password',
      'Show a password',
      z.strictObject({ mail, password }),
      z.strictObject({ next: z.array(kind) }),
      (visit, body) => signIn.showPassword(context, visit, body),
    ),
    post('/totp', 'Show a code of an app', z.strictObject({ code }), done, async (visit, body) => {
      await signIn.showTotp(context, visit, body.code)
      return {}
    }),
    post(
      '/recovery',
      'Show a recovery code',
      z.strictObject({ code }),
      done,
      async (visit, body) => {
        await signIn.showRecovery(context, visit, body.code)
        return {}
      },
    ),
    post(
      '/passkey/offer',
      'A new challenge for a passkey',
      nothing,
      z.strictObject({ passkey: options }),
      visit => signIn.offerPasskey(context, visit),
    ),
    post(
      '/passkey',
      'Show a passkey',
      z.strictObject({ response: authenticationSchema }),
      done,
      async (visit, body) => {
        await signIn.showPasskey(context, visit, body.response)
        return {}
      },
    ),
    post('/end', 'Begin a session with what was shown', nothing, done, async visit => {
      await signIn.endSignIn(context, visit)
      return {}
    }),
  ]
}

const firstOwner = ownerSchema.omit({ person: true })
const setUp = z.strictObject({
  owner: firstOwner,
  organisation: organisationConfigured.schema,
  isCiso: z.boolean(),
})

/** Public: who holds a link has no session. What has no link and no session has no flow either. */
function enrolmentRoutes({ context }: Options): readonly DoorRoute[] {
  const clients = createBuckets(perClient, context.clock, clientsMax)
  const post = <B>(
    path: string,
    summary: string,
    body: z.ZodType<B>,
    response: z.ZodType,
    run: (visit: Visit, body: B) => Promise<unknown>,
  ) =>
    doorRoute({
      ...{ method: 'post', path: `/enrolment${path}`, permission: publicPermission, summary },
      ...{ body, response },
      run(visit, input) {
        clients.take(visit.client)
        return run(visit, input.body)
      },
    })
  return [
    post(
      '',
      'Open the link of a set-up, an invitation or a reset',
      z.strictObject({ token: z.string().min(1).max(200) }),
      z.strictObject({
        purpose: z.enum(['set-up', 'invitation', 'reset']),
        name: z.string().nullable(),
        mail: z.string().nullable(),
      }),
      (visit, { token }) => enrolment.beginEnrolment(context, visit, token),
    ),
    post(
      '/password',
      'Choose a password',
      z.strictObject({ password, owner: firstOwner.nullable() }),
      done,
      async (visit, body) => {
        await enrolment.choosePassword(context, visit, body.password, body.owner)
        return {}
      },
    ),
    post(
      '/totp/offer',
      'A new secret for an authenticator app',
      nothing,
      z.strictObject({ secret: z.string(), uri: z.string() }),
      visit => enrolment.offerTotp(context, visit),
    ),
    post('/totp', 'Confirm it with a code', z.strictObject({ code }), done, async (visit, body) => {
      await enrolment.confirmTotp(context, visit, body.code)
      return {}
    }),
    post(
      '/passkey/offer',
      'A challenge for a new passkey',
      z.strictObject({ name: z.string().max(120).optional(), mail: mail.optional() }),
      z.strictObject({ passkey: options }),
      async (visit, body) => ({
        passkey: await enrolment.offerRegistration(context, visit, body),
      }),
    ),
    post(
      '/passkey',
      'Show the new passkey',
      z.strictObject({ response: registrationSchema }),
      done,
      async (visit, body) => {
        await enrolment.register(context, visit, body.response)
        return {}
      },
    ),
    post(
      '/end',
      'Make what was shown the credentials of the account',
      z.strictObject({ setUp: setUp.nullable() }),
      z.strictObject({ recovery: z.array(z.string()) }),
      (visit, body) => enrolment.endEnrolment(context, visit, body.setUp),
    ),
  ]
}

const sessionView = z.strictObject({
  name: z.uuid(),
  methods: z.array(z.string()),
  device: z.string().nullable(),
  client: z.string().nullable(),
  begun: instant,
  seen: instant,
  until: instant,
  isThis: z.boolean(),
})

const ownView = z.strictObject({
  name: z.string(),
  mail: z.string(),
  roles: z.array(role),
  /** Whether the register of people has him. */
  isBound: z.boolean(),
  /** In which he is written to; null: that of the organisation. */
  language: z.enum(locales).nullable(),
  credentials: z.array(
    z.strictObject({
      id: z.uuid(),
      kind,
      added: instant,
      used: instant.nullable(),
      device: z.string().nullable(),
    }),
  ),
  sessions: z.array(sessionView),
})

export type OwnAccountView = z.infer<typeof ownView>

/** Everybody's own: the account is that of the session, and never one that a request names. */
function ownRoutes({ context }: Options): readonly DoorRoute[] {
  const post = <B>(
    path: string,
    summary: string,
    body: z.ZodType<B>,
    run: (visit: Visit, body: B) => Promise<void>,
  ) =>
    doorRoute({
      ...{ method: 'post', path: `/account${path}`, permission: sessionPermission, summary },
      ...{ body, response: done },
      async run(visit, input) {
        await run(visit, input.body)
        return {}
      },
    })
  return [
    doorRoute({
      method: 'get',
      path: '/account',
      permission: sessionPermission,
      summary: 'My credentials and my sessions',
      response: ownView,
      run: visit => ownAccount(context, visit),
    }),
    post('/enrolment', 'Begin to add or replace a credential of mine', nothing, visit =>
      enrolment.beginCredential(context, visit),
    ),
    doorRoute({
      ...{ method: 'post', path: '/account/recovery', permission: sessionPermission },
      summary: 'New recovery codes of mine, shown once; the old ones are good no more',
      body: nothing,
      response: z.strictObject({ recovery: z.array(z.string()) }),
      run: visit => enrolment.renewRecovery(context, visit),
    }),
    post(
      '/bind',
      'Say which entry of the register of people is mine',
      z.strictObject({ number: z.string().trim().min(1).max(80) }),
      (visit, { number }) => bindToRegister(context, visit, number),
    ),
    post(
      '/language',
      'In which language I am written to; null: in that of the organisation',
      z.strictObject({ language: z.enum(locales).nullable() }),
      (visit, { language }) => chooseLanguage(context, visit, language),
    ),
    post('/credential/remove', 'Remove a credential of mine', id, (visit, body) =>
      enrolment.removeCredential(context, visit, body.id),
    ),
    post(
      '/session/end',
      'End one of my sessions, or all others',
      z.strictObject({ name: z.uuid().nullable() }),
      async (visit, { name }) => {
        const { own } = need(visit)
        // Who found a browser left open must not lock its owner out of the others (ASVS 7.5.2).
        const session = enrolment.needFresh(context, visit)
        const which = name === null ? { but: Buffer.from(session.id, 'hex') } : { name }
        await manage.revokeSessions(context, session.principal, own, which)
      },
    ),
  ]
}

/** The session of somebody who has an account: whoever sits at the machine itself has none. */
function need(visit: Visit) {
  const { session } = visit
  const own = session?.principal.account ?? null
  if (session === null || own === null) throw new OkiteError('HTTP_SESSION_NEEDED')
  return { session, own }
}

async function ownAccount(context: Context, visit: Visit): Promise<OwnAccountView> {
  const { session, own } = need(visit)
  const { store, pool, clock, limits } = context
  const account = await store.byId(pool, own)
  if (account?.owner == null) throw new OkiteError('HTTP_SESSION_NEEDED')
  const credentials = await store.credentials(pool, own)
  const sessions = await sessionsOf(pool, own, clock.nowMs(), limits)
  return {
    name: account.owner.name,
    mail: account.owner.mail,
    roles: [...account.roles],
    isBound: account.subject !== null,
    language: account.language,
    credentials: credentials.map(one => ({
      id: one.id,
      kind: one.kind,
      added: at(Number(one.added_ms)),
      used: one.used_ms === null ? null : at(Number(one.used_ms)),
      device: one.device,
    })),
    sessions: sessions.map(one => ({
      name: one.name,
      methods: [...one.methods],
      device: one.device,
      client: one.client,
      begun: at(one.begunMs),
      seen: at(one.seenMs),
      until: at(one.endsMs),
      isThis: one.id.toString('hex') === session.id,
    })),
  }
}

const at = (ms: number): string => new Date(ms).toISOString()

const accountView = z.strictObject({
  id: z.uuid(),
  /** null: erased. */
  name: z.string().nullable(),
  mail: z.string().nullable(),
  subject: z.string().nullable(),
  roles: z.array(role),
  state: z.enum(['invited', 'open', 'closed']),
  opened: instant.nullable(),
  /** Of whoever asks: nobody changes his own. */
  isOwn: z.boolean(),
})

export type AccountView = z.infer<typeof accountView>

const viewOf = (account: Account, own: string | null): AccountView => ({
  id: account.id,
  name: account.owner?.name ?? null,
  mail: account.owner?.mail ?? null,
  subject: account.subject,
  roles: [...account.roles],
  state: account.state,
  opened: account.openedMs === null ? null : at(account.openedMs),
  isOwn: account.id === own,
})

function manageRoutes({ context, linkOf }: Options): readonly DoorRoute[] {
  const permission = 'account.manage'
  const rolesField = z.array(role).min(1).max(roles.length)
  return [
    doorRoute({
      ...{ method: 'get', path: '/accounts', permission, summary: 'All accounts' },
      response: z.strictObject({ accounts: z.array(accountView) }),
      async run(visit) {
        const own = principalOf(visit).account
        const all = await manage.allAccounts(context)
        return { accounts: all.map(account => viewOf(account, own)) }
      },
    }),
    doorRoute({
      ...{ method: 'post', path: '/accounts/invite', permission },
      summary: 'Invite a person of the register, or the first CISO; answers the link, shown once',
      body: z.union([
        z.strictObject({ subject: z.string().min(1).max(80), roles: rolesField }),
        z.strictObject({ owner: firstOwner, roles: rolesField }),
      ]),
      response: z.strictObject({ account: z.uuid(), link: z.string() }),
      async run(visit, { body }) {
        const { roles: asked, ...given } = body
        const by = principalOf(visit)
        const { account, token } = await manage.invite(context, by, given, asked)
        return { account, link: `${visit.place.origin}${linkOf(token)}` }
      },
    }),
    doorRoute({
      ...{ method: 'post', path: '/accounts/roles', permission },
      summary: 'Give an account these roles and no others',
      body: z.strictObject({ id: z.uuid(), roles: rolesField }),
      response: done,
      async run(visit, { body }) {
        await manage.changeRoles(context, principalOf(visit), body.id, [...new Set(body.roles)])
        return {}
      },
    }),
    doorRoute({
      ...{ method: 'post', path: '/accounts/close', permission },
      summary: 'Close an account and end its sessions',
      body: id,
      response: done,
      async run(visit, { body }) {
        await manage.close(context, principalOf(visit), body.id)
        return {}
      },
    }),
    doorRoute({
      ...{ method: 'post', path: '/accounts/reopen', permission },
      summary: 'Open a closed account again; answers a link, which is shown once',
      body: z.strictObject({ id: z.uuid(), roles: rolesField }),
      response: z.strictObject({ link: z.string() }),
      async run(visit, { body }) {
        const roles = [...new Set(body.roles)]
        const { token } = await manage.reopen(context, principalOf(visit), body.id, roles)
        return { link: `${visit.place.origin}${linkOf(token)}` }
      },
    }),
    doorRoute({
      ...{ method: 'post', path: '/accounts/session/end', permission },
      summary: 'End all sessions of an account',
      body: id,
      response: done,
      async run(visit, { body }) {
        await manage.revokeSessions(context, principalOf(visit), body.id)
        return {}
      },
    }),
  ]
}

/** Everybody reads them: they say which languages and whose days are used. */
function organisationRoutes(context: Context): readonly DoorRoute[] {
  const { schema } = organisationConfigured
  return [
    doorRoute({
      ...{ method: 'get', path: '/organisation', permission: sessionPermission },
      summary: 'What the organisation says of itself; null before it has said anything',
      response: z.strictObject({ organisation: schema.nullable() }),
      run: async () => ({ organisation: context.organisation() }),
    }),
    doorRoute({
      ...{ method: 'post', path: '/organisation', permission: 'organisation.manage' },
      summary: 'Change what the organisation says of itself',
      body: z.strictObject({ stood: schema, organisation: schema }),
      response: done,
      async run(visit, { body }) {
        const by = await manage.doerOf(context, context.pool, principalOf(visit))
        await reconfigure(context, by, body.stood, body.organisation)
        return {}
      },
    }),
  ]
}

function principalOf({ session }: Visit) {
  if (session === null) throw new OkiteError('HTTP_SESSION_NEEDED')
  return session.principal
}
