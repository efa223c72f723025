import { connect, type Socket } from 'node:net'
import { answerOf } from './answer.ts'

/** After so long without an answer the next address is tried beside it (RFC 8305, with more patience). */
const nextMs = 1_000

/**
 * Connects to whichever address answers first. Each gets its turn when the one before has failed or is
 * slow; those that come too late are closed.
 *
 * @throws what is the most that is known: the word of a server before one of this machine
 */
export function connectAny(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const open = new Set<Socket>()
    const errors: unknown[] = []
    let next = 0
    let timer: NodeJS.Timeout | undefined

    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
    const stop = () => {
      end()
      for (const socket of open) socket.destroy()
      reject(signal.reason)
    }
    const tryNext = () => {
      clearTimeout(timer)
      const address = addresses[next]
      if (address === undefined) return
      next += 1
      const socket = connect({ host: address, port, noDelay: true })
      open.add(socket)
      if (next < addresses.length) timer = setTimeout(tryNext, nextMs)
      const fail = (error: unknown) => {
        open.delete(socket)
        socket.destroy()
        errors.push(error)
        if (next < addresses.length) return tryNext()
        if (open.size > 0) return
        end()
        reject(errors.find(one => answerOf(one).kind === 'failed') ?? error)
      }
      socket.once('error', fail)
      socket.once('connect', () => {
        socket.off('error', fail)
        open.delete(socket)
        end()
        for (const other of open) other.destroy()
        resolve(socket)
      })
    }
    if (signal.aborted) return reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    tryNext()
  })
}
