import { randomUUID } from 'node:crypto'
import type { ClientBase } from 'pg'
import { z } from 'zod'
import { type Locale, localeOf } from '../i18n/locale.ts'
import type { Secrets } from '../ledger/secrets.ts'
import { isRole, type RoleName } from './roles.ts'

/** What is known of a person who has an account. Sealed under a key of the account's own. */
export const ownerSchema = z.strictObject({
  name: z.string().trim().min(1).max(120),
  mail: z.email().max(200),
  /** The identifier under which facts name him, e.g. his staff number. */
  person: z.string().trim().min(1).max(200),
})

export type AccountOwner = z.infer<typeof ownerSchema>

export type Account = Readonly<{
  id: string
  roles: readonly RoleName[]
  /** His number in the register of people. */
  subject: string | null
  /** null: his values were erased. */
  owner: AccountOwner | null
  state: 'invited' | 'open' | 'closed'
  openedMs: number | null
  /** null: that of the organisation. */
  language: Locale | null
}>

export type CredentialKind = 'password' | 'totp' | 'passkey' | 'recovery'

export type Credential = Readonly<{
  id: string
  account: string
  kind: CredentialKind
  hash: string | null
  sealed: Buffer | null
  handle: string | null
  public_key: Buffer | null
  counter: string | null
  transports: string[] | null
  added_ms: string
  used_ms: string | null
  /** What it was made with, as far as that is known. */
  device: string | null
}>

/** A credential that is about to be kept: everything is verified, nothing is stored yet. */
export type NewCredential =
  | Readonly<{ kind: 'password'; hash: string }>
  | Readonly<{ kind: 'totp'; secret: string; step: number }>
  | Readonly<{
      kind: 'passkey'
      handle: string
      /** Base64url of the COSE key. */
      publicKey: string
      counter: number
      transports: readonly string[]
    }>
  | Readonly<{ kind: 'recovery'; code: string }>

type AccountRow = {
  id: string
  subject: string | null
  wrapped_key: Buffer | null
  sealed: Buffer | null
  roles: string[]
  opened_ms: string | null
  closed_ms: string | null
  language: string | null
}

const columns = 'id, subject, wrapped_key, sealed, roles, opened_ms, closed_ms, language'

/** Two spellings of one address are one login, whatever the keyboard was set to. */
export const canonicalMail = (mail: string): string => mail.normalize('NFKC').trim().toLowerCase()

/** Reads and writes accounts and credentials, in whichever transaction it is given. */
export class AccountStore {
  private readonly secrets: Secrets

  constructor(secrets: Secrets) {
    this.secrets = secrets
  }

  loginOf(mail: string): Buffer {
    return this.secrets.derive('account-login', [canonicalMail(mail)])
  }

  async byId(tx: Queries, id: string): Promise<Account | null> {
    return this.one(tx, 'id = $1', id)
  }

  async byLogin(tx: Queries, mail: string): Promise<Account | null> {
    return this.one(tx, 'login = $1', this.loginOf(mail))
  }

  async bySubject(tx: Queries, subject: string): Promise<readonly Account[]> {
    return this.many(tx, 'subject = $1 and closed_ms is null', subject)
  }

  async byPerson(tx: Queries, person: string): Promise<readonly Account[]> {
    return this.many(tx, 'lookup = $1', this.secrets.lookup(person))
  }

  async all(tx: Queries, countMax: number): Promise<readonly Account[]> {
    return this.many(tx, 'true order by invited_ms limit $1', countMax)
  }

  async count(tx: Queries): Promise<number> {
    const { rows } = await tx.query<{ count: string }>('select count(*) from account.account')
    return Number(rows[0]?.count)
  }

  /** Whether somebody could still let others in, beside this account. */
  async hasAdministrator(tx: Queries, beside: string | null): Promise<boolean> {
    const { rowCount } = await tx.query(
      `select from account.account where 'administrator' = any(roles) and opened_ms is not null
         and closed_ms is null and id is distinct from $1::uuid limit 1`,
      [beside],
    )
    return rowCount !== 0
  }

  /** Whether somebody holds this role, or is invited to. */
  async hasRole(tx: Queries, role: RoleName): Promise<boolean> {
    const { rowCount } = await tx.query(
      'select from account.account where $1 = any(roles) and closed_ms is null limit 1',
      [role],
    )
    return rowCount !== 0
  }

