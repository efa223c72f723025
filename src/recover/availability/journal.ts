import { promises as fs } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { codeOf } from '../../core/error.ts'
import { syncFolder } from '../../core/ledger/private-file.ts'
import { failedWhys } from './facts.ts'
import { blindWhys } from './probe/answer.ts'

/**
 * What was asked and is not on the list yet, minute by minute: a file for each hour, a line for each round,
 * on the disk before anything is made of it. A program that dies goes on with what is here; minutes that
 * nobody wrote were not seen. Whoever can write here can say what he likes of the hour that runs, and of
 * nothing that is on the list.
 */

/** Minutes since 1970, as the clock counted them. */
export type Minute = number
/** `''`: answered. `?…`: blind. Else: failed. */
export type Result = string

export type Sample = Readonly<{
  minute: Minute
  /** `here`, or the name of a vantage point. */
  place: string
  results: Readonly<Record<string, Result>>
}>
/** A stretch that is told, written before it is told: after a crash the very same is told again. */
export type Seal = Readonly<{ service: string; from: Minute; minutes: number }>
export type Entry = Sample | Seal

/** An hour of twenty places that ask 500 services. */
const fileBytesMax = 32 * 1024 * 1024
/** A day of silence: what is older is told by nobody any more. */
const filesMax = 26

const minute = z.int().nonnegative()
const whys = [...failedWhys, ...blindWhys.map(why => `?${why}`)]
const line = z.union([
  z.strictObject({
    minute,
    place: z.string().max(40),
    results: z.record(z.string().max(100), z.enum(['', ...whys])),
  }),
  z.strictObject({ service: z.string().max(100), from: minute, minutes: z.int().min(1).max(60) }),
])

export const isSeal = (entry: Entry): entry is Seal => 'service' in entry
export const hourOf = (at: Minute): number => Math.floor(at / 60)
const minuteOf = (entry: Entry): Minute => (isSeal(entry) ? entry.from : entry.minute)

export type Journal = Readonly<{
  /** Point of no return of a minute: once this resolves it outlives the program. */
  append(entries: readonly Entry[]): Promise<void>
  read(): Promise<readonly Entry[]>
  /** Takes away hours before this one. */
  drop(before: number): Promise<void>
}>

export function openJournal(folder: string): Journal {
  const pathOf = (hour: number) => join(folder, `${hour}.jsonl`)
  const hours = async (): Promise<number[]> =>
    (await fs.readdir(folder))
      .flatMap(name => /^(\d{1,9})\.jsonl$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)

  const appendTo = async (hour: number, entries: readonly Entry[]) => {
    const file = await fs.open(pathOf(hour), 'a', 0o600)
    try {
      const { size } = await file.stat()
      if (size > fileBytesMax) return
      // A line that was cut off by a crash is ended first, so that it spoils no other.
      await file.appendFile(entries.map(entry => `\n${JSON.stringify(entry)}\n`).join(''))
      await file.datasync()
      if (size === 0) syncFolder(folder)
    } finally {
      await file.close()
    }
  }
  return {
    async append(entries) {
      const byHour = Map.groupBy(entries, entry => hourOf(minuteOf(entry)))
      for (const [hour, ofHour] of byHour) await appendTo(hour, ofHour)
    },
    async read() {
      const found: Entry[] = []
      for (const hour of (await hours()).slice(-filesMax)) {
        const text = await fs.readFile(pathOf(hour), 'utf8').catch(error => {
          // Taken away between two looks.
          if (codeOf(error) === 'ENOENT') return ''
          throw error
        })
        for (const one of text.split('\n')) {
          const entry = one === '' ? null : readLine(one)
          if (entry !== null) found.push(entry)
        }
      }
      return found
    },
    async drop(before) {
      const found = await hours()
      const old = found.filter((hour, nth) => hour < before || nth < found.length - filesMax)
      for (const hour of old) await fs.rm(pathOf(hour), { force: true })
    },
  }
}

/** null: it was cut off, or is of somebody else. What is not understood was not seen. */
function readLine(text: string): Entry | null {
  try {
    return line.parse(JSON.parse(text)) as Entry
  } catch {
    return null
  }
}
