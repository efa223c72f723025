import pg from 'pg'
import type { Core } from './core.ts'

/**
 * Tells listeners that the list has grown: at once for commits of this process, through
 * LISTEN/NOTIFY for those of others. It is a hint to look, never a source of truth: a hint may be
 * lost with its connection, so a new connection begins with one.
 */
export type Bell = Readonly<{
  ring(size: number): void
  onAppend(listener: (size: number) => void): () => void
  close(): Promise<void>
}>

export function createBell(core: Core, size: () => Promise<number>): Bell {
  const listeners = new Set<(size: number) => void>()
  let told = 0
  let client: pg.Client | null = null
  let again: NodeJS.Timeout | null = null
  let isClosed = false

  const ring = (size: number) => {
    if (size <= told) return
    told = size
    for (const listener of listeners) listener(size)
  }

  const connect = async () => {
    const connection = new pg.Client(core.pool.options)
    client = connection
    const retry = () => {
      if (isClosed || client !== connection) return
      client = null
      core.log.warn('ledger.listen.lost')
      connection.end().catch(() => {})
      again = setTimeout(() => void connect(), retryMs)
    }
    connection.on('error', retry)
    connection.on('end', retry)
    connection.on('notification', message => ring(Number(message.payload)))
    try {
      await connection.connect()
      await connection.query('listen okite_ledger')
      ring(await size())
    } catch {
      retry()
    }
  }

  return {
    ring,
    onAppend(listener) {
      listeners.add(listener)
      if (client === null && again === null && !isClosed) void connect()
      return () => void listeners.delete(listener)
    },
    async close() {
      isClosed = true
      if (again !== null) clearTimeout(again)
      listeners.clear()
      await client?.end().catch(() => {})
    },
  }
}

/** A restart of the database takes about this long. */
const retryMs = 1000
