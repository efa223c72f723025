import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { OkiteError } from '../error.ts'
import type { Batch } from '../ledger/store.ts'
import { type Context, type Doer, say } from './context.ts'
import { organisationConfigured } from './facts.ts'

export type Organisation = z.infer<typeof organisationConfigured.schema>

/** Says what the organisation says of itself. @throws OkiteError `ACCOUNT_ZONE` */
export async function configure(batch: Batch, organisation: Organisation, by: Doer): Promise<void> {
  if (!isZone(organisation.zone)) throw new OkiteError('ACCOUNT_ZONE')
  await say(batch, organisationConfigured, organisation, { by })
}

/**
 * Changes what the organisation says of itself.
 *
 * @param stood what the administrator had before him
 * @throws OkiteError `ACCOUNT_ORGANISATION` when somebody else has changed it meanwhile, `ACCOUNT_ZONE`
 */
export async function reconfigure(
  context: Context,
  by: Doer,
  stood: Organisation,
  organisation: Organisation,
): Promise<void> {
  await context.ledger.write(async batch => {
    // A change a moment ago may not have been taken in yet; both are on the list, and the later counts.
    if (!isDeepStrictEqual(context.organisation(), stood)) {
      throw new OkiteError('ACCOUNT_ORGANISATION')
    }
    if (!isDeepStrictEqual(stood, organisation)) await configure(batch, organisation, by)
  })
}

/** An offset is none: it does not know when the clock is changed. */
function isZone(name: string): boolean {
  if (!/^[A-Z][A-Za-z_]+(\/[A-Z][A-Za-z_+-]+)*$/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
