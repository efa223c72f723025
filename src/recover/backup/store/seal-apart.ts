import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { BackupKey } from './envelope.ts'

export type Asked = Readonly<{ object: string; path: string }>

/**
 * Packs and seals files beside everything else: on the loop, memory for megabytes and clearing up after them
 * would stand between two batches of the list.
 *
 * The thread begins with the first file, and stays until `end`.
 */
export class SealingThread {
  private readonly key: BackupKey
  private worker: Worker | null = null

  constructor(key: BackupKey) {
    this.key = key
  }

  /** One at a time. @throws what reading the file throws */
  async seal(asked: Asked): Promise<Buffer> {
    this.worker ??= new Worker(new URL('./seal-thread.ts', import.meta.url), {
      workerData: this.key.copy(),
    })
    const { worker } = this
    const ended = new AbortController()
    const { signal } = ended
    const lost = once(worker, 'exit', { signal }).then(([code]) => {
      throw new Error(`the thread that seals ended: ${code}`)
    })
    try {
      worker.postMessage(asked)
      const [sealed] = await Promise.race([once(worker, 'message', { signal }), lost])
      const { buffer, byteOffset, byteLength } = sealed as Uint8Array<ArrayBuffer>
      return Buffer.from(buffer, byteOffset, byteLength)
    } finally {
      lost.catch(() => undefined)
      ended.abort()
    }
  }

  async end(): Promise<void> {
    await this.worker?.terminate()
    this.worker = null
  }
}
