import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { OkiteError } from '../error.ts'
import type {
  Because,
  Draft,
  Fact,
  FactType,
  Instant,
  Key,
  Observation,
  Pos,
  Ref,
  Trust,
} from '../fact.ts'
import { canonicalize, checkLeafValue, type Json } from './canonical.ts'
import { isBecause, isInstant, isName } from './leaf.ts'
import type { Secrets } from './secrets.ts'
import { slotMessage, slotSaltBytes } from './slot.ts'
import { sha256 } from './tree.ts'
import { nodeHmac } from './verify-node.ts'

/** A fact on its way to the list: checked, salted, and without a position yet. */
export type Intake = Readonly<{
  type: FactType
  module: string
  source: string
  occurred: Instant
  observed: Instant
  trust: Trust
  because: Because
  body: Readonly<Record<string, Json>>
  salt: string
  slots: readonly IntakeSlot[]
  /** The identity under which it is known again when it is delivered twice. */
  dedup: Buffer
}>

/** A private value with its person (or nobody), or the person alone whom a judge speaks of. */
export type IntakeSlot = Readonly<{ slot: string; salt: Buffer }> &
  (
    | Readonly<{ commitment: string; value: string; person: string | null; ref?: never }>
    | Readonly<{ ref: Ref; value?: never; person?: never }>
  )

/** Who concluded it. The version is not part of the fact's identity (V46). */
export type By = Readonly<{ judge: string; version: number; cause: Pos; key: Key; ordinal: number }>

export type Types = ReadonlyMap<string, FactType>

/** The registered type of that name and version; two versions of one name are kept as `name@tv`. */
export function typeOf(types: Types, name: string, tv: number): FactType | undefined {
  const type = types.get(`${name}@${tv}`) ?? types.get(name)
  return type?.tv === tv ? type : undefined
}

/** Checks a fact from the world before anything is locked. @throws OkiteError, see errors.md */
export function takeObservation(module: string, given: Observation, types: Types): Intake {
  const type = typeOf(types, given.type.name, given.type.tv)
  if (type === undefined) throw new OkiteError('LEDGER_TYPE_UNKNOWN', { type: given.type.name })
  if (module !== type.module && !type.open) {
    throw new OkiteError('LEDGER_NOT_OWNER', { type: type.name, module })
  }
  if (!type.trusts.includes(given.trust)) {
    throw new OkiteError('LEDGER_TRUST', { type: type.name, trust: given.trust })
  }
  const { source, occurred, observed, trust, identity } = given
  if (!isName(source) || !source.isWellFormed()) throw malformed(type, 'source')
  if (!isInstant(occurred) || !isInstant(observed)) throw malformed(type, 'instant')
  if (!isText(identity, identitySizeMax) || identity === '') throw malformed(type, 'identity')
  return {
    ...{ type, module, source, occurred, observed, trust, because: [] },
    body: takeBody(type, given.body),
    salt: randomBytes(leafSaltBytes).toString('base64url'),
    slots: takeSlots(type, given),
    dedup: dedupOf('world', [module, source, type.name, identity]),
  }
}

/**
 * Checks a fact by judgement. A judge is our own code: what is wrong here is a bug, so it fails an
 * assertion and ends the process instead of being refused.
 *
 * It observes nothing itself, so `observed` repeats `occurred`, and `recorded` alone differs when it
 * is judged again (L4). Its salts follow from who concluded it.
 */
export function takeDraft(draft: Draft, by: By, pos: Pos, types: Types, secrets: Secrets): Intake {
  const type = typeOf(types, draft.type.name, draft.type.tv)
  const label = `${by.judge}@${by.version} ${draft.type.name}`
  assert.ok(type !== undefined, `M1 ${label}: type is not registered`)
  assert.ok(isBecause(draft.because, pos), `L6 ${label}: because`)
  assert.ok(!Array.isArray(draft.because) || draft.because.length > 0, `M8 ${label}: no because`)
  assert.ok(isInstant(draft.occurred), `${label}: occurred`)
  const identity = [by.judge, by.version, by.cause, by.key, by.ordinal] as const
  const refs = Object.entries(draft.refs ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    type,
    module: type.module,
    source: `${by.judge}@${by.version}`,
    occurred: draft.occurred,
    observed: draft.occurred,
    trust: 'instrument',
    because: draft.because,
    body: takeBody(type, draft.body),
    salt: secrets.derive('salt', identity).subarray(0, leafSaltBytes).toString('base64url'),
    slots: refs.map(([slot, ref]) => {
      assert.ok(type.slots.includes(slot), `${label}: slot ${slot}`)
      return { slot, ref, salt: secrets.derive('slot', [...identity, slot]) }
    }),
    dedup: dedupOf('judge', [by.judge, by.cause, by.key, by.ordinal]),
  }
}

