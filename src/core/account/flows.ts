import type { Pool } from 'pg'
import { OkiteError } from '../error.ts'
import { inTransaction } from '../ledger/transaction.ts'
import type { Clock } from '../time.ts'
import { hashOf, newSecret } from './sessions.ts'
import type { CredentialKind, Queries } from './store.ts'

/** What a browser has shown so far: which credential, and when. */
export type Proof = Readonly<{ kind: CredentialKind; credential: string | null; atMs: number }>

export type FlowState = Readonly<{
  proofs: readonly Proof[]
  /** Given out once, for one ceremony, and taken away before the answer is read. */
  challenge: Readonly<{ purpose: 'register' | 'sign-in'; value: string }> | null
  /** What will be kept at the end: a hash, a sealed secret, a public key. */
  password: string | null
  /** Keyed hash of who set up the password: his name may not be in it, so he may not change it afterwards. */
  owner: string | null
  totp: Readonly<{ sealed: string; step: number | null }> | null
  passkey: Readonly<{
    handle: string
    publicKey: string
    counter: number
    transports: readonly string[]
  }> | null
}>

export type Flow = Readonly<{
  id: Buffer
  purpose: FlowPurpose
  account: string | null
  invitation: Buffer | null
  session: Buffer | null
  state: FlowState
}>

export type FlowPurpose = 'sign-in' | 'set-up' | 'invitation' | 'reset' | 'credential'

/** Time to find the telephone, and to install an app on it. */
export const flowMs = 15 * 60_000

/** A page that asks for flow after flow fills nothing: the oldest are forgotten. */
const flowsMax = 10_000

const empty: FlowState = {
  ...{ proofs: [], challenge: null },
  ...{ password: null, owner: null, totp: null, passkey: null },
}

/**
 * Signing in takes several requests, and what was shown so far is kept here and nowhere else: the
 * browser holds a secret that names it, and says nothing about itself. No step begins a session; the
 * end reads everything again and uses the flow up in the same transaction.
 */
export class Flows {
  private readonly pool: Pool
  private readonly clock: Clock

  constructor(pool: Pool, clock: Clock) {
    this.pool = pool
    this.clock = clock
  }

  /** Begins one; answers the secret for the browser. */
  async begin(
    purpose: FlowPurpose,
    bound: Readonly<{ account?: string | null; invitation?: Buffer; session?: Buffer }> = {},
  ): Promise<string> {
    const secret = newSecret()
    const nowMs = this.clock.nowMs()
    await this.pool.query('delete from account.flow where ends_ms <= $1', [nowMs])
    await this.pool.query(
      `delete from account.flow where id in (
         select id from account.flow order by ends_ms desc offset $1)`,
      [flowsMax],
    )
    await this.pool.query(
      `insert into account.flow (id, purpose, account, invitation, session, state, ends_ms)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        ...[hashOf(secret), purpose, bound.account ?? null, bound.invitation ?? null],
        ...[bound.session ?? null, JSON.stringify(empty), nowMs + flowMs],
      ],
    )
    return secret
  }

  /** @throws OkiteError `ACCOUNT_FLOW` when there is none of these purposes, or it has ended */
  async need(secret: string | null, purposes: readonly FlowPurpose[]): Promise<Flow> {
    return this.read(this.pool, secret, purposes, '')
  }

  /**
   * Changes one under a lock. Two requests at once come one after the other.
   *
   * @throws OkiteError `ACCOUNT_FLOW`
   */
  async change(
    secret: string | null,
    purposes: readonly FlowPurpose[],
    change: (flow: Flow) => Readonly<{ account?: string | null; state: Partial<FlowState> }>,
  ): Promise<Flow> {
    return inTransaction(this.pool, async tx => {
      const before = await this.read(tx, secret, purposes, 'for update')
      const { account = before.account, state } = change(before)
      const after = { ...before, account, state: { ...before.state, ...state } }
      await tx.query('update account.flow set account = $2, state = $3 where id = $1', [
        before.id,
        account,
        JSON.stringify(after.state),
      ])
      return after
    })
  }

  /** Somebody has shown something. What was shown of another account before does not count for this one. */
  async prove(secret: string | null, account: string, proof: Omit<Proof, 'atMs'>): Promise<Flow> {
    return this.change(secret, ['sign-in'], flow => {
      const before = flow.account === account ? flow.state.proofs : []
      const others = before.filter(each => each.kind !== proof.kind)
      return {
        account,
        state: { proofs: [...others, { ...proof, atMs: this.clock.nowMs() }] },
      }
    })
  }

  /** Takes a challenge away and answers it; the ceremony it was given for must be this one. */
  async challenge(
    secret: string | null,
    purposes: readonly FlowPurpose[],
    ceremony: 'register' | 'sign-in',
  ): Promise<string> {
    let given: FlowState['challenge'] = null
    await this.change(secret, purposes, flow => {
      given = flow.state.challenge
      return { state: { challenge: null } }
    })
    const taken = given as FlowState['challenge']
    if (taken === null || taken.purpose !== ceremony) throw new OkiteError('ACCOUNT_FLOW')
    return taken.value
  }

  /** Uses it up in the transaction that does what it was for. @throws OkiteError `ACCOUNT_FLOW` */
  async end(tx: Queries, secret: string | null, purposes: readonly FlowPurpose[]): Promise<Flow> {
    const flow = await this.read(tx, secret, purposes, 'for update')
    await tx.query('delete from account.flow where id = $1', [flow.id])
    return flow
  }

  private async read(
    tx: Queries,
    secret: string | null,
    purposes: readonly FlowPurpose[],
    lock: '' | 'for update',
  ): Promise<Flow> {
    const { rows } = await tx.query<Flow>(
      `select id, purpose, account, invitation, session, state from account.flow
       where id = $1 and purpose = any($2) and ends_ms > $3 ${lock}`,
      [secret === null ? null : hashOf(secret), purposes, this.clock.nowMs()],
    )
    const [flow] = rows
    if (flow === undefined) throw new OkiteError('ACCOUNT_FLOW')
    return flow
  }
}
