import { z } from 'zod'
import { beginOf } from '../control/dates.ts'
import { OkiteError } from '../error.ts'
import type { ComposeOptions } from '../run/compose.ts'
import { hasData } from '../run/data-folder.ts'
import { toInstant } from '../time.ts'
import { fill } from './fill.ts'
import { isSample, readMark } from './folder.ts'

/** What `start` was asked for. */
export type Asked = Readonly<{
  isAsked: boolean
  seed: string | null
  until: string | null
  /** The zone of the policy, in which a day ends. */
  zone: string
  nowMs: number
}>

/** Which year a new sample tells; null where nothing is to be filled. */
export type Wanted = Readonly<{ seed: number; untilMs: number }> | null

/**
 * What is to be done with a folder before it is started, refused before anything is made.
 *
 * @throws OkiteError `SAMPLE_FOLDER_REAL`, `SAMPLE_OTHER`, `SAMPLE_UNFINISHED`, `SAMPLE_ARGUMENT`
 */
export function wantedOf(folder: string, asked: Asked): Wanted {
  const given = { seed: seedOf(asked), untilMs: untilOf(asked) }
  if (isSample(folder)) {
    const mark = readMark(folder)
    // Without its mark it is still one, by its key; which one, nobody can say any more.
    if (mark === null) return null
    if (!mark.isFull) throw new OkiteError('SAMPLE_UNFINISHED', { folder })
    const { seed, untilMs } = given
    const isOther =
      (seed !== null && seed !== mark.seed) ||
      (untilMs !== null && toInstant(untilMs) !== mark.until)
    if (isOther)
      throw new OkiteError('SAMPLE_OTHER', { folder, seed: mark.seed, until: mark.until })
    return null
  }
  if (!asked.isAsked) {
    if (asked.seed === null && asked.until === null) return null
    throw new OkiteError('SAMPLE_ARGUMENT', { argument: '--sample' })
  }
  if (hasData(folder)) throw new OkiteError('SAMPLE_FOLDER_REAL', { folder })
  const hourMs = 3_600_000
  const lastHourMs = Math.floor(asked.nowMs / hourMs) * hourMs
  return { seed: given.seed ?? 1, untilMs: given.untilMs ?? lastHourMs }
}

function seedOf({ seed }: Asked): number | null {
  if (seed === null) return null
  const number = /^\d{1,10}$/.test(seed) ? Number(seed) : Number.NaN
  if (!(number <= 0xffff_ffff)) throw new OkiteError('SAMPLE_ARGUMENT', { argument: '--seed' })
  return number
}

/** The year ends at six in the evening of its last day. */
const eveningHours = 18

function untilOf({ until, zone }: Asked): number | null {
  if (until === null) return null
  const isDate = z.iso.date().safeParse(until).success
  const year = Number(until.slice(0, 4))
  if (!isDate || year < 2010 || year > 2100)
    throw new OkiteError('SAMPLE_ARGUMENT', { argument: '--until' })
  return Date.parse(beginOf(until, zone)) + eveningHours * 3_600_000
}

/**
 * Fills a new folder.
 *
 * @throws OkiteError `SAMPLE_OUTSIDE` where its list would lie in a database of somebody else's
 */
export async function fillWanted(
  options: ComposeOptions,
  wanted: NonNullable<Wanted>,
  databaseUrl: string | undefined,
): Promise<void> {
  if (databaseUrl !== undefined) throw new OkiteError('SAMPLE_OUTSIDE', { setting: 'databaseUrl' })
  await fill({ ...options, ...wanted })
}
