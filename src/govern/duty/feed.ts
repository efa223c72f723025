import { createHash, randomBytes } from 'node:crypto'
import { accountClosed } from '../../core/account/facts.ts'
import type { Fact, FactType, Ref } from '../../core/fact.ts'
import type { Hands, Ports, Reader, Table } from '../../core/module.ts'
import { calendarRevoked, calendarShared } from './facts.ts'
import type { PersonRow } from './show.ts'
import { type Me, nowOf } from './who.ts'

/** The secret addresses under which calendars read what one person owes. */

type FeedRow = Readonly<{ feed: string; ref: string; since: string }>

/**
 * Addresses that work. Trusted for nothing but speed: whoever writes to it could let somebody read what a
 * person owes, and nothing else. An account that is closed takes its address with it.
 */
export const feedTable: Table = {
  name: 'duty_feed',
  version: 1,
  columns: 'feed text primary key, ref text not null, since text not null, unique (ref, feed)',
  from: [calendarShared, calendarRevoked, accountClosed],
  async apply(fact, table, tx) {
    const { type, refs, recorded } = fact
    if (type === accountClosed.name) {
      await tx.query(`delete from ${table} where ref = $1`, [refs['person'] ?? ''])
      return
    }
    const { feed } = (fact as Fact<{ feed: string }>).body
    if (type === calendarRevoked.name)
      await tx.query(`delete from ${table} where feed = $1`, [feed])
    else
      await tx.query(`insert into ${table} values ($1, $2, $3) on conflict (feed) do nothing`, [
        feed,
        refs['by'] ?? '',
        recorded,
      ])
  },
}

/** 256 bits: nobody guesses it. What is kept of it is its hash, which opens nothing. */
const newToken = (): string => randomBytes(32).toString('base64url')

export const feedOf = (token: string): string => createHash('sha256').update(token).digest('hex')

export const ownFeeds = async ({ ref }: Pick<Me, 'ref'>, reader: Reader): Promise<FeedRow[]> =>
  ref === null ? [] : reader.query<FeedRow>('select * from duty_feed where ref = $1', [ref])

async function say(type: FactType, feed: string, me: Me, ports: Ports & Hands): Promise<void> {
  const now = nowOf(ports)
  const { pos } = await ports.submit({
    ...{ type, source: 'okite duty', occurred: now, observed: now, trust: 'record' },
    body: { feed },
    private: { by: { value: me.identifier, person: me.identifier } },
    identity: `${type.name} ${feed}`,
  })
  await ports.judged(pos)
}

export async function revokeFeeds(me: Me, ports: Ports & Hands): Promise<void> {
  for (const { feed } of await ownFeeds(me, ports.reader))
    await say(calendarRevoked, feed, me, ports)
}

/** A new address in the place of the old one; its token is told this once and kept nowhere. */
export async function shareFeed(me: Me, ports: Ports & Hands): Promise<string> {
  await revokeFeeds(me, ports)
  const token = newToken()
  await say(calendarShared, feedOf(token), me, ports)
  return token
}

/** Whose address it is, if he is still here. */
export async function ownerOf(token: string, reader: Reader): Promise<Me | null> {
  const [row] = await reader.query<PersonRow & Readonly<{ ref: Ref }>>(
    `select p.* from duty_feed f join duty_person p on p.ref = f.ref
     where f.feed = $1 and not p.has_left order by p.person limit 1`,
    [feedOf(token)],
  )
  if (row === undefined) return null
  return { identifier: '', ref: row.ref, person: row.person, can: () => false }
}
