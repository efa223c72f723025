import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'

/**
 * The fact types of `protect.sign-on`: which accounts there are, how people prove who they are, and
 * every sign-in that succeeded. Machinery that writes them comes later, so they are drafts.
 */

const module = 'protect.sign-on'

/** The number of an account: ours, drawn at random. What it is called elsewhere never stands in a body. */
export const accountNumber = z.string().regex(/^a-[a-z0-9]{1,24}$/)
const person = naming('person', z.string().regex(/^p-[a-z0-9]{1,24}$/))
const asset = naming('asset', z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/))
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const instant = z.iso.datetime({ precision: 3 })
const count = z.int().nonnegative()

/**
 * Who uses an account: the person it is for by how he stands to us, several people (`shared`), a
 * program (`service`), or whoever acts when nothing else works (`emergency`).
 */
export const accountKinds = [
  'employee',
  'contractor',
  'partner',
  'customer',
  'shared',
  'service',
  'emergency',
] as const

/** Its entry in the list. It is said anew, whole, whenever the entry changes. */
export const accountListed = defineFact('account.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.account],
  schema: z.strictObject({
    account: accountNumber,
    kind: z.enum(accountKinds),
    /** Whose it is; null where it is nobody's own. */
    person: person.nullable(),
    /** The application that keeps it; null: the directory. */
    application: asset.nullable(),
    hasPassword: z.boolean(),
    /** It holds rights of an administrator. */
    isPrivileged: z.boolean(),
    /** It may sign in to a system that counts as important. */
    reachesImportant: z.boolean(),
  }),
})

export const accountRemoved = defineFact('account.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.account],
  schema: z.strictObject({ account: accountNumber }),
})

/** A named person declares the list complete as it stands. */
export const accountsDeclared = defineFact('account.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ accounts: count, hash: sha256 }),
})

/**
 * The users that the applications themselves know were laid beside the list, which comes from the
 * directory: the accounts they have, in parts. `unlisted`: users that no number of the list explains.
 */
export const accountsCompared = defineFact('account.list.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(accountNumber).max(64),
    unlisted: count,
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

export type Account = z.infer<typeof accountListed.schema>

/**
 * Accounts as a population: complete while a named person has declared the list and the applications
 * confirm the declaration. Freshness is said by two parameters of the control, `listFresh` and
 * `comparedFresh`.
 *
 * @param includes which of them; without it all. A second source that sees an account cannot tell
 *   whether it is one of those, so it then confirms the list as a whole and names no subject.
 */
export function accounts(includes?: (body: Account) => boolean): Population {
  const key = (f: Fact<{ account: string }>) => f.body.account
  const left = (f: Fact<Account>) => !(includes?.(f.body) ?? true)
  return {
    id: 'protect.sign-on.accounts',
    enter: { type: accountListed, key, if: f => !left(f) },
    leave: [
      { type: accountRemoved, key },
      { type: accountListed, key, if: left },
    ],
    complete: { type: accountsDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: accountsCompared, key: f => (includes === undefined ? f.body.seen : []) },
      fresh: params => String(params['comparedFresh']),
      confirms: ({ body }) => {
        if (body.unlisted > 0 || !body.isDeclared) return false
        return body.part === body.parts ? true : null
      },
      each: true,
    },
  }
}

/**
 * How an application lets people in, as the sign-on service and the application's settings say.
 * `password-vaulting`: the service types a password into the application's own form.
 */
export const applicationRead = defineFact('sign-on.application.read', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.application],
  schema: z.strictObject({
    application: asset,
    protocol: z.enum([
      'openid-connect',
      'saml',
      'ws-federation',
      'kerberos',
      'forward-auth',
      'password-vaulting',
      'none',
    ]),
  }),
})

const span = { from: instant, to: instant }

/** Sign-ins that an application logged in a span: those the sign-on service vouched for, and its own. */
export const applicationCounted = defineFact('sign-on.application.counted', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.application],
  schema: z.strictObject({ application: asset, ...span, throughService: count, local: count }),
})

/** What people prove themselves with. Which of them are factors, and of which class, a control says. */
export const methods = [
  'password',
  'pin',
  'totp',
  'push',
  'sms',
  'voice-call',
  'email-code',
  'security-key',
  'smart-card',
  'device-certificate',
  'passkey',
  'fingerprint',
  'face',
] as const
export type Method = (typeof methods)[number]
const method = z.enum(methods)

/** The methods that are enrolled for an account. */
export const methodsRead = defineFact('sign-on.method.read', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.account],
  schema: z.strictObject({ account: accountNumber, methods: z.array(method).max(16) }),
})

/** Sign-ins of an account in a span, by what was shown: one group for each set of methods. */
export const accountCounted = defineFact('sign-on.account.counted', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.account],
  schema: z.strictObject({
    account: accountNumber,
    ...span,
    groups: z
      .array(z.strictObject({ methods: z.array(method).max(8), signIns: z.int().positive() }))
      .max(32),
  }),
})

/**
 * The password of an account: when it was set, and the rule that is in force for this account, since
 * when. Nobody can read how long a password is; one that was set before the rule may break it.
 */
export const passwordRead = defineFact('sign-on.password.read', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.account],
  schema: z.strictObject({
    account: accountNumber,
    changed: instant.nullable(),
    /** Fewest characters, and fewest of the classes lower case, upper case, digits and others. */
    length: z.int().nonnegative().max(1024),
    classes: z.int().min(1).max(4),
    ruleSince: instant,
  }),
})

/** How an authenticator made sure of the person, in the words of the FIDO registry (UVM). */
export const verifications = [
  'fingerprint',
  'face',
  'eye',
  'voice',
  'hand',
  'passcode',
  'pattern',
  'presence',
  'none',
  'unstated',
] as const

/** Sign-ins to a system in a span, by how the person was verified. Templates stay on the device. */
export const systemCounted = defineFact('sign-on.system.counted', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.system],
  schema: z.strictObject({
    system: asset,
    ...span,
    groups: z
      .array(z.strictObject({ by: z.enum(verifications), signIns: z.int().positive() }))
      .max(10),
  }),
})

/** A country (ISO 3166-1, `TW`) or a place of ours (`taipei-office`). */
export const place = z.string().regex(/^(?:[A-Z]{2}|[a-z][a-z0-9-]{2,39})$/)

/**
 * One sign-in that succeeded, from the log of a sign-on service. An address is never in it: the
 * collector says which places it stands for and how it knew. No place, no device: nobody could tell.
 */
export const signInSucceeded = defineFact('sign-in.succeeded', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [
    f.body.account,
    ...(f.body.system === null ? [] : [f.body.system]),
    ...(f.body.device === null ? [] : [f.body.device]),
  ],
  schema: z.strictObject({
    signIn: z.string().min(1).max(80),
    account: accountNumber,
    system: asset.nullable(),
    places: z.array(place).max(4),
    placeBy: z.enum(['address', 'network', 'device', 'site']).nullable(),
    /** Its number in the register of assets, and what showed that it is this one. */
    device: asset.nullable(),
    deviceBy: z.enum(['certificate', 'agent', 'cookie', 'claim']).nullable(),
    methods: z.array(method).max(8),
  }),
})

/**
 * The source of the watermark of the log of sign-ins: as far as the slowest sign-on service was read,
 * so that none of several can fall silent behind another.
 */
export const signOnLog = 'sign-on'
