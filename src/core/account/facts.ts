import { z } from 'zod'
import { defineFact } from '../fact.ts'
import { locales } from '../i18n/locale.ts'
import { roles } from './roles.ts'

/**
 * What happened to accounts. Persons stand in private slots; a body holds no mail address, no secret
 * and nothing by which a person is known outside: `account` is a random number of our own.
 */

const module = 'core'
const account = z.uuid()
const role = z.enum(roles)
const credential = z.enum(['password', 'totp', 'passkey', 'recovery'])
const keys = (f: { body: { account: string } }) => [f.body.account]
const slots = ['by', 'person']

export const accountInvited = defineFact('account.invited', {
  module,
  slots,
  keys,
  trusts: ['record'],
  schema: z.strictObject({ account, roles: z.array(role).max(roles.length) }),
})

/** Somebody has made himself credentials: he may sign in from here on. */
export const accountOpened = defineFact('account.opened', {
  module,
  slots,
  keys,
  trusts: ['record'],
  schema: z.strictObject({ account }),
})

export const roleGranted = defineFact('account.role.granted', {
  module,
  slots,
  keys,
  trusts: ['record'],
  schema: z.strictObject({ account, role }),
})

export const roleRevoked = defineFact('account.role.revoked', {
  module,
  slots,
  keys,
  trusts: ['record'],
  schema: z.strictObject({ account, role }),
})

export const accountClosed = defineFact('account.closed', {
  module,
  slots,
  keys,
  trusts: ['record'],
  schema: z.strictObject({ account, why: z.enum(['decided', 'left', 'erased']) }),
})

/** He says which entry of the register is his: facts name him as it does from here on. */
export const accountBound = defineFact('account.bound', {
  module,
  slots,
  keys,
  trusts: ['record'],
  schema: z.strictObject({ account }),
})

/** In which language he is written to; null: in that of the organisation. */
export const languageChosen = defineFact('account.language.chosen', {
  module,
  slots,
  keys,
  trusts: ['record'],
  schema: z.strictObject({ account, language: z.enum(locales).nullable() }),
})

/** The second way in was opened on the machine itself, and his sessions are ended. */
export const resetBegun = defineFact('account.reset.begun', {
  module,
  slots,
  keys,
  trusts: ['record'],
  schema: z.strictObject({ account }),
})

export const credentialAdded = defineFact('account.credential.added', {
  module,
  slots,
  keys,
  trusts: ['record'],
  schema: z.strictObject({ account, credential }),
})

export const credentialRemoved = defineFact('account.credential.removed', {
  module,
  slots,
  keys,
  trusts: ['record'],
  schema: z.strictObject({
    account,
    credential,
    /** A recovery code is removed by being used. */
    why: z.enum(['decided', 'replaced', 'used']),
  }),
})

export const sessionBegun = defineFact('account.session.begun', {
  module,
  slots,
  keys,
  trusts: ['record'],
  schema: z.strictObject({ account, methods: z.array(credential).min(1).max(4) }),
})

/** Left by who sat there. What ends by time alone has no fact: the limits say when. */
export const sessionEnded = defineFact('account.session.ended', {
  module,
  slots,
  keys,
  trusts: ['record'],
  schema: z.strictObject({ account }),
})

export const sessionRevoked = defineFact('account.session.revoked', {
  module,
  slots,
  keys,
  trusts: ['record'],
  schema: z.strictObject({
    account,
    sessions: z.int().positive(),
    why: z.enum(['decided', 'roles', 'closed', 'reset', 'credentials']),
  }),
})

/** Counted over a span, because a guess a second would otherwise be a fact a second. */
export const signInRefused = defineFact('account.sign-in.refused', {
  module,
  slots: ['person'],
  keys: f => (f.body.account === null ? [] : [f.body.account]),
  trusts: ['instrument'],
  schema: z.strictObject({
    /** null: what was tried belongs to no account. */
    account: account.nullable(),
    count: z.int().positive(),
    from: z.iso.datetime({ precision: 3 }),
    to: z.iso.datetime({ precision: 3 }),
  }),
})

/** An auditor has read evidence; the same object within a minute is one fact. */
export const evidenceRead = defineFact('account.evidence.read', {
  module,
  slots: ['by'],
  keys: f => [f.body.account],
  trusts: ['instrument'],
  schema: z.strictObject({ account, object: z.string().min(1).max(200) }),
})

/** What the organisation says of itself; from here on its zone is the one that days are counted in. */
export const organisationConfigured = defineFact('organisation.configured', {
  module,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({
    name: z.string().min(1).max(120),
    zone: z.string().min(1).max(60),
    /** The calendar whose business days are counted: the country, as calendars are named. */
    calendar: z.string().regex(/^[a-z]{2}$/),
    /** The month on whose first day the fiscal year begins. */
    fiscalYearMonth: z.int().min(1).max(12),
    languages: z
      .array(z.enum(['ja', 'zh-TW', 'en']))
      .min(1)
      .max(3),
  }),
})
