import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type EvtxOptions, type EvtxSource, readEvtx } from './read.ts'
import type { EvtxItem } from './record.ts'

/**
 * The records of a file, as `readEvtx` gives them.
 *
 * The file is closed when the iteration ends or is left.
 *
 * @throws the errors of node:fs
 */
export function* readEvtxFile(path: string, options: EvtxOptions = {}): Generator<EvtxItem> {
  const descriptor = openSync(path, 'r')
  try {
    yield* readEvtx(evtxSource(descriptor), options)
  } finally {
    closeSync(descriptor)
  }
}

/** An open file as a source. It stays the caller's to close. */
export function evtxSource(descriptor: number): EvtxSource {
  const read = (at: number, into: Uint8Array): number => {
    let done = 0
    // One call may give less than there is.
    while (done < into.length) {
      const got = readSync(descriptor, into, done, into.length - done, at + done)
      if (got === 0) break
      done += got
    }
    return done
  }
  return { sizeBytes: fstatSync(descriptor).size, read }
}
