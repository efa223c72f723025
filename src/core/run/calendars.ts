import type { Pool } from 'pg'
import { calendarAdopted } from '../facts.ts'
import { canonicalize, type Json } from '../ledger/canonical.ts'
import type { Ledger } from '../ledger/store.ts'
import { loadCalendars, tableAt, versionsOf } from '../policy/calendars.ts'
import { type BusinessTable, type Clock, toInstant } from '../time.ts'

/**
 * Adopts the newest published version of every calendar that this program brings, where the list goes
 * by another. From there on deadlines are counted by it, and running ones counted anew (V8).
 *
 * @param folder where calendars lie on disk: `policy/calendars`
 * @throws OkiteError `POLICY_NOT_FOUND`, `POLICY_INVALID`
 */
export async function adoptCalendars(
  options: Readonly<{ ledger: Ledger; pool: Pool; clock: Clock; folder: string }>,
): Promise<void> {
  const { ledger, pool, folder } = options
  const now = toInstant(options.clock.nowMs())
  for (const calendar of loadCalendars(folder).values()) {
    const version = versionsOf(calendar)
      .filter(one => one.version <= now.slice(0, 10))
      .at(-1)
    if (version === undefined) continue
    const { id, ...table } = tableAt(calendar, version.version)
    const body = { calendar: id, ...table } as unknown as Json
    if (canonicalize(body) === (await standing(ledger, pool, id))) continue
    await ledger.submit('core', {
      type: calendarAdopted,
      source: 'okite',
      occurred: now,
      observed: now,
      trust: 'record',
      body,
      identity: `calendar ${id} ${version.version} ${now}`,
    })
  }
}

/** What the list goes by now, or null. */
async function standing(ledger: Ledger, pool: Pool, calendar: BusinessTable['id']) {
  const { rows } = await pool.query<{ pos: string }>(
    'select max(pos) as pos from ledger.fact_key where key = $1 and type = $2 having count(*) > 0',
    [calendar, calendarAdopted.name],
  )
  const pos = rows[0]?.pos
  if (pos === undefined) return null
  const [fact] = await ledger.readPositions([Number(pos)])
  return fact === undefined ? null : canonicalize(fact.body as Json)
}
