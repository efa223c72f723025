import { createHash, timingSafeEqual } from 'node:crypto'
import type { Ports, Reader } from '../../core/module.ts'
import type { Minute } from './journal.ts'
import type { Answer } from './probe/answer.ts'
import type { Probe } from './probe/ask.ts'
import type { Rounds } from './probe/round.ts'
import { type AvailabilitySettings, availabilitySettings } from './settings.ts'

/** What the program remembers of probing, beside the journal. Lost with the process, and nothing with it. */
export type Desk = {
  readonly settings: AvailabilitySettings
  /** Made when it is first asked; null before, and where a file that the settings name cannot be read. */
  rounds: Rounds | null
  /** The last minute that was asked. */
  minute: Minute
  /** Rounds since the program began. */
  count: number
  /** What the last round found, for who looks now. */
  last: ReadonlyMap<string, Answer>
  /** Stretches that are on the list since the program began. */
  told: Set<string>
  /** The newest minute that each vantage point has sent. */
  heard: Map<string, Minute>
}

/** By the reader of a program, for there may be several in one process. */
const desks = new WeakMap<Reader, Desk>()

export function deskOf({ reader, settings }: Pick<Ports, 'reader' | 'settings'>): Desk {
  const known = desks.get(reader)
  if (known !== undefined) return known
  const desk: Desk = {
    ...{ settings: availabilitySettings.parse(settings), rounds: null },
    ...{ minute: -1, count: 0, last: new Map(), told: new Set(), heard: new Map() },
  }
  desks.set(reader, desk)
  return desk
}

/** What is registered, by service. */
export async function readProbes(reader: Pick<Reader, 'query'>): Promise<Map<string, Probe>> {
  const rows = await reader.query<{ id: string; body: Probe }>(
    'select id, body from service_probe_register where not closed order by id limit 2000',
  )
  return new Map(rows.map(({ id, body }) => [id, body]))
}

export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex')

/** Whose key this is; every one is compared, whether or not one has matched. */
export function vantageOf(key: string, { vantages }: AvailabilitySettings): string | null {
  const given = Buffer.from(hashOfKey(key), 'hex')
  let found: string | null = null
  for (const { name, keySha256 } of vantages)
    if (timingSafeEqual(given, Buffer.from(keySha256, 'hex'))) found = name
  return found
}
