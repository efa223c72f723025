import { OkiteError } from '../error.ts'
import { type Because, type Instant, type Trust, trusts } from '../fact.ts'
import { fromBase64, fromUtf8 } from './bytes.ts'
import { canonicalize, checkLeafValue, type Json, leafKey } from './canonical.ts'

/** What a leaf holds. Its canonical bytes are the entry; they are never written a second time. */
export type Envelope = Readonly<{
  because: Because
  body: Readonly<Record<string, Json>>
  module: string
  observed: Instant
  occurred: Instant
  /** Slot → commitment, base64url of 32 bytes (section 6 of docs/spec/ledger.md). */
  private: Readonly<Record<string, string>>
  recorded: Instant
  /** L4: base64url of 16 bytes. */
  salt: string
  source: string
  trust: Trust
  tv: number
  type: string
  v: 1
}>

/** L1. Four leaves in the 64 KiB that the 16-bit length of tlog-tiles would allow. */
export const leafBytesMax = 16_384

/** L6. Longer lists are given as a range with a root. */
export const becauseCountMax = 64

/**
 * Reads a leaf strictly: size, UTF-8, JSON, L1, L2, then L3: writing it again gives the same bytes,
 * which also refuses duplicate keys, spaces and every other spelling.
 *
 * @throws OkiteError `LEDGER_LEAF` with the rule that is broken
 */
export function decodeLeaf(bytes: Uint8Array): Envelope {
  if (bytes.length > leafBytesMax) throw broken('L1', 'size')
  let value: unknown
  let text: string
  try {
    text = fromUtf8(bytes)
    value = JSON.parse(text)
    checkLeafValue(value)
    if (canonicalize(value) !== text) throw broken('L3', 'spelling')
  } catch (cause) {
    if (cause instanceof OkiteError && cause.code === 'LEDGER_LEAF') throw cause
    throw new OkiteError('LEDGER_LEAF', { rule: 'L1', why: 'json' }, { cause })
  }
  checkEnvelope(value)
  return value
}

/** A leaf whose `recorded` is not known yet; every instant has the same length. */
export type LeafDraft = (recorded: Instant) => string

/**
 * Writes an envelope once, with a gap for `recorded`, which is known only under the head lock. Keys
 * stand in the order of RFC 8785. `body` is its canonical text.
 */
export function draftLeaf(
  fields: Omit<Envelope, 'recorded' | 'v' | 'body'> & Readonly<{ body: string }>,
): LeafDraft {
  const before =
    `{"because":${canonicalize(fields.because)},"body":${fields.body}` +
    `,"module":${canonicalize(fields.module)},"observed":"${fields.observed}"` +
    `,"occurred":"${fields.occurred}","private":${canonicalize(fields.private)},"recorded":"`
  const after =
    `","salt":"${fields.salt}","source":${canonicalize(fields.source)}` +
    `,"trust":"${fields.trust}","tv":${fields.tv},"type":"${fields.type}","v":1}`
  return recorded => before + recorded + after
}

/** UTC with milliseconds and `Z`, a day that exists, years 0000 to 9999. */
export function isInstant(text: unknown): text is Instant {
  if (typeof text !== 'string' || !instantForm.test(text)) return false
  // Days that every month has need no calendar; this is asked three times for every fact.
  const day = text.slice(8, 10)
  if (day !== '00' && day <= '28' && commonTime.test(text)) return true
  const ms = Date.parse(text)
  return !Number.isNaN(ms) && new Date(ms).toISOString() === text
}

/** L6: earlier positions, or a range of more than 64 of them. `before` is the fact's own position. */
export function isBecause(because: unknown, before = Number.MAX_SAFE_INTEGER): because is Because {
  if (Array.isArray(because)) {
    return (
      because.length <= becauseCountMax &&
      because.every(pos => Number.isSafeInteger(pos) && pos >= 0 && pos < before)
    )
  }
  if (typeof because !== 'object' || because === null) return false
  const range = because as Record<string, unknown>
  const { count, first, last, root } = range
  return (
    Object.keys(range).length === 4 &&
    [count, first, last].every(Number.isSafeInteger) &&
    (first as number) >= 0 &&
    (last as number) < before &&
    (count as number) > becauseCountMax &&
    (count as number) <= (last as number) - (first as number) + 1 &&
    isBytes(root, 32, 'base64')
  )
}

export const isName = (text: unknown): text is string =>
  typeof text === 'string' && text.length > 0 && text.length <= nameSizeMax && !control.test(text)

/** Long enough for a host and a program, short enough for an index. */
const nameSizeMax = 200
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
const control = /[\u0000-\u001f\u007f]/
const commonTime = /^\d{4}-(0[1-9]|1[0-2])-..T([01]\d|2[0-3]):[0-5]\d:[0-5]\d/
const instantForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const moduleForm = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$/
const typeForm = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/

const checks: Readonly<Record<keyof Envelope, (value: any) => boolean>> = {
  because: value => isBecause(value),
  body: value => typeof value === 'object' && value !== null && !Array.isArray(value),
  module: value => isName(value) && moduleForm.test(value),
  observed: isInstant,
  occurred: isInstant,
  private: value =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(([slot, text]) => leafKey.test(slot) && isBytes(text, 32)),
  recorded: isInstant,
  salt: value => isBytes(value, 16),
  source: isName,
  trust: value => trusts.includes(value),
  tv: value => Number.isSafeInteger(value) && value > 0,
  type: value => isName(value) && typeForm.test(value),
  v: value => value === 1,
}

const checkCount = Object.keys(checks).length

function checkEnvelope(value: Json): asserts value is Envelope & Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw broken('L1', 'envelope')
  }
  if (Object.keys(value).length !== checkCount) throw broken('L1', 'fields')
  for (const [name, isGood] of Object.entries(checks)) {
    if (!Object.hasOwn(value, name)) throw broken('L1', 'fields')
    if (!isGood((value as Record<string, Json>)[name])) throw broken('L1', name)
  }
}

function isBytes(text: unknown, sizeBytes: number, alphabet?: 'base64'): boolean {
  if (typeof text !== 'string') return false
  try {
    return fromBase64(text, alphabet ?? 'base64url').length === sizeBytes
  } catch {
    return false
  }
}

const broken = (rule: string, why: string) => new OkiteError('LEDGER_LEAF', { rule, why })
