import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Queries } from './store.ts'

/** A session as it stands in the table. */
export type Kept = Readonly<{
  id: Buffer
  account: string
  name: string
  methods: readonly string[]
  /** What it was begun with, and from which address. */
  device: string | null
  client: string | null
  begunMs: number
  seenMs: number
  endsMs: number
}>

export type SessionLimits = Readonly<{
  sessionIdleMs: number
  sessionAbsoluteMs: number
  sessionsMax: number
}>

/** 256 bits that only the browser keeps, and what is kept here of them. */
export const newSecret = (): string => randomBytes(32).toString('base64url')
export const hashOf = (secret: string): Buffer =>
  createHash('sha256').update(secret, 'utf8').digest()

/** A seen session is written down once in a while, not with every request. */
const touchMs = 60_000

/**
 * Begins a session in a transaction. The oldest of the same account ends when he has too many: whoever
 * loses a laptop is not kept out by it.
 */
export async function beginSession(
  tx: Queries,
  given: Readonly<{
    account: string
    methods: readonly string[]
    device: string | null
    client: string
    nowMs: number
  }>,
  limits: SessionLimits,
): Promise<Readonly<{ secret: string; endsMs: number }>> {
  const { account, methods, device, client, nowMs } = given
  const secret = newSecret()
  const endsMs = nowMs + limits.sessionAbsoluteMs
  await tx.query(
    `insert into account.session
       (id, account, name, methods, device, client, begun_ms, seen_ms, ends_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $7, $8)`,
    [hashOf(secret), account, randomUUID(), methods, device, client, nowMs, endsMs],
  )
  await tx.query(
    `delete from account.session where ends_ms <= $1 or seen_ms <= $2 or id in (
       select id from account.session where account = $3 order by begun_ms desc, name offset $4)`,
    [nowMs, nowMs - limits.sessionIdleMs, account, limits.sessionsMax],
  )
  return { secret, endsMs }
}

/** The session of a cookie, and a touch of its idle clock; null when there is none or it has ended. */
export async function findSession(
  tx: Queries,
  secret: string,
  nowMs: number,
  limits: SessionLimits,
): Promise<Kept | null> {
  // The lookup is by hash: how long it takes says nothing about the secret.
  const { rows } = await tx.query<Row>(`select ${columns} from account.session s where id = $1`, [
    hashOf(secret),
  ])
  const row = rows[0]
  if (row === undefined) return null
  const kept = read(row)
  if (!runs(kept, nowMs, limits)) {
    await tx.query('delete from account.session where id = $1', [kept.id])
    return null
  }
  if (nowMs - kept.seenMs >= touchMs) {
    await tx.query('update account.session set seen_ms = $2 where id = $1', [kept.id, nowMs])
  }
  return kept
}

/** Those of these sessions that still run, without a touch. */
export async function runningSessions(
  tx: Queries,
  ids: readonly string[],
  nowMs: number,
  limits: SessionLimits,
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<Row>(
    `select ${columns} from account.session s join account.account a on a.id = s.account
     where s.id = any($1) and a.closed_ms is null`,
    [ids.map(id => Buffer.from(id, 'hex'))],
  )
  const running = rows.map(read).filter(kept => runs(kept, nowMs, limits))
  return new Set(running.map(kept => kept.id.toString('hex')))
}

export async function sessionsOf(
  tx: Queries,
  account: string,
  nowMs: number,
  limits: SessionLimits,
): Promise<readonly Kept[]> {
  const { rows } = await tx.query<Row>(
    `select ${columns} from account.session s where account = $1 order by begun_ms desc, name`,
    [account],
  )
  return rows.map(read).filter(kept => runs(kept, nowMs, limits))
}

/** Ends sessions of an account, all but one if it is given; answers how many. */
export async function endSessions(
  tx: Queries,
  account: string,
  which: Readonly<{ name?: string; but?: Buffer | null }> = {},
): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from account.session where account = $1 and ($2::uuid is null or name = $2)
       and ($3::bytea is null or id <> $3)`,
    [account, which.name ?? null, which.but ?? null],
  )
  return rowCount ?? 0
}

type Row = {
  id: Buffer
  account: string
  name: string
  methods: string[]
  device: string | null
  client: string | null
  begun_ms: string
  seen_ms: string
  ends_ms: string
}

const columns =
  's.id, s.account, s.name, s.methods, s.device, s.client, s.begun_ms, s.seen_ms, s.ends_ms'

const read = (row: Row): Kept => ({
  id: row.id,
  account: row.account,
  name: row.name,
  methods: row.methods,
  device: row.device,
  client: row.client,
  begunMs: Number(row.begun_ms),
  seenMs: Number(row.seen_ms),
  endsMs: Number(row.ends_ms),
})

const runs = (kept: Kept, nowMs: number, limits: SessionLimits): boolean =>
  nowMs < kept.endsMs && nowMs - kept.seenMs < limits.sessionIdleMs
