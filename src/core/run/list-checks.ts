import type { Config } from '../config.ts'
import { codeOf, OkiteError } from '../error.ts'
import { ledgerChecked } from '../facts.ts'
import type { Ledger } from '../ledger/store.ts'
import type { Log } from '../log.ts'
import type { Reader } from '../module.ts'
import { type Clock, msOf, toInstant, type Zone } from '../time.ts'
import type { Integrity } from './integrity.ts'

/** How far a check has come, as the running program tells it. */
export type FsckState = Readonly<{
  running: boolean
  done: number
  size: number
  result: Integrity | null
  code: string | null
}>

type Progress = (done: number, size: number) => void

/** What a check is made with: the list, and who derives everything on it again. */
type Checked = Readonly<{
  ledger: Pick<Ledger, 'size' | 'submit'>
  clock: Clock
  /** @throws OkiteError `STOPPING` once the signal is aborted */
  integrity(progress?: Progress, signal?: AbortSignal): Promise<Integrity>
}>

/**
 * Checks, and says on the list what came of it, so that anybody can ask when it was last whole. What cannot
 * be said – of a list that takes nothing more, for instance – is told all the same.
 *
 * @throws OkiteError `STOPPING` when it was cut short: then nothing is said
 */
export async function checkAndSay(
  { ledger, clock, integrity }: Checked,
  progress?: Progress,
  signal?: AbortSignal,
): Promise<Integrity> {
  const size = await ledger.size()
  const result = await integrity(progress, signal)
  const { list, judges, rows, tables, files } = result
  const now = toInstant(clock.nowMs())
  const faults = {
    list: list.faultCount,
    judges: judges.differs === null ? 0 : 1,
    rows: rows.differing.length,
    tables: tables.differing.length,
    files: files.missing.length + files.altered.length,
  }
  const { facts, derived } = judges
  await ledger
    .submit('core', {
      ...{ type: ledgerChecked, source: 'okite fsck', occurred: now, observed: now },
      trust: 'instrument',
      body: { size, isSound: result.ok, faults, facts, derived, files: files.compared },
      identity: `checked ${size} ${now}`,
    })
    .catch(() => undefined)
  return result
}

/** When the list is checked by itself: every so many days (0: never) at a time of day. */
type CheckSchedule = Readonly<{ days: number; time: string; zone: Zone }>

export const scheduleOf = (
  { values: { checkDays: days, checkTime: time } }: Config,
  zone: Zone,
): CheckSchedule => ({ days, time, zone })

/**
 * The checks of the list inside the program: one at a time, whoever asks for it, and now and then one by
 * itself. When the last one was is read from the list, so that neither a restart nor a restore begins one
 * that was just made, and one that a person or a timer asked for counts as well.
 */
export class ListChecks {
  private readonly options: Readonly<{
    checked: Checked
    reader: Pick<Reader, 'latest' | 'fact'>
    schedule: () => CheckSchedule
    log: Log
  }>
  private readonly abort = new AbortController()
  private told: FsckState = { running: false, done: 0, size: 0, result: null, code: null }
  private running: Promise<void> = Promise.resolve()
  private looking: Promise<void> = Promise.resolve()
  private timer: NodeJS.Timeout | null = null
  private begunMs = 0
  /** When one was last begun by itself. Of what is forgotten in a restart only failures are not on the list. */
  private triedMs = -Infinity

  constructor(options: ListChecks['options']) {
    this.options = options
  }

  state(): FsckState {
    return this.told
  }

  /** Begins a check, or joins the one that runs; resolves when it is over, however it ended. */
  check(): Promise<void> {
    if (!this.told.running && !this.abort.signal.aborted) this.running = this.run()
    return this.running
  }

  /** From now on a check is made by itself when one is due. */
  begin(): void {
    this.begunMs = this.options.checked.clock.nowMs()
    this.timer = setInterval(() => void this.look(), lookEveryMs)
    this.timer.unref()
  }

  /** What is done each minute; resolves when the check is over, if one was due. */
  look(): Promise<void> {
    if (!this.told.running)
      this.looking = this.checkIfDue().catch((error: unknown) => {
        this.options.log.warn('fsck.look.failed', { code: codeOf(error) })
      })
    return this.looking
  }

  /** Cuts short what runs: nothing of it is kept. */
  async close(): Promise<void> {
    this.abort.abort()
    if (this.timer !== null) clearInterval(this.timer)
    await this.looking
    await this.running
  }

  private async checkIfDue(): Promise<void> {
    const { reader, schedule, checked } = this.options
    const { days, time, zone } = schedule()
    if (days === 0) return
    const nowMs = checked.clock.nowMs()
    if (nowMs - this.triedMs < triedMsMin) return
    const [last] = await reader.latest(ledgerChecked, 1)
    const since = last ?? (await reader.fact(0))
    if (since === null) return
    const dueMs = dueAt(msOf(since.recorded), last === undefined ? 0 : days, { time, zone })
    if (nowMs < dueMs) return
    const isNight = nowMs - lastTime(nowMs, { time, zone }) < nightMs
    const isMissed = nowMs - dueMs >= missedMs && nowMs - this.begunMs >= settledMs
    if (!isNight && !isMissed) return
    // Meanwhile a person may have asked: then his is joined.
    this.triedMs = nowMs
    await this.check()
  }

  private async run(): Promise<void> {
    const { checked, log } = this.options
    this.told = { running: true, done: 0, size: 0, result: null, code: null }
    const progress: Progress = (done, size) => {
      this.told = { ...this.told, done, size }
    }
    try {
      const result = await checkAndSay(checked, progress, this.abort.signal)
      this.told = { ...this.told, running: false, result }
      if (!result.ok) log.error('fsck.differs')
    } catch (error) {
      const code = error instanceof OkiteError ? error.code : 'FSCK_FAILED'
      this.told = { ...this.told, running: false, code }
      if (code !== 'STOPPING') log.error('fsck.failed', { code })
    }
  }
}

const lookEveryMs = 60_000
/** So long after its time of day a check may still begin: a start in the morning is not the night. */
const nightMs = 2 * 3_600_000
/** A night went by without the program, as of a machine that is off at night: then by day. */
const missedMs = 24 * 3_600_000
/** By day not while people wait for the program to start, and not in a circle with whatever ends it. */
const settledMs = 15 * 60_000
/** One that failed is tried again the next night. */
const triedMsMin = 20 * 3_600_000

type Time = Pick<CheckSchedule, 'time' | 'zone'>

/** The first such time of day after so many days. */
function dueAt(sinceMs: number, days: number, { time, zone }: Time): number {
  const since = Temporal.Instant.fromEpochMilliseconds(sinceMs).toZonedDateTimeISO(zone)
  const at = since.add({ days }).withPlainTime(time)
  const isOver = days === 0 && at.epochMilliseconds <= sinceMs
  return (isOver ? at.add({ days: 1 }) : at).epochMilliseconds
}

/** The last such time of day that is over. */
function lastTime(nowMs: number, { time, zone }: Time): number {
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(zone)
  const today = now.withPlainTime(time)
  return (today.epochMilliseconds <= nowMs ? today : today.subtract({ days: 1 })).epochMilliseconds
}
