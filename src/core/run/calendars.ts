import type { Pool } from 'pg'
import type { FactType } from '../fact.ts'
import { calendarAdopted, lawAdopted } from '../facts.ts'
import { canonicalize, type Json } from '../ledger/canonical.ts'
import type { Ledger } from '../ledger/store.ts'
import { loadCalendars, tableAt, versionsOf } from '../policy/calendars.ts'
import { lawTable, loadLaws } from '../policy/laws.ts'
import { type Clock, toInstant } from '../time.ts'

/** @param folder where the files lie on disk: `policy/calendars`, `policy/laws` */
type Options = Readonly<{ ledger: Ledger; pool: Pool; clock: Clock; folder: string }>

/**
 * Adopts the newest published version of every calendar that this program brings, where the list goes
 * by another. From there on deadlines are counted by it, and running ones counted anew (V8).
 *
 * @throws OkiteError `POLICY_NOT_FOUND`, `POLICY_INVALID`
 */
export async function adoptCalendars(options: Options): Promise<void> {
  const day = toInstant(options.clock.nowMs()).slice(0, 10)
  for (const calendar of loadCalendars(options.folder).values()) {
    const version = versionsOf(calendar)
      .filter(one => one.version <= day)
      .at(-1)
    if (version === undefined) continue
    const { id, ...table } = tableAt(calendar, version.version)
    await adopt(options, calendarAdopted, id, { calendar: id, ...table })
  }
}

/**
 * The same for laws, as they were read by today: from there on the legs of their clocks are measured by
 * it. A draft stands there without a version.
 *
 * @throws OkiteError `POLICY_NOT_FOUND`, `POLICY_INVALID`
 */
export async function adoptLaws(options: Options): Promise<void> {
  for (const law of loadLaws(options.folder).values()) {
    await adopt(options, lawAdopted, law.id, { ...lawTable(law), asOf: law.asOf })
  }
}

/** Puts a table on the list, unless the newest of its key there is the same. */
async function adopt(
  { ledger, pool, clock }: Options,
  type: FactType<any>,
  key: string,
  table: object,
): Promise<void> {
  const body = table as Json
  if (canonicalize(body) === (await standing(ledger, pool, type, key))) return
  const now = toInstant(clock.nowMs())
  await ledger.submit('core', {
    type,
    source: 'okite',
    occurred: now,
    observed: now,
    trust: 'record',
    body,
    identity: `${type.name} ${key} ${now}`,
  })
}

/** What the list goes by now, or null. */
async function standing(ledger: Ledger, pool: Pool, type: FactType, key: string) {
  const { rows } = await pool.query<{ pos: string }>(
    'select max(pos) as pos from ledger.fact_key where key = $1 and type = $2 having count(*) > 0',
    [key, type.name],
  )
  const pos = rows[0]?.pos
  if (pos === undefined) return null
  const [fact] = await ledger.readPositions([Number(pos)])
  return fact === undefined ? null : canonicalize(fact.body as Json)
}
