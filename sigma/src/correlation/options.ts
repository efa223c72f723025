/**
 * How correlations are run.
 *
 * `latenessMs`: how far an event may lie behind the latest of its source and still count.
 * `sources`: sources that are waited for from the beginning. `idleMs`: a source that lies further
 * behind than this is waited for no longer. `refire`: `window` alerts once in a group and is then
 * silent until the window has passed, `each` alerts at each event that finds the condition true.
 *
 * The others are bounds of memory, exact as long as they are not reached; what exceeds them is
 * counted: groups of one correlation, events in the window of one group, events that wait for the
 * watermark, and sources told apart.
 *
 * `spill` is where the least recently used groups go that are too many, up to `spilledMax` of one
 * correlation, of which only their keys stay in memory; they come back from there, so that nothing is lost.
 * It belongs to one correlator. Without it they are dropped.
 */
export type CorrelateOptions = Readonly<{
  latenessMs: number
  sources: readonly string[]
  idleMs: number
  refire: 'window' | 'each'
  groupsMax: number
  spill: GroupStore | null
  spilledMax: number
  groupEventsMax: number
  pendingMax: number
  sourcesMax: number
}>

/** Texts by key, as a `Map` keeps them, or a table on a disk. */
export type GroupStore = Readonly<{
  get(key: string): string | undefined
  set(key: string, text: string): unknown
  delete(key: string): unknown
}>

export const defaultOptions: CorrelateOptions = Object.freeze({
  latenessMs: 0,
  sources: [],
  // Ten minutes: collectors that send in batches do so more often.
  idleMs: 600_000,
  refire: 'window',
  groupsMax: 100_000,
  spill: null,
  spilledMax: 1_000_000,
  groupEventsMax: 10_000,
  pendingMax: 100_000,
  sourcesMax: 1_000,
})

/** What was left out or held back since the beginning. */
export type Counters = {
  /** Events behind the watermark. */
  late: number
  /** Events without a field of the group, and without a value that can be counted or added. */
  ungrouped: number
  unvalued: number
  /** Times a condition held in a group that had alerted in the same window. */
  suppressed: number
  groupsDropped: number
  eventsDropped: number
  /** Events that were taken before their time since too many waited. */
  hurried: number
}

export const noCounters = (): Counters => ({
  late: 0,
  ungrouped: 0,
  unvalued: 0,
  suppressed: 0,
  groupsDropped: 0,
  eventsDropped: 0,
  hurried: 0,
})