  /** Makes an account that has no credential yet; answers its number. */
  async invite(
    tx: Queries,
    owner: AccountOwner,
    options: Readonly<{ subject: string | null; roles: readonly RoleName[]; nowMs: number }>,
  ): Promise<string> {
    const id = randomUUID()
    const wrapped = this.secrets.newPersonKey(id)
    const sealed = this.secrets.seal(
      { subject: id, wrappedKey: wrapped },
      JSON.stringify(owner),
      ownerContext(id),
    )
    await tx.query(
      `insert into account.account
         (id, login, lookup, subject, wrapped_key, sealed, roles, invited_ms)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        ...[id, this.loginOf(owner.mail), this.secrets.lookup(owner.person), options.subject],
        ...[wrapped, sealed, options.roles, options.nowMs],
      ],
    )
    return id
  }

  /** Of somebody who was known by his address: which entry of the register is his. */
  async bind(tx: Queries, id: string, owner: AccountOwner, subject: string): Promise<void> {
    const sealed = this.secrets.seal(
      await this.keyOf(tx, id),
      JSON.stringify(owner),
      ownerContext(id),
    )
    await tx.query(
      'update account.account set subject = $2, lookup = $3, sealed = $4 where id = $1',
      [id, subject, this.secrets.lookup(owner.person), sealed],
    )
  }

  async speak(tx: Queries, id: string, language: Locale | null): Promise<void> {
    await tx.query('update account.account set language = $2 where id = $1', [id, language])
  }

  /** Opens a closed account again, as one that has no credential and waits for its owner. */
  async reopen(tx: Queries, account: string): Promise<void> {
    await tx.query('delete from account.credential where account = $1', [account])
    await tx.query('update account.account set closed_ms = null, opened_ms = null where id = $1', [
      account,
    ])
  }

  /** How the person, the newest credential first, may show who he is. */
  async credentials(tx: Queries, account: string): Promise<readonly Credential[]> {
    const { rows } = await tx.query<Credential>(
      'select * from account.credential where account = $1 order by added_ms desc, id',
      [account],
    )
    return rows
  }

  async credential(
    tx: Queries,
    account: string,
    kind: 'password' | 'totp',
  ): Promise<Credential | null> {
    const { rows } = await tx.query<Credential>(
      'select * from account.credential where account = $1 and kind = $2',
      [account, kind],
    )
    return rows[0] ?? null
  }

  async passkey(tx: Queries, handle: string): Promise<Credential | null> {
    const { rows } = await tx.query<Credential>(
      `select c.* from account.credential c join account.account a on a.id = c.account
       where c.handle = $1 and c.kind = 'passkey' and a.closed_ms is null`,
      [handle],
    )
    return rows[0] ?? null
  }

  async keep(
    tx: Queries,
    account: string,
    added: NewCredential,
    made: Readonly<{ device: string | null; nowMs: number }>,
  ): Promise<void> {
    const id = randomUUID()
    const row = {
      hash: added.kind === 'password' ? added.hash : null,
      sealed: added.kind === 'totp' ? await this.sealTotp(tx, account, id, added.secret) : null,
      step: added.kind === 'totp' ? added.step : null,
      handle:
        added.kind === 'passkey'
          ? added.handle
          : added.kind === 'recovery'
            ? this.recoveryHandle(account, added.code)
            : null,
      publicKey: added.kind === 'passkey' ? Buffer.from(added.publicKey, 'base64url') : null,
      counter: added.kind === 'passkey' ? added.counter : null,
      transports: added.kind === 'passkey' ? added.transports : null,
    }
    await tx.query(
      `insert into account.credential
         (id, account, kind, hash, sealed, step, handle, public_key, counter, transports, added_ms,
          device)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        ...[id, account, added.kind, row.hash, row.sealed, row.step, row.handle],
        ...[row.publicKey, row.counter, row.transports, made.nowMs, made.device],
      ],
    )
  }

  /** Removes all credentials of a kind; answers how many there were. */
  async remove(tx: Queries, account: string, kind: CredentialKind): Promise<number> {
    const { rowCount } = await tx.query(
      'delete from account.credential where account = $1 and kind = $2',
      [account, kind],
    )
    return rowCount ?? 0
  }

  /** Spends a recovery code: whoever deletes the row is the one who has used it. */
  async spendRecovery(tx: Queries, account: string, code: string): Promise<boolean> {
    const { rowCount } = await tx.query(
      `delete from account.credential where account = $1 and kind = 'recovery' and handle = $2`,
      [account, this.recoveryHandle(account, code)],
    )
    return rowCount === 1
  }

  /** Spends the code of a step: false when this one or a later one was used before (RFC 6238, 5.2). */
  async spendStep(tx: Queries, credential: string, step: number, nowMs: number): Promise<boolean> {
    const { rowCount } = await tx.query(
      `update account.credential set step = $2, used_ms = $3
       where id = $1 and (step is null or step < $2)`,
      [credential, step, nowMs],
    )
    return rowCount === 1
  }

  async spendCounter(
    tx: Queries,
    credential: string,
    counter: number,
    nowMs: number,
  ): Promise<boolean> {
    // An authenticator without a counter always says 0 (WebAuthn 3, 7.2 step 22).
    const { rowCount } = await tx.query(
      `update account.credential set counter = $2, used_ms = $3
       where id = $1 and (counter < $2 or (counter = 0 and $2 = 0))`,
      [credential, counter, nowMs],
    )
    return rowCount === 1
  }

  async openTotp(tx: Queries, credential: Credential): Promise<string | null> {
    const owner = await this.keyOf(tx, credential.account)
    if (owner === null || credential.sealed === null) return null
    return this.secrets.open(owner, credential.sealed, totpContext(credential.id))
  }

  /** Takes his values away; what is left is that this account did what the list says of it. */
  async forget(tx: Queries, account: string, nowMs: number): Promise<void> {
    await tx.query('delete from account.credential where account = $1', [account])
    await tx.query('delete from account.invitation where account = $1', [account])
    await tx.query('delete from account.flow where account = $1', [account])
    await tx.query(
      `update account.account set login = null, lookup = null, wrapped_key = null, sealed = null,
         subject = null, roles = '{}', closed_ms = coalesce(closed_ms, $2) where id = $1`,
      [account, nowMs],
    )
  }

  private recoveryHandle(account: string, code: string): string {
    return this.secrets.derive('account-recovery', [account, code]).toString('hex')
  }

  private async sealTotp(tx: Queries, account: string, id: string, secret: string) {
    return this.secrets.seal(await this.keyOf(tx, account), secret, totpContext(id))
  }

  private async keyOf(tx: Queries, account: string) {
    const { rows } = await tx.query<{ wrapped_key: Buffer | null }>(
      'select wrapped_key from account.account where id = $1',
      [account],
    )
    const wrappedKey = rows[0]?.wrapped_key ?? null
    return wrappedKey === null ? null : { subject: account, wrappedKey }
  }

  private async one(tx: Queries, where: string, value: unknown): Promise<Account | null> {
    const [found] = await this.many(tx, where, value)
    return found ?? null
  }

  private async many(tx: Queries, where: string, value: unknown): Promise<readonly Account[]> {
    const { rows } = await tx.query<AccountRow>(
      `select ${columns} from account.account where ${where}`,
      [value],
    )
    return rows.map(row => this.read(row))
  }

  private read(row: AccountRow): Account {
    const { id, subject, wrapped_key: wrappedKey, sealed } = row
    const isKnown = wrappedKey !== null && sealed !== null
    const owner = isKnown
      ? ownerSchema.parse(
          JSON.parse(this.secrets.open({ subject: id, wrappedKey }, sealed, ownerContext(id))),
        )
      : null
    const state = row.closed_ms !== null ? 'closed' : row.opened_ms === null ? 'invited' : 'open'
    const openedMs = row.opened_ms === null ? null : Number(row.opened_ms)
    const language = localeOf(row.language ?? '')
    return { id, subject, owner, state, openedMs, language, roles: row.roles.filter(isRole) }
  }
}

/** A pool, or the transaction that something else commits with. */
export type Queries = Pick<ClientBase, 'query'>

const ownerContext = (account: string): Buffer => Buffer.from(`okite/account/owner ${account}`)
const totpContext = (id: string): Buffer => Buffer.from(`okite/account/totp ${id}`)
