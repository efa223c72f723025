import { strict as assert } from 'node:assert'
import { on } from 'node:events'
import { promises as fs } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { BackupKey } from './envelope.ts'
import { sealPacked } from './pieces.ts'
import type { Asked } from './seal-apart.ts'

/** A thread that packs and seals files, one after another. */

assert(parentPort !== null, 'this runs in a thread')
const port = parentPort
const key = new BackupKey(workerData as Uint8Array)

/**
 * Of a segment, as PostgreSQL makes them. Memory that is new for each costs as much as packing it: the
 * system clears it, and the collector of garbage counts it.
 */
const room = Buffer.allocUnsafeSlow(16 * 1024 * 1024)

for await (const [asked] of on(port, 'message')) {
  const { object, path } = asked as Asked
  const sealed = await sealPacked(key, object, await readInto(room, path))
  // Without a copy, unless it is so small that it lies in memory that is shared with others.
  const isOwn = sealed.buffer.byteLength === sealed.byteLength
  const bytes = isOwn ? sealed : new Uint8Array(sealed)
  port.postMessage(bytes, [bytes.buffer as ArrayBuffer])
}

/** The bytes of a file, in `room` if they find room there. */
async function readInto(room: Buffer, path: string): Promise<Buffer> {
  const file = await fs.open(path, 'r')
  try {
    if ((await file.stat()).size > room.length) return await file.readFile()
    let size = 0
    for (;;) {
      const { bytesRead } = await file.read(room, size, room.length - size, null)
      if (bytesRead === 0) return room.subarray(0, size)
      size += bytesRead
    }
  } finally {
    await file.close()
  }
}
