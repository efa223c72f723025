import { OkiteError } from '../error.ts'
import type { Context } from './context.ts'
import type { Flow, FlowPurpose } from './flows.ts'
import { hashOf, newSecret } from './sessions.ts'
import type { Queries } from './store.ts'

export type InvitationPurpose = Extract<FlowPurpose, 'set-up' | 'invitation' | 'reset'>

/** How long a link is good: printed on a terminal, or sent to somebody who is on leave for a week. */
export const invitationMs: Readonly<Record<InvitationPurpose, number>> = {
  'set-up': 15 * 60_000,
  reset: 15 * 60_000,
  invitation: 7 * 24 * 60 * 60_000,
}

/** A link's token. The one before of the same kind and account is good no more. */
export async function makeInvitation(
  tx: Queries,
  purpose: InvitationPurpose,
  account: string | null,
  nowMs: number,
): Promise<string> {
  const token = newSecret()
  await tx.query(
    `delete from account.invitation where ends_ms <= $1
       or (account is not distinct from $2::uuid and purpose = $3)`,
    [nowMs, account, purpose],
  )
  await tx.query(
    `insert into account.invitation (token, purpose, account, begun_ms, ends_ms)
     values ($1, $2, $3, $4, $5)`,
    [hashOf(token), purpose, account, nowMs, nowMs + invitationMs[purpose]],
  )
  return token
}

/** What a link is for. @throws OkiteError `ACCOUNT_INVITATION` */
export async function findInvitation(
  { pool, clock }: Pick<Context, 'pool' | 'clock'>,
  token: string,
): Promise<Readonly<{ purpose: InvitationPurpose; account: string | null; hash: Buffer }>> {
  const hash = hashOf(token)
  const { rows } = await pool.query<{ purpose: InvitationPurpose; account: string | null }>(
    'select purpose, account from account.invitation where token = $1 and ends_ms > $2',
    [hash, clock.nowMs()],
  )
  const [found] = rows
  if (found === undefined) throw new OkiteError('ACCOUNT_INVITATION')
  return { ...found, hash }
}

/** Uses a link up: of two who hold it one gets in. @throws OkiteError `ACCOUNT_INVITATION` */
export async function spendInvitation(tx: Queries, flow: Flow, nowMs: number): Promise<void> {
  const { rowCount } = await tx.query(
    `delete from account.invitation where token = $1 and purpose = $2
       and account is not distinct from $3::uuid and ends_ms > $4`,
    [flow.invitation, flow.purpose, flow.account, nowMs],
  )
  if (rowCount !== 1) throw new OkiteError('ACCOUNT_INVITATION')
}
