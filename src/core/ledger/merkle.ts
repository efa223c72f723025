import { OkiteError } from '../error.ts'
import { concatBytes, type MaybePromise, sameBytes } from './bytes.ts'

/**
 * The tree of RFC 6962: which ranges a proof consists of, and how a proof is checked. Runs in a
 * browser; hashing is passed in. Building the tree is in `tree.ts`.
 */

/** A half-open range of positions; its hash is MTH(D[from:to]) of RFC 6962 section 2.1. */
export type Range = readonly [from: number, to: number]

export type Hash = (bytes: Uint8Array) => MaybePromise<Uint8Array>

export const hashBytes = 32

/** The ranges whose hashes are the inclusion proof of a position, from the leaf's sibling upwards. */
export function inclusionRanges(pos: number, size: number): Range[] {
  checkInteger(pos)
  checkInteger(size)
  if (pos >= size) throw refused('position')
  const ranges: Range[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const middle = from + powerBelow(to - from)
    if (pos < middle) {
      ranges.push([middle, to])
      to = middle
    } else {
      ranges.push([from, middle])
      from = middle
    }
  }
  return ranges.reverse()
}

/**
 * The ranges whose hashes prove that the tree of `size` extends the tree of `sizeOld`.
 * A proof from size 0 does not exist: whoever meets a list for the first time says so above this.
 */
export function consistencyRanges(sizeOld: number, size: number): Range[] {
  checkInteger(sizeOld)
  checkInteger(size)
  if (sizeOld === 0 || sizeOld > size) throw refused('size')
  const ranges: Range[] = []
  let [from, to] = [0, size]
  // RFC 6962 section 2.1.2: SUBPROOF(m, D[n], b), where b says that D[0:m] is known to the asker.
  let isKnown = true
  while (sizeOld !== to) {
    const middle = from + powerBelow(to - from)
    if (sizeOld <= middle) {
      ranges.push([middle, to])
      to = middle
    } else {
      ranges.push([from, middle])
      from = middle
      isKnown = false
    }
  }
  if (!isKnown) ranges.push([from, to])
  return ranges.reverse()
}

/** RFC 9162 section 2.1.3.2. @throws OkiteError `LEDGER_PROOF_INVALID` */
export async function verifyInclusion(
  claim: Readonly<{ pos: number; size: number; leafHash: Uint8Array; root: Uint8Array }>,
  proof: readonly Uint8Array[],
  hash: Hash,
): Promise<void> {
  checkInteger(claim.pos)
  checkInteger(claim.size)
  if (claim.pos >= claim.size) throw refused('position')
  checkHashes([claim.leafHash, claim.root, ...proof])
  let [here, last] = [claim.pos, claim.size - 1]
  let result = claim.leafHash
  for (const sibling of proof) {
    if (last === 0) throw refused('too long')
    if (isOdd(here) || here === last) {
      result = await nodeHash(sibling, result, hash)
      while (!isOdd(here) && here !== 0) [here, last] = [half(here), half(last)]
    } else {
      result = await nodeHash(result, sibling, hash)
    }
    ;[here, last] = [half(here), half(last)]
  }
  if (last !== 0) throw refused('too short')
  if (!sameBytes(result, claim.root)) throw refused('root')
}

/** RFC 9162 section 2.1.4.2; refuses size 0, see `consistencyRanges`. @throws OkiteError `LEDGER_PROOF_INVALID` */
export async function verifyConsistency(
  claim: Readonly<{ sizeOld: number; size: number; rootOld: Uint8Array; root: Uint8Array }>,
  proof: readonly Uint8Array[],
  hash: Hash,
): Promise<void> {
  checkInteger(claim.sizeOld)
  checkInteger(claim.size)
  if (claim.sizeOld === 0 || claim.sizeOld > claim.size) throw refused('size')
  if (claim.sizeOld === claim.size) {
    if (proof.length > 0) throw refused('too long')
    if (!sameBytes(claim.rootOld, claim.root)) throw refused('root')
    return
  }
  checkHashes([claim.rootOld, claim.root, ...proof])
  let [here, last] = [claim.sizeOld - 1, claim.size - 1]
  while (isOdd(here)) [here, last] = [half(here), half(last)]
  // `here` is 0 exactly when the old size is a power of two: the old root is then the first node.
  const [first, ...rest] = here === 0 ? [claim.rootOld, ...proof] : proof
  if (first === undefined) throw refused('too short')
  let [resultOld, result] = [first, first]
  for (const node of rest) {
    if (last === 0) throw refused('too long')
    if (isOdd(here) || here === last) {
      resultOld = await nodeHash(node, resultOld, hash)
      result = await nodeHash(node, result, hash)
      while (!isOdd(here) && here !== 0) [here, last] = [half(here), half(last)]
    } else {
      result = await nodeHash(result, node, hash)
    }
    ;[here, last] = [half(here), half(last)]
  }
  if (last !== 0) throw refused('too short')
  if (!sameBytes(resultOld, claim.rootOld) || !sameBytes(result, claim.root)) throw refused('root')
}

/** SHA-256(0x00 ‖ leaf): the prefix keeps a leaf from being taken for a node (RFC 6962 2.1). */
export const hashLeaf = async (leaf: Uint8Array, hash: Hash): Promise<Uint8Array> =>
  hash(concatBytes(leafPrefix, leaf))

/** The largest power of two below `count` (count > 1): where RFC 6962 splits a list. */
export function powerBelow(count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}

const leafPrefix = new Uint8Array([0])
const nodePrefix = new Uint8Array([1])

const nodeHash = async (left: Uint8Array, right: Uint8Array, hash: Hash): Promise<Uint8Array> =>
  hash(concatBytes(nodePrefix, left, right))

// Sizes go beyond 2^32, where bit operators of JavaScript lie.
const isOdd = (value: number): boolean => value % 2 === 1
const half = (value: number): number => Math.floor(value / 2)

function checkInteger(value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw refused('number')
}

function checkHashes(hashes: readonly Uint8Array[]): void {
  // 53 levels hold every position there can be; two more leave room for the ends of the path.
  if (hashes.length > 2 + 55) throw refused('too long')
  if (hashes.some(hash => hash.length !== hashBytes)) throw refused('hash size')
}

const refused = (why: string) => new OkiteError('LEDGER_PROOF_INVALID', { why })
