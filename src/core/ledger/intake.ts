import assert from 'node:assert/strict'
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
  PrivateValue,
  Ref,
  Trust,
} from '../fact.ts'
import { trusts } from '../fact.ts'
import { ledgerOpened, privacyErased } from '../facts.ts'
import { canonicalize, checkLeafValue, type Json } from './canonical.ts'
import { draftLeaf, isBecause, isInstant, isName, type LeafDraft, leafBytesMax } from './leaf.ts'
import { type Entropy, systemEntropy } from './random.ts'
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
  slots: readonly IntakeSlot[]
  /** The leaf, once the commitments of its slots are known. */
  leaf(commitments: Readonly<Record<string, string>>): LeafDraft
  /** The identity under which it is known again when it is delivered twice. */
  dedup: Buffer
}>

/** A private value with its person (or nobody), or the person alone whom a judge speaks of. */
export type IntakeSlot = ValueSlot | RefSlot

type ValueSlot = Readonly<{ slot: string; salt: Buffer; commitment: string }> &
  Readonly<{ value: string; person: string | null; ref?: never }>

type RefSlot = Readonly<{ slot: string; salt: Buffer; ref: Ref; value?: never; person?: never }>

/** Who concluded it. The version is not part of the fact's identity (V46). */
export type By = Readonly<{ judge: string; version: number; cause: Pos; key: Key; ordinal: number }>

export type Types = ReadonlyMap<string, FactType>

/** The types that the ledger itself appends are always registered. */
export function withOwnTypes(given: Types): Types {
  const types = new Map(given)
  for (const type of [ledgerOpened, privacyErased]) types.set(type.name, type)
  return types
}

/** The registered type of that name and version; two versions of one name are kept as `name@tv`. */
export function typeOf(types: Types, name: string, tv: number): FactType | undefined {
  const type = types.get(`${name}@${tv}`) ?? types.get(name)
  return type?.tv === tv ? type : undefined
}

/** Checks a fact from the world before anything is locked. @throws OkiteError, see errors.md */
export function takeObservation(
  module: string,
  given: Observation,
  types: Types,
  because: readonly Pos[] = [],
  entropy: Entropy = systemEntropy,
): Intake {
  const type = registeredType(given, types)
  if (module !== type.module && !type.open) {
    throw new OkiteError('LEDGER_NOT_OWNER', { type: type.name, module })
  }
  if (!type.trusts.includes(given.trust)) {
    const trust = trusts.includes(given.trust) ? given.trust : 'none'
    throw new OkiteError('LEDGER_TRUST', { type: type.name, trust })
  }
  const { source, occurred, observed, trust, identity } = given
  if (!isName(source) || !source.isWellFormed()) throw malformed(type, 'source')
  if (!isInstant(occurred) || !isInstant(observed)) throw malformed(type, 'instant')
  if (!isText(identity, identitySizeMax) || identity === '') throw malformed(type, 'identity')
  const slots = takeSlots(type, given, entropy)
  const salt = entropy.salt(leafSaltBytes)
  const envelope = { type, module, source, occurred, observed, trust, because }
  const intake = finish(envelope, given.body, salt, slots)
  const leaf = intake.leaf(Object.fromEntries(slots.map(slot => [slot.slot, slot.commitment])))
  const sizeBytes = Buffer.byteLength(leaf(occurred))
  if (sizeBytes > leafBytesMax) {
    throw new OkiteError('LEDGER_LEAF_TOO_LARGE', { type: type.name, sizeBytes })
  }
  const dedup = dedupOf('world', [module, source, type.name, identity])
  return { ...intake, leaf: () => leaf, slots, dedup }
}

/** A collector is typed, and what the world made of its answer is not: nothing of it is believed. */
function registeredType(given: Observation, types: Types): FactType {
  const { name, tv } = (given as Observation | null | undefined)?.type ?? {}
  if (typeof name !== 'string' || typeof tv !== 'number') {
    throw new OkiteError('LEDGER_OBSERVATION', { type: '', what: 'type' })
  }
  const type = typeOf(types, name, tv)
  if (type !== undefined) return type
  throw new OkiteError('LEDGER_TYPE_UNKNOWN', { type: name.slice(0, 100) })
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
  const slots = refs.map(([slot, ref]) => {
    assert.ok(type.slots.includes(slot), `${label}: slot ${slot}`)
    return { slot, ref, salt: secrets.derive('slot', [...identity, slot]) }
  })
  const { occurred, because } = draft
  const [module, source, observed] = [type.module, `${by.judge}@${by.version}`, occurred]
  const envelope = {
    type,
    module,
    source,
    occurred,
    observed,
    trust: 'instrument',
    because,
  } as const
  const salt = secrets.derive('salt', identity).subarray(0, leafSaltBytes)
  const dedup = dedupOf('judge', [by.judge, by.cause, by.key, by.ordinal])
  return { ...finish(envelope, draft.body, salt, slots), slots, dedup }
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

/** Takes the body, and prepares the leaf around it. */
function finish(
  envelope: Pick<
    Intake,
    'type' | 'module' | 'source' | 'occurred' | 'observed' | 'trust' | 'because'
  >,
  given: unknown,
  salt: Buffer,
  slots: readonly IntakeSlot[],
) {
  const body = takeBody(envelope.type, given)
  const { type, module, source, occurred, observed, trust, because } = envelope
  const about = { module, source, occurred, observed, trust, because, type: type.name, tv: type.tv }
  const leaf: Intake['leaf'] = commitments =>
    draftLeaf({ ...about, body, salt: salt.toString('base64url'), private: commitments })
  // A copy, exactly as every reader will see it; the caller may go on changing his own.
  return { ...envelope, body: deepFreeze(JSON.parse(body)) as Intake['body'], leaf, slots }
}

function takeBody(type: FactType, given: unknown): string {
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
  return canonicalize(parsed.data)
}

function takeSlots(type: FactType, given: Observation, entropy: Entropy): ValueSlot[] {
  return Object.entries(given.private ?? {}).map(([slot, held]) => {
    if (!type.slots.includes(slot)) {
      throw new OkiteError('LEDGER_SLOT', { type: type.name, slot: slot.slice(0, 40) })
    }
    const { value, person } = (held as PrivateValue | null | undefined) ?? {}
    if (!isText(value, valueSizeMax)) throw malformed(type, `private ${slot}`)
    if (person !== null && (!isText(person, personSizeMax) || person === '')) {
      throw malformed(type, `person of ${slot}`)
    }
    const salt = entropy.salt(slotSaltBytes)
    const commitment = nodeHmac(salt, slotMessage(slot, value)).toString('base64url')
    return { slot, salt, commitment, value, person }
  })
}

/** Frozen so that no judge can change what another sees (V42). */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) value.forEach(deepFreeze)
  else for (const key in value) if (typeof value[key] === 'object') deepFreeze(value[key])
  return Object.freeze(value)
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
