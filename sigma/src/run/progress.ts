import { cut } from './columns.ts'
import { count, size } from './words.ts'

/** How far a run is. */
export type Progress = Readonly<{
  filesDone: number
  files: number
  bytes: number
  bytesAll: number
  events: number
  matches: number
  ms: number
}>

/** One line that tells how far a run is, and what it found so far. */
export function progressLine(progress: Progress, columns: number): string {
  const { filesDone, files, bytes, bytesAll, events, matches, ms } = progress
  if (events === 0) return cut('loading rules …', columns - 1)
  const share = bytesAll === 0 ? '' : `${Math.min(99, Math.floor((100 * bytes) / bytesAll))} %  `
  const rate = ms === 0 ? 0 : Math.round((1000 * events) / ms)
  return cut(
    `${share}${count(filesDone)}/${count(files)} files  ${size(bytes)}  ${count(events)} events  ${count(rate)}/s  ${count(matches)} matches`,
    columns - 1,
  )
}
