import { z } from 'zod'
import { defineFact } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'

/**
 * The fact types of `protect.privilege`: which accounts can administer, which of them the vault keeps,
 * and who took one out when it was used. Machinery that writes them comes later, so they are drafts.
 */

const module = 'protect.privilege'

const account = z.string().regex(/^a-[a-z0-9]{1,24}$/)
const person = naming('person', z.string().regex(/^p-[a-z0-9]{1,24}$/))
const asset = naming('asset', z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/))
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const instant = z.iso.datetime({ precision: 3 })
const count = z.int().nonnegative()
/** The vault's own number of a checkout. */
const checkout = z.string().min(1).max(80)

/**
 * Directory, systems and clouds were asked who holds rights of an administrator: the accounts, in
 * parts. `unlisted`: holders that no number of the list of accounts explains.
 */
export const holdersDiscovered = defineFact('privilege.holder.discovered', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(account).max(64),
    unlisted: count,
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

/** What the vault says of an account: whether it keeps its secret, and when it last changed that. */
export const vaultRead = defineFact('privilege.vault.read', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.account],
  schema: z.strictObject({
    account,
    /** null: the vault does not keep it. */
    keptSince: instant.nullable(),
    secretChanged: instant.nullable(),
  }),
})

/** The vault let a person use an account. `recording`: the number of the session's recording, if there is one. */
export const checkoutOpened = defineFact('privilege.checkout.opened', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.account],
  schema: z.strictObject({
    account,
    checkout,
    person,
    /** When it ends if nobody gives it back. */
    until: instant,
    recording: z.string().min(1).max(80).nullable(),
  }),
})

export const checkoutClosed = defineFact('privilege.checkout.closed', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.account],
  schema: z.strictObject({ account, checkout }),
})

/** A system's own log: a session began with a privileged account. */
export const accountUsed = defineFact('privilege.account.used', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.account],
  schema: z.strictObject({ account, system: asset, session: z.string().min(1).max(80) }),
})

/**
 * Uses of an account laid beside its checkouts, as far as the systems' logs reach: when it was last
 * used while no checkout was open, and while one was, but without a recording.
 */
export const useMeasured = defineFact('privilege.use.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.account],
  schema: z.strictObject({
    account,
    uncovered: instant.nullable(),
    unrecorded: instant.nullable(),
  }),
})

/** The source of the watermark of the systems' logs: as far as the slowest of them was read. */
export const useLog = 'privileged-use'