/** The subjects a fact speaks of, as its type says. @throws OkiteError `LEDGER_KEYS` */
export function keysOf(type: FactType, fact: Fact): readonly Key[] {
  let keys: readonly Key[]
  try {
    keys = [...new Set(type.keys(fact))]
  } catch (cause) {
    throw new OkiteError('LEDGER_KEYS', { type: type.name }, { cause })
  }
  // A control character, NUL above all, would fail the whole batch in the database.
  if (
    keys.length > keyCountMax ||
    !keys.every(key => isText(key, keySizeMax) && isPrintable(key))
  ) {
    throw new OkiteError('LEDGER_KEYS', { type: type.name })
  }
  return keys
}

/** 128 bits: enough that nobody guesses a leaf from its hash (L4). */
const leafSaltBytes = 16
/** A path with an offset, a message id or a hash; collectors hash what is longer. */
const identitySizeMax = 1024
/** A log message or a comment; files belong to the blob store. */
const valueSizeMax = 32_768
/** An address has at most 254 characters; names of directories may be somewhat longer. */
const personSizeMax = 320
/** With the type it must fit into a row of an index (2,704 bytes) at up to four bytes each. */
const keySizeMax = 512
/** A fact that speaks of more subjects is several facts. */
const keyCountMax = 64

function takeBody(type: FactType, given: unknown): Readonly<Record<string, Json>> {
  const parsed = type.schema.safeParse(given)
  if (!parsed.success) {
    // Paths and codes only: a message of zod may quote the value.
    const issues = parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.code}`)
    throw new OkiteError('LEDGER_BODY', { type: type.name, issues: issues.slice(0, 10) })
  }
  if (typeof parsed.data !== 'object' || parsed.data === null || Array.isArray(parsed.data)) {
    throw new OkiteError('LEDGER_BODY', { type: type.name, issues: ['not an object'] })
  }
  // The envelope is the first of the eight levels of L1.
  checkLeafValue(parsed.data, 2)
  // A copy, exactly as every reader will see it; the caller may go on changing his own.
  return deepFreeze(JSON.parse(canonicalize(parsed.data)))
}

function takeSlots(type: FactType, given: Observation): IntakeSlot[] {
  return Object.entries(given.private ?? {}).map(([slot, { value, person }]) => {
    if (!type.slots.includes(slot)) {
      throw new OkiteError('LEDGER_SLOT', { type: type.name, slot: slot.slice(0, 40) })
    }
    if (!isText(value, valueSizeMax)) throw malformed(type, `private ${slot}`)
    if (person !== null && (!isText(person, personSizeMax) || person === '')) {
      throw malformed(type, `person of ${slot}`)
    }
    const salt = randomBytes(slotSaltBytes)
    const commitment = nodeHmac(salt, slotMessage(slot, value)).toString('base64url')
    return { slot, salt, commitment, value, person }
  })
}

/** Frozen so that no judge can change what another sees (V42). */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const member of Object.values(value)) deepFreeze(member)
    Object.freeze(value)
  }
  return value
}

/** JSON separates the parts, so that no two lists of parts read alike. */
const dedupOf = (label: string, parts: readonly (string | number)[]): Buffer =>
  sha256(Buffer.from(JSON.stringify([`okite/dedup/${label}/v1`, ...parts])))

const isText = (text: unknown, sizeMax: number): text is string =>
  typeof text === 'string' && text.length <= sizeMax && text.isWellFormed()

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
const isPrintable = (text: string): boolean => !/[\u0000-\u001f\u007f]/.test(text)

const malformed = (type: FactType, what: string) =>
  new OkiteError('LEDGER_OBSERVATION', { type: type.name, what })
