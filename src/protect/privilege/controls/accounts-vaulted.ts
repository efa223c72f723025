import { organisationZone, type Params, type Population } from '../../../core/control/kind.ts'
import { state } from '../../../core/control/state.ts'
import type { Instant } from '../../../core/fact.ts'
import { createCalendars } from '../../../core/time.ts'
import { accounts } from '../../sign-on/facts.ts'
import { holdersDiscovered, useMeasured, vaultRead } from '../facts.ts'

/** Days are counted in the organisation's zone, without a table of holidays. */
const calendars = createCalendars()

const after = (at: Instant, parameter: string, params: Params): Instant =>
  calendars.add(at, String(params[parameter]), organisationZone(params))

/**
 * Accounts that the list calls privileged. The second source are the systems: whom they show as an
 * administrator and the list does not call so is a member that nobody registered.
 */
const privileged: Population = {
  ...accounts(account => account.isPrivileged),
  id: 'protect.privilege.accounts',
  compare: {
    with: { type: holdersDiscovered, key: f => f.body.seen },
    fresh: params => String(params['discoveryFresh']),
    confirms: ({ body }) => {
      if (body.unlisted > 0 || !body.isDeclared) return false
      return body.part === body.parts ? true : null
    },
    each: true,
  },
}

/**
 * The vault keeps every account with rights of an administrator and has changed its secret since it
 * does, and each use that the systems' own logs show was checked out and recorded.
 */
export const accountsVaulted = state({
  id: 'protect.privilege.accounts-vaulted',
  version: 1,
  owner: 'identity',
  params: {
    /** How long a use without a checkout or a recording counts. */
    useLookedBack: 'P30D',
    fresh: 'P1D',
    listFresh: 'P90D',
    discoveryFresh: 'P7D',
  },
  population: privileged,
  slots: {
    vault: { type: vaultRead, key: f => f.body.account, fresh: params => String(params['fresh']) },
    use: { type: useMeasured, key: f => f.body.account, fresh: params => String(params['fresh']) },
  },
  holds: ({ vault, use }, _now, params) => {
    const broken = (code: string) => ({ status: 'broken', reason: { code, args: {} } }) as const
    const { keptSince, secretChanged } = vault.body
    if (keptSince === null) return broken('privilege.vault.outside')
    // Whoever knew the secret before the vault kept it knows it still.
    if (secretChanged === null || secretChanged < keptSince) return broken('privilege.secret.known')
    const counts = (at: Instant | null) =>
      at !== null && after(at, 'useLookedBack', params) > use.when
    if (counts(use.body.uncovered)) return broken('privilege.use.uncovered')
    return counts(use.body.unrecorded) ? broken('privilege.use.unrecorded') : true
  },
})
