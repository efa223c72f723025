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
 */
export type CorrelateOptions = Readonly<{
  latenessMs: number
  sources: readonly string[]
  idleMs: number
  refire: 'window' | 'each'
  groupsMax: number
  groupEventsMax: number
  pendingMax: number
  sourcesMax: number
}>

export const defaultOptions: CorrelateOptions = Object.freeze({
  latenessMs: 0,
  sources: [],
  // Ten minutes: collectors that send in batches do so more often.
  idleMs: 600_000,
  refire: 'window',
  groupsMax: 100_000,
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
