import { hash as nodeCryptoHash } from 'node:crypto'
import { hashBytes, type Range } from './merkle.ts'

/** Building the tree of RFC 6962, fast and synchronous, with Node's SHA-256. */

export const sha256 = (bytes: Uint8Array): Buffer => nodeCryptoHash('sha256', bytes, 'buffer')

export const emptyRoot = sha256(new Uint8Array(0))

/**
 * The roots of the perfect subtrees that a size consists of, the largest first: all that is needed
 * to append. Appending costs one node hash on average.
 */
export type Frontier = Readonly<{ size: number; hashes: readonly Uint8Array[] }>

export const emptyFrontier: Frontier = { size: 0, hashes: [] }

/** `completed` is told every perfect subtree of level 1 and more that the new leaves close. */
export function extend(
  frontier: Frontier,
  leafHashes: readonly Uint8Array[],
  completed?: (level: number, index: number, hash: Uint8Array) => void,
): Frontier {
  const hashes = [...frontier.hashes]
  let size = frontier.size
  for (const leaf of leafHashes) {
    let hash = leaf
    let index = size
    for (let level = 1; index % 2 === 1; level++) {
      hash = hashNode(hashes.pop() as Uint8Array, hash)
      index = (index - 1) / 2
      completed?.(level, index, hash)
    }
    hashes.push(hash)
    size++
  }
  return { size, hashes }
}

export function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.length === 0
    ? emptyRoot
    : hashes.reduceRight((right, left) => hashNode(left, right))
}

export const frontierBytes = (frontier: Frontier): Buffer => Buffer.concat([...frontier.hashes])

export function frontierFrom(size: number, bytes: Uint8Array): Frontier {
  return { size, hashes: sliceHashes(bytes) }
}

export function sliceHashes(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / hashBytes }, (_, i) =>
    bytes.subarray(i * hashBytes, (i + 1) * hashBytes),
  )
}

/** A perfect subtree: 2^level leaves beginning at index × 2^level. */
export type Subtree = (level: number, index: number) => Uint8Array

/** The perfect subtrees that a range of a proof consists of, the largest first. */
export function subtreesOf([from, to]: Range): Readonly<{ level: number; index: number }>[] {
  const parts: { level: number; index: number }[] = []
  for (let level = 52; level >= 0; level--) {
    const width = 2 ** level
    if (to - from < width) continue
    parts.push({ level, index: from / width })
    from += width
  }
  return parts
}

export const hashRange = (range: Range, subtree: Subtree): Uint8Array =>
  rootOf(subtreesOf(range).map(({ level, index }) => subtree(level, index)))

/** SHA-256(0x00 ‖ leaf). */
export function hashLeaf(leaf: Uint8Array): Buffer {
  if (leaf.length >= leafScratch.length) return sha256(Buffer.concat([new Uint8Array([0]), leaf]))
  leafScratch.set(leaf, 1)
  return sha256(leafScratch.subarray(0, 1 + leaf.length))
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  nodeScratch.set(left, 1)
  nodeScratch.set(right, 1 + hashBytes)
  return sha256(nodeScratch)
}

// Written and read within one synchronous call, so that the hot path allocates nothing.
const leafScratch = new Uint8Array(1 + 16_384)
const nodeScratch = new Uint8Array(1 + 2 * hashBytes).fill(1, 0, 1)
