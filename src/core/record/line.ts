import { createHash } from 'node:crypto'
import { z } from 'zod'
import { OkiteError } from '../error.ts'
import type { FactType, Observation, PrivateValue, Trust } from '../fact.ts'
import { claimAccepted, factCorrected, factRetracted } from '../facts.ts'
import { canonicalize, type Json } from '../ledger/canonical.ts'
import { toInstant } from '../time.ts'

/** What a line is read with; the same for a whole file. */
export type LineContext = Readonly<{
  /** Types that people may record, by name; see `recordable`. */
  types: ReadonlyMap<string, FactType>
  /** Who records the file: fills the slot `by` where a line does not, and always where it is his word. */
  by: string
  /** How the list sees who records; empty before the list knows him. */
  teller: string
  nowMs: number
  /** SHA-256 of the file, in hexadecimal. */
  file: string
}>

/** A line is a fact and what is known of it; more is a file of its own. */
export const lineBytesMax = 65_536

/** The same for all files, so that a fact is known again in whichever it comes. */
export const recordSource = 'record'

/** What was entered later than this was not entered as it happened (V4). */
const promptMs = 15 * 60_000
/** A clock may be wrong by this (V4). */
const aheadMsMax = 5 * 60_000

const value = z.union([
  z.strictObject({ person: z.string().min(1).max(320), value: z.string().max(32_768).optional() }),
  z.strictObject({ text: z.string().max(32_768) }),
])

const schema = z.strictObject({
  type: z.string().min(1).max(200),
  body: z.record(z.string(), z.json()),
  occurred: z.iso.datetime({ offset: true }).optional(),
  trust: z.enum(['record', 'claim']).optional(),
  private: z.record(z.string(), value).optional(),
  identity: z.string().min(1).max(1_000).optional(),
})

/**
 * One line of a file of facts. `occurred` is now where it is not said; a line that says neither
 * `occurred` nor `identity` is known again only as this line of this file.
 *
 * @throws OkiteError `RECORD_LINE`, `RECORD_TYPE`, `RECORD_TRUST`, `RECORD_TIME`,
 *   `RECORD_TELLER`, `RECORD_PERSONS`
 */
export function readLine(text: string, number: number, context: LineContext): Observation {
  const line = parse(text)
  const type = context.types.get(line.type)
  if (type === undefined) throw new OkiteError('RECORD_TYPE', { type: line.type })
  const occurredMs = line.occurred === undefined ? context.nowMs : Date.parse(line.occurred)
  if (occurredMs > context.nowMs + aheadMsMax) {
    throw new OkiteError('RECORD_TIME', { occurred: line.occurred ?? '' })
  }
  const given: Record<string, PrivateValue> = {}
  for (const [slot, one] of Object.entries(line.private ?? {})) {
    given[slot] =
      'text' in one
        ? { value: one.text, person: null }
        : { value: one.value ?? one.person, person: one.person }
  }
  if (type.slots.includes('by')) given['by'] ??= { value: context.by, person: context.by }
  const trust = trustOf(type, line.trust, context.nowMs - occurredMs)
  checkTeller(type, trust, given, context)
  checkPersons(type, given)
  return {
    type,
    source: recordSource,
    occurred: toInstant(occurredMs),
    observed: toInstant(context.nowMs),
    trust,
    body: line.body,
    private: given,
    identity: `${identityOf(line, number, context)}${byWhom(type, context)}`,
  }
}

type Line = z.infer<typeof schema>

function parse(text: string): Line {
  if (Buffer.byteLength(text) > lineBytesMax) {
    throw new OkiteError('RECORD_LINE', { why: `more than ${lineBytesMax} bytes` })
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new OkiteError('RECORD_LINE', { why: 'not JSON' })
  }
  const { success, data, error } = schema.safeParse(json)
  if (success) return data
  // Places and codes only: the text of a complaint may quote what somebody wrote.
  const [first] = error.issues
  throw new OkiteError('RECORD_LINE', {
    why: `${first?.path.join('.') || 'line'}: ${first?.code === 'unrecognized_keys' ? `unknown field ${first.keys.join(', ').slice(0, 80)}` : first?.code}`,
  })
}

/** As it happened, or told afterwards: that is a claim, wherever the type takes one (V4). */
function trustOf(type: FactType, said: Trust | undefined, ageMs: number): Trust {
  const own: Trust = ageMs > promptMs ? 'claim' : 'record'
  const other: Trust = own === 'claim' ? 'record' : 'claim'
  const trust = said ?? (type.trusts.includes(own) ? own : other)
  if (!type.trusts.includes(trust)) throw new OkiteError('RECORD_TRUST', { type: type.name, trust })
  return trust
}

/**
 * A claim, and what changes the meaning of an earlier fact, is the word of who records it: with somebody
 * else's name on it he could accept his own claim (V4).
 */
function checkTeller(
  type: FactType,
  trust: Trust,
  given: Readonly<Record<string, PrivateValue>>,
  context: LineContext,
): void {
  const isWord = trust === 'claim' || type.module === claimAccepted.module
  if (isWord && given['by']?.person !== context.by)
    throw new OkiteError('RECORD_TELLER', { type: type.name })
}

/** One person cannot be both (V40). Whether he is known under two names, the judges see by his ref. */
function checkPersons(type: FactType, given: Readonly<Record<string, PrivateValue>>): void {
  if (type.name !== factRetracted.name && type.name !== factCorrected.name) return
  const [by, second] = [given['by']?.person, given['second']?.person]
  if (by == null || second == null || by === second) {
    throw new OkiteError('RECORD_PERSONS', { type: type.name })
  }
}

function identityOf(line: Line, number: number, { file }: LineContext): string {
  if (line.identity !== undefined) return `given ${line.identity}`
  if (line.occurred === undefined) return `line ${number} of ${file}`
  return `said ${createHash('sha256')
    .update(canonicalize(line as unknown as Json))
    .digest('hex')}`
}

/** Everybody who accepts a claim says so himself, in the same words as anybody else. */
const byWhom = (type: FactType, { teller }: LineContext): string =>
  type.name === claimAccepted.name ? ` by ${teller}` : ''
