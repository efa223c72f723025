import { createHash } from 'node:crypto'
import { OkiteError } from '../error.ts'
import type { FactType, Observation, Pos } from '../fact.ts'
import {
  claimAccepted,
  exceptionEnded,
  exceptionGranted,
  factCorrected,
  factRetracted,
  fileRecorded,
} from '../facts.ts'
import type { Judge } from '../judge.ts'
import { takeObservation } from '../ledger/intake.ts'
import type { Ledger } from '../ledger/store.ts'
import { toInstant } from '../time.ts'
import { type LineContext, readLine } from './line.ts'

/** 128 MiB, read at once: the same bytes are checked whole and then appended. */
export const fileBytesMax = 128 * 1024 * 1024
/** More complaints than this are counted and not listed: the file is of another kind. */
const complaintsMax = 100
/** Submitted together: enough to fill the ledger's batches, little enough to hold in memory. */
const togetherCount = 2_048

/** What is wrong with one line, and which it is, counted from 1. */
export type Complaint = Readonly<{ line: number; error: OkiteError }>

export type Recorded = Readonly<{
  /** Facts that are on the list now, those that had been there before, and the last position. */
  appended: number
  known: number
  last: Pos | null
  /** Where the fact of the last line stands, new or known; in a dry run null where it would be new. */
  lastLine: Pos | null
  lines: number
  complaints: readonly Complaint[]
  complaintCount: number
}>

export type RecordOptions = Readonly<{
  ledger: Pick<
    Ledger,
    'submit' | 'readPositions' | 'positionOf' | 'retractionOf' | 'size' | 'refOf'
  >
  /** All registered types, and the judges: what they conclude nobody records. */
  types: ReadonlyMap<string, FactType>
  judges: readonly Judge[]
  nowMs: number
  by: string
  dry: boolean
  /**
   * What was recorded in these words and then retracted is recorded anew. A file that is recorded a
   * second time must not bring back what was wrong in it; who does a thing again means it.
   */
  anew?: boolean
}>

/** What core itself lets people record; of its other types it is the only author. */
const byHand = [claimAccepted, factRetracted, factCorrected, exceptionGranted, exceptionEnded]

/** Types of modules that no judge makes and that take the word of a person, and core's own. */
export function recordable(
  types: ReadonlyMap<string, FactType>,
  judges: readonly Judge[],
): ReadonlyMap<string, FactType> {
  const made = new Set(judges.flatMap(judge => judge.makes.map(type => type.name)))
  const own = new Set(byHand.map(type => type.name))
  return new Map(
    [...types].filter(([, type]) =>
      type.module === 'core' ? own.has(type.name) : !made.has(type.name),
    ),
  )
}

/**
 * Records a file of facts, one JSON object a line: all of it or nothing. One file at a time: what
 * follows `file.recorded` from this source is of that file. Everything is checked before
 * the first fact is appended. A process that dies in between has appended the beginning; recording
 * the file again appends the rest.
 *
 * @throws OkiteError `RECORD_FILE_TOO_LARGE`, `RECORD_FILE_ENCODING`, `RECORD_FILE_EMPTY`
 */
export async function record(bytes: Uint8Array, options: RecordOptions): Promise<Recorded> {
  const lines = linesOf(bytes)
  const context: LineContext = {
    types: recordable(options.types, options.judges),
    by: options.by,
    teller: '',
    nowMs: options.nowMs,
    file: createHash('sha256').update(bytes).digest('hex'),
  }
  const checked = await check(lines, context, options)
  if (checked.complaintCount > 0 || options.dry) {
    const isGood = checked.complaintCount === 0
    const lastLine = isGood ? await standing(lines.at(-1)!, context, options) : null
    return { ...checked, appended: 0, known: 0, last: null, lastLine, lines: lines.length }
  }
  const counts = { appended: 0, known: 0, last: null as Pos | null, lastLine: null as Pos | null }
  const submit = async (observation: Observation) => {
    const { pos, known } = await followed(observation, options, one =>
      options.ledger.submit(one.type.module, one),
    )
    if (known) counts.known += 1
    else counts.appended += 1
    counts.last = Math.max(counts.last ?? pos, pos)
    return pos
  }
  // Who records stands on the list before what he records: all of it up to the next such fact.
  const { pos } = await options.ledger.submit('core', fileFact(bytes, lines.length, context))
  counts.last = pos
  const told = { ...context, teller: (await options.ledger.refOf(options.by)) ?? '' }
  for (let from = 0; from < lines.length; from += togetherCount) {
    const together = lines.slice(from, from + togetherCount)
    const positions = await Promise.all(
      together.map(({ text, line }) => submit(readLine(text, line, told))),
    )
    counts.lastLine = positions.at(-1) ?? null
  }
  return { ...checked, ...counts, lines: lines.length }
}

