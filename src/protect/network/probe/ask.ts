import { connect } from 'node:net'
import { type Answer, Dialogue, type UnknownReason, unknown } from './dialogue.ts'
import type { Offer } from './hello.ts'

export type Target = Readonly<{ address: string; port: number }>

/**
 * Asks one question in one connection: would you take this offer? Time is bounded by `timeoutMs`
 * from connecting to the last byte, so a server that drips bytes cannot hold us.
 */
export function ask(
  target: Target,
  offer: Offer,
  options: Readonly<{ timeoutMs: number; signal: AbortSignal }>,
): Promise<Answer> {
  return new Promise(resolve => {
    if (options.signal.aborted) return resolve(unknown('stopped'))
    const socket = connect({ host: target.address, port: target.port, noDelay: true })
    const dialogue = new Dialogue(offer)
    let isConnected = false
    let hasBytes = false

    const finish = (answer: Answer) => {
      clearTimeout(timer)
      options.signal.removeEventListener('abort', stop)
      // A polite end: close_notify as a warning, for servers that log a cut connection as an attack.
      if (answer.kind === 'accepted' && socket.writable) socket.write(closeNotify)
      socket.removeAllListeners()
      socket.on('error', () => {})
      socket.destroy()
      resolve(answer)
    }
    const stop = () => finish(unknown('stopped'))
    const timer = setTimeout(() => {
      const reason = !isConnected ? 'connect.timeout' : hasBytes ? 'answer.slow' : 'answer.silent'
      finish(unknown(reason))
    }, options.timeoutMs)
    options.signal.addEventListener('abort', stop, { once: true })

    socket.on('connect', () => {
      isConnected = true
      socket.write(dialogue.opening)
    })
    socket.on('data', (chunk: Buffer) => {
      hasBytes = true
      const answer = dialogue.hear(chunk, reply => socket.write(reply))
      if (answer !== null) finish(answer)
    })
    socket.on('end', () =>
      finish(unknown(dialogue.wasHalfHeard() ? 'answer.truncated' : 'closed.silently')),
    )
    socket.on('error', (error: NodeJS.ErrnoException) =>
      finish(unknown(localReason(error, isConnected))),
    )
  })
}

const closeNotify = Buffer.of(21, 3, 3, 0, 2, 1, 0)

function localReason(error: NodeJS.ErrnoException, isConnected: boolean): UnknownReason {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'connect.refused'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return 'connect.unreachable'
    case 'ECONNRESET': // may come before we are told of the connection
    case 'EPIPE':
      return 'connection.reset'
    case 'ETIMEDOUT':
      return isConnected ? 'answer.silent' : 'connect.timeout'
    default:
      return isConnected ? 'connection.reset' : 'connect.failed'
  }
}
