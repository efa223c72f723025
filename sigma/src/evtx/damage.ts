/**
 * What can be wrong with an event log, for a program to tell apart.
 *
 * - `file-signature`: the file does not begin as an event log does
 * - `file-checksum`: the header of the file is not as it was written
 * - `file-truncated`: the file ends within its header
 * - `chunk-signature`: there is something else where a chunk should be
 * - `chunk-truncated`: the file ends within a chunk; the records before the end are read
 * - `chunk-header-checksum`, `chunk-records-checksum`: the chunk is not as it was written, or is
 *   still being written; its records are read, but none of them is called intact
 * - `chunk-free-space`: the header gives an end of the records that lies outside the chunk
 * - `chunk-budget`: the chunk asks for more work or more memory than any honest one; its rest is
 *   not read
 * - `record-signature`: bytes among the records that are none
 * - `record-size`: a size that does not fit, or whose copy at the end of the record differs
 * - `offset`: something is said to be where it cannot be
 * - `token`: a byte of the binary XML that has no meaning in its place
 * - `depth`: elements or templates within one another beyond the limit
 * - `cycle`: a template that contains itself
 * - `value-index`: a template asks for a value that its instance does not have
 * - `value-size`: a value whose size does not fit its type
 * - `value-type`: a type that the format does not know
 * - `no-event`: a record without an element
 */
export type Reason =
  | 'file-signature'
  | 'file-checksum'
  | 'file-truncated'
  | 'chunk-signature'
  | 'chunk-truncated'
  | 'chunk-header-checksum'
  | 'chunk-records-checksum'
  | 'chunk-free-space'
  | 'chunk-budget'
  | 'record-signature'
  | 'record-size'
  | 'offset'
  | 'token'
  | 'depth'
  | 'cycle'
  | 'value-index'
  | 'value-size'
  | 'value-type'
  | 'no-event'

/**
 * Ends the reading of one record. It never leaves the reader: there it becomes a remark, and the
 * next record is read.
 */
export class Damage extends Error {
  readonly reason: Reason
  /** Where in the chunk, in bytes from its beginning. */
  readonly at: number

  constructor(reason: Reason, at: number) {
    super(`${reason} at ${at}`)
    this.name = 'Damage'
    this.reason = reason
    this.at = at
  }
}