/** What was retracted is no longer there, and may be said again under an identity of its own. */
async function followed<Answer extends Readonly<{ pos: Pos; known: boolean }> | null>(
  observation: Observation,
  { ledger, anew = false }: RecordOptions,
  ask: (observation: Observation) => Promise<Answer>,
): Promise<Answer> {
  const isAnew = anew || observation.type.name === claimAccepted.name
  let { identity } = observation
  for (;;) {
    const found = await ask({ ...observation, identity })
    const isKnown = found?.known === true && isAnew
    const retraction = isKnown ? await ledger.retractionOf(found.pos) : null
    if (retraction === null) return found
    identity = `${observation.identity} after ${retraction}`
  }
}

/** Where the fact of a line stands, if it does; nothing is appended. */
async function standing({ text, line }: Line, context: LineContext, options: RecordOptions) {
  const teller = (await options.ledger.refOf(options.by)) ?? ''
  const observation = readLine(text, line, { ...context, teller })
  const found = await followed(observation, options, async one => {
    const pos = await options.ledger.positionOf(one.type.module, one)
    return pos === null ? null : { pos, known: true }
  })
  return found?.pos ?? null
}

type Line = Readonly<{ text: string; line: number }>

function linesOf(bytes: Uint8Array): readonly Line[] {
  if (bytes.byteLength > fileBytesMax) {
    throw new OkiteError('RECORD_FILE_TOO_LARGE', { limit: fileBytesMax })
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new OkiteError('RECORD_FILE_ENCODING')
  }
  const lines = text
    .split(/\r?\n/)
    .map((one, index) => ({ text: one, line: index + 1 }))
    .filter(({ text: one }) => one.trim() !== '')
  if (lines.length === 0) throw new OkiteError('RECORD_FILE_EMPTY')
  return lines
}

async function check(lines: readonly Line[], context: LineContext, options: RecordOptions) {
  const complaints: Complaint[] = []
  let complaintCount = 0
  for (const { text, line } of lines) {
    try {
      const observation = readLine(text, line, context)
      // Body, slots and sizes, exactly as the ledger will judge them.
      takeObservation(observation.type.module, observation, options.types)
      await checkTarget(observation, options)
    } catch (error) {
      if (!(error instanceof OkiteError)) throw error
      complaintCount += 1
      if (complaints.length < complaintsMax) complaints.push({ line, error })
    }
  }
  return { complaints, complaintCount }
}

/** An acceptance or a correction that would be ignored is refused while somebody is there to hear it. */
async function checkTarget({ type, body, private: given }: Observation, options: RecordOptions) {
  if (![claimAccepted, factRetracted, factCorrected].some(one => one.name === type.name)) return
  const { target } = body as { target: Pos }
  const refuse = (why: string) => new OkiteError('RECORD_TARGET', { target, why })
  if (target >= (await options.ledger.size())) throw refuse('not on the list')
  const [fact] = await options.ledger.readPositions([target])
  if (fact === undefined) throw refuse('not on the list')
  if (Array.isArray(fact.because) && fact.because.length > 0) throw refuse('concluded, not told')
  if (type.name !== claimAccepted.name) return
  if (fact.trust !== 'claim') throw refuse('no claim')
  if (fact.refs['by'] === undefined) throw refuse('names nobody who claims it')
  const by = given?.['by']?.person
  const ref = by == null ? null : await options.ledger.refOf(by)
  if (by == null || (ref !== null && Object.values(fact.refs).includes(ref)))
    throw refuse('no second person')
}

const fileFact = (bytes: Uint8Array, lines: number, context: LineContext): Observation => ({
  type: fileRecorded,
  source: 'okite record',
  occurred: toInstant(context.nowMs),
  observed: toInstant(context.nowMs),
  trust: 'record',
  body: { file: context.file, sizeBytes: bytes.byteLength, lines },
  private: { by: { value: context.by, person: context.by } },
  // A doing of its own each time, also when nothing of the file is new.
  identity: `${context.file} ${toInstant(context.nowMs)}`,
})
