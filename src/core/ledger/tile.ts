import { OkiteError } from '../error.ts'
import { concatBytes } from './bytes.ts'

/** Paths and bundles of c2sp.org/tlog-tiles v0.1.0. */

/** `width` 256 is a full tile; `entries` names a bundle of leaves. */
export type Tile = Readonly<{ level: number | 'entries'; index: number; width: number }>

export const tileWidth = 256

/** Subtrees of these heights are tiles; each tile level spans eight levels of the tree. */
export const tileHeight = 8

export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0')
  const parts = digits.match(/\d{3}/g) ?? []
  const path = parts.map((part, i) => (i < parts.length - 1 ? `x${part}` : part)).join('/')
  return `tile/${level}/${path}${width === tileWidth ? '' : `.p/${width}`}`
}

/** @throws OkiteError `LEDGER_TILE_PATH` */
export function parseTilePath(path: string): Tile {
  const match = path.length <= 100 ? form.exec(path) : null
  if (match === null) throw new OkiteError('LEDGER_TILE_PATH')
  const [, level = '', parts = '', width] = match
  const tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(parts.replaceAll(/[x/]/g, '')),
    width: width === undefined ? tileWidth : Number(width),
  } as const
  // One tile, one path: what is written again must be what was read.
  if (!Number.isSafeInteger(tile.index) || tilePath(tile) !== path) {
    throw new OkiteError('LEDGER_TILE_PATH')
  }
  return tile
}

/** The tiles that a tree of `size` has and one of `sizeOld` has not, lowest level first. */
export function* tilesBetween(sizeOld: number, size: number): Generator<Tile> {
  for (const level of ['entries', 0, 1, 2, 3, 4, 5, 6] as const) {
    const span = level === 'entries' ? 1 : tileWidth ** level
    const countOld = Math.floor(sizeOld / span)
    const count = Math.floor(size / span)
    if (count === countOld) continue
    for (let index = Math.floor(countOld / tileWidth); index * tileWidth < count; index++) {
      yield { level, index, width: Math.min(tileWidth, count - index * tileWidth) }
    }
  }
}

/** Leaves with big-endian 16-bit lengths before them. */
export function encodeBundle(leaves: readonly Uint8Array[]): Uint8Array {
  return concatBytes(
    ...leaves.flatMap(leaf => {
      if (leaf.length > 0xffff) throw new OkiteError('LEDGER_BUNDLE')
      return [new Uint8Array([leaf.length >> 8, leaf.length & 0xff]), leaf]
    }),
  )
}

/** @throws OkiteError `LEDGER_BUNDLE` unless the bytes are exactly `count` leaves */
export function decodeBundle(bytes: Uint8Array, count: number): Uint8Array[] {
  const leaves: Uint8Array[] = []
  let offset = 0
  while (offset < bytes.length && leaves.length < count) {
    const [high = 0, low] = bytes.subarray(offset, offset + 2)
    if (low === undefined) break
    const end = offset + 2 + high * 256 + low
    if (end > bytes.length) break
    leaves.push(bytes.subarray(offset + 2, end))
    offset = end
  }
  if (offset !== bytes.length || leaves.length !== count) throw new OkiteError('LEDGER_BUNDLE')
  return leaves
}

const form =
  /^tile\/(entries|0|[1-5]?[0-9]|6[0-3])\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/
