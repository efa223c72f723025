import assert from 'node:assert/strict'
import { join } from 'node:path'
import { openCheckpoint } from './checkpoint.ts'
import { type Disk, systemDisk } from './disk.ts'
import { noted, observe, type openTestLedger } from './testing.ts'
import { decodeBundle, type Tile, tilePath, tilesBetween, tileWidth } from './tile.ts'
import { emptyFrontier, extend, hashLeaf, rootOf, sliceHashes } from './tree.ts'
import { nodeVerifier } from './verify-node.ts'

/** What tests of the published files share. */

type Opened = Awaited<ReturnType<typeof openTestLedger>>

/** Appends until the list is so long. */
export async function grow({ ledger }: Opened, size: number): Promise<void> {
  await ledger.write(async batch => {
    const count = size - batch.size
    const start = batch.size
    await Promise.all(
      Array.from({ length: count }, (_, i) => batch.observe(noted.module, observe(`${start + i}`))),
    )
  })
}

/** Reads the published files as an outsider who has nothing but the key. */
export async function readPublished(
  folder: string,
  { trusted }: Pick<Opened, 'trusted'>,
  disk: Disk = systemDisk,
): Promise<number> {
  const note = await disk.read(join(folder, 'checkpoint'))
  assert.ok(note !== null)
  const { size, root } = await openCheckpoint(note, trusted, nodeVerifier)
  const levels = new Map<number, Uint8Array[]>()
  const entries: Uint8Array[] = []
  for (const tile of tilesBetween(0, size)) {
    const found = await readTile(folder, tile, disk)
    if (tile.level === 'entries') {
      entries.push(...decodeBundle(found.bytes, found.width).slice(0, tile.width))
    } else {
      const hashes = sliceHashes(found.bytes).slice(0, tile.width)
      levels.set(tile.level, [...(levels.get(tile.level) ?? []), ...hashes])
    }
  }
  const leaves = entries.map(entry => hashLeaf(entry))
  assert.deepEqual(
    leaves,
    (levels.get(0) ?? []).map(hash => Buffer.from(hash)),
  )
  const above: Uint8Array[] = []
  const frontier = extend(emptyFrontier, leaves, (level, _, hash) => {
    if (level === 8) above.push(hash)
  })
  assert.deepEqual(
    above.map(hash => Buffer.from(hash)),
    (levels.get(1) ?? []).map(h => Buffer.from(h)),
  )
  assert.deepEqual(Buffer.from(rootOf(frontier.hashes)), Buffer.from(root))
  return size
}

/** A partial tile may go once the full one is there: then that is read (c2sp.org/tlog-tiles, Partial Tiles). */
async function readTile(folder: string, tile: Tile, disk: Disk) {
  for (const width of [tile.width, tileWidth]) {
    const bytes = await disk.read(join(folder, tilePath({ ...tile, width })))
    if (bytes !== null) return { bytes, width }
  }
  return assert.fail(`no tile ${tilePath(tile)}`)
}
