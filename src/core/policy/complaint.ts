import { OkiteError } from '../error.ts'

/** One thing that is wrong with a file of a pack, and where. */
export type Complaint = Readonly<{
  code: 'POLICY_INVALID' | 'POLICY_PARAMS_CONFLICT'
  /** Name of the file inside the folder; never a path of the machine. */
  file: string
  line: number | null
  /** Keys and indexes from the top of the file, e.g. `groups.0.statements.2.text`. */
  path: string
  problem: string
}>

// An author mends a handful at a time; a hostile file must not make an error of megabytes.
const complaintsMax = 100

/**
 * Everything that is wrong, told at once and in a fixed order, so that an author need not run the
 * loader once per mistake. Does nothing when there is no complaint.
 *
 * @throws OkiteError `POLICY_PARAMS_CONFLICT` when nothing else is wrong, else `POLICY_INVALID`
 */
export function refuse(subject: string, complaints: readonly Complaint[]): void {
  if (complaints.length === 0) return
  const invalid = complaints.some(complaint => complaint.code === 'POLICY_INVALID')
  throw new OkiteError(invalid ? 'POLICY_INVALID' : 'POLICY_PARAMS_CONFLICT', {
    pack: printable(subject),
    count: complaints.length,
    complaints: complaints.slice(0, complaintsMax).map(say),
  })
}

/** A name that may come from a hostile file, fit to be shown: escaped and cut. */
export const printable = (name: string): string => {
  const escaped = name.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    c => `\\u{${c.codePointAt(0)?.toString(16)}}`,
  )
  return escaped.length > namesMax ? `${escaped.slice(0, namesMax)}…` : escaped
}

const namesMax = 120 // more than the longest control id, less than a line of a terminal

const say = (c: Complaint): string =>
  `${c.file}${c.line === null ? '' : `:${c.line}`}${c.path === '' ? '' : ` ${c.path}`}: ${c.problem}`
