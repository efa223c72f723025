import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { OkiteError } from '../error.ts'
import type { FactType, PrivateValue, Trust } from '../fact.ts'
import type { Secrets } from '../ledger/secrets.ts'
import type { Batch, Ledger } from '../ledger/store.ts'
import type { Log } from '../log.ts'
import type { Directory } from '../module.ts'
import type { Clock } from '../time.ts'
import type { Flows } from './flows.ts'
import type { Organisation } from './organisation.ts'
import type { Passwords } from './password.ts'
import type { Refusals } from './refusals.ts'
import type { RoleName } from './roles.ts'
import type { SessionLimits } from './sessions.ts'
import type { Account, AccountOwner, AccountStore } from './store.ts'
import type { Tries } from './tries.ts'

/** What the parts of accounts share. */
export type Context = Readonly<{
  pool: Pool
  ledger: Pick<Ledger, 'write' | 'submit' | 'refOf'>
  secrets: Secrets
  store: AccountStore
  flows: Flows
  tries: Tries
  refusals: Refusals
  passwords: Passwords
  clock: Clock
  log: Log
  limits: SessionLimits
  /** Folder of the breach prefix files; null: none is configured. */
  breachFolder: string | null
  /** Finds who stands in the register; null: no module has one. */
  directory: Directory | null
  /** What that register says: names of fact types. */
  registerTypes: readonly string[]
  permissions: ReadonlyMap<string, ReadonlySet<RoleName>>
  /** Words that are the organisation's own: nobody's password. */
  organisationWords(): readonly string[]
  organisation(): Organisation | null
}>

/** Who does something to an account, as facts name him; null: whoever sits at the machine. */
export type Doer = AccountOwner | null

/** Says on the list what happened, in the transaction that does it. */
export async function say<B>(
  batch: Batch,
  type: FactType<B>,
  body: B,
  people: Readonly<{ by?: Doer; person?: Doer }>,
  trust: Trust = 'record',
): Promise<void> {
  const named = Object.entries(people).flatMap(([slot, who]) =>
    who === null || !type.slots.includes(slot)
      ? []
      : [[slot, { value: who.name, person: who.person }] as [string, PrivateValue]],
  )
  await batch.observe('core', {
    type,
    source: 'okite',
    occurred: batch.recorded,
    observed: batch.recorded,
    trust,
    body,
    private: Object.fromEntries(named),
    identity: `account ${randomUUID()}`,
  })
}

/** An account as it is now; whoever is closed or unknown is refused alike. */
export async function needAccount(
  { store }: Context,
  tx: Parameters<AccountStore['byId']>[0],
  id: string | null,
): Promise<Account> {
  const account = id === null ? null : await store.byId(tx, id)
  if (account === null || account.state === 'closed') throw new OkiteError('ACCOUNT_UNKNOWN')
  return account
}
