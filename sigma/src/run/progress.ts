import { cut } from './columns.ts'
import type { FoundFile } from './files.ts'
import type { Ledger } from './ledger.ts'
import type { Output } from './output.ts'
import type { Tally } from './tally.ts'
import { count, size } from './words.ts'

/** How often the line is written anew. */
const showMs = 100

/** Counts what was read of the files of a run, and shows it in one line of a terminal. */
export function makeProgress(
  err: Output,
  run: Readonly<{ startedAt: number; ledger: Ledger; files: readonly FoundFile[] }>,
) {
  const { startedAt, ledger, files } = run
  const { columns } = err
  const bytesAll = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  let events = 0
  let bytes = 0
  let timer: NodeJS.Timeout | null = null
  return {
    /** Counts more. */
    see(moreEvents: number, moreBytes: number): void {
      events += moreEvents
      bytes += moreBytes
    },
    bytes: () => bytes,
    /** Shows the line from now on, if there is a terminal. */
    show(tally: Tally): void {
      if (columns === null) return
      timer = setInterval(() => {
        const counts = { filesDone: ledger.filesDone, files: files.length, bytes, bytesAll, events }
        const ms = performance.now() - startedAt
        const line = lineOf({ ...counts, matches: tally.events(), ms }, columns)
        void err.write(`\r${line}\u001b[K`)
      }, showMs)
    },
    end(): void {
      if (timer === null) return
      clearInterval(timer)
      void err.write('\r\u001b[K')
    },
  }
}

/** How far a run is. */
type Progress = Readonly<{
  filesDone: number
  files: number
  bytes: number
  bytesAll: number
  events: number
  matches: number
  ms: number
}>

function lineOf(progress: Progress, columns: number): string {
  const { filesDone, files, bytes, bytesAll, events, matches, ms } = progress
  if (events === 0) return cut('loading rules …', columns - 1)
  const share = bytesAll === 0 ? '' : `${Math.min(99, Math.floor((100 * bytes) / bytesAll))} %  `
  const rate = ms === 0 ? 0 : Math.round((1000 * events) / ms)
  return cut(
    `${share}${count(filesDone)}/${count(files)} files  ${size(bytes)}  ${count(events)} events  ${count(rate)}/s  ${count(matches)} matches`,
    columns - 1,
  )
}
