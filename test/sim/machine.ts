import type pg from 'pg'
import type { Disk } from '../../src/core/ledger/disk.ts'
import type { Faults } from './faults.ts'

/** The program was killed: nothing of it reaches anything any more. */
export class Killed extends Error {
  override name = 'Killed'
}

/** What one process of the program has: connections and a disk, until it is killed. */
export class Machine {
  isKilled = false
  private readonly clients = new Set<pg.PoolClient>()
  private readonly faults: Faults

  constructor(faults: Faults) {
    this.faults = faults
  }

  kill(): Killed {
    this.isKilled = true
    for (const client of this.clients) cut(client)
    return new Killed()
  }

  /** Puts faults before and after every statement. The database itself is a real one. */
  connect(pool: pg.Pool): void {
    pool.on('connect', client => {
      this.clients.add(client)
      client.on('error', () => {})
      this.guard(client)
    })
    pool.on('remove', client => this.clients.delete(client))
  }

  private guard(client: pg.PoolClient): void {
    const { faults } = this
    const real = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
    const query = (...args: unknown[]): unknown => {
      const text = textOf(args[0])
      if (this.isKilled) cut(client)
      else if (text !== 'commit' && faults.strikes('statement.andNotPersisted')) cut(client)
      else if (text === 'commit') {
        if (faults.strikes('process.killedAtCommit')) {
          // Before it or after it, and nobody is there to hear.
          return (faults.random(2) === 0 ? real(...args) : Promise.resolve()).then(() => {
            throw this.kill()
          })
        }
        if (faults.strikes('commit.andNotPersisted')) cut(client)
        else if (faults.strikes('commit.butPersisted')) {
          return real(...args).then(() => {
            cut(client)
            throw Object.assign(new Error('Connection terminated unexpectedly'), {
              code: 'ECONNRESET',
            })
          })
        }
      }
      return real(...args)
    }
    Object.assign(client, { query })
  }

  /** Files in memory. */
  disk(files: Map<string, Buffer>): Disk {
    const { faults } = this
    const living = () => {
      if (this.isKilled) throw new Killed()
    }
    return {
      read: async path => {
        living()
        return files.get(path) ?? null
      },
      write: async (path, content) => {
        living()
        if (faults.strikes('disk.andNotPersisted')) throw failed('ENOSPC')
        const isKilled = faults.strikes('process.killedAtFile')
        if (!isKilled || faults.random(2) === 0) files.set(path, Buffer.from(content))
        if (isKilled) throw this.kill()
        if (faults.strikes('disk.butPersisted')) throw failed('EIO')
      },
      remove: async path => {
        living()
        for (const name of files.keys()) {
          if (name === path || name.startsWith(`${path}/`)) files.delete(name)
        }
      },
    }
  }
}

export const failed = (code: string) => Object.assign(new Error(code), { code })

const textOf = (query: unknown): string =>
  typeof query === 'string' ? query : ((query as { text?: string } | undefined)?.text ?? '')

/** Ends a connection as a broken cable does: its statement fails, the server rolls back. */
const cut = (client: pg.PoolClient): void =>
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
