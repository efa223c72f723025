import { connect } from 'node:net'
import {
  parseCertificates,
  parseServerHello,
  parseServerKeyExchange,
  type ServerHello,
} from './answer.ts'
import { canShare, clientHello, type Offer } from './hello.ts'
import { alertNames, groupNames, suiteOf, versions } from './names.ts'
import { AnswerFault, createReader, type Fault, type Said } from './record.ts'

/** Why a question has no answer. None of these says anything about what the server would accept. */
export type UnknownReason =
  | Fault
  | 'name.unresolved'
  | 'connect.refused'
  | 'connect.timeout'
  | 'connect.unreachable'
  | 'connect.failed'
  /** Connected, and then not one byte: the endpoint is silent. */
  | 'answer.silent'
  /** Bytes came, but no whole answer in time. */
  | 'answer.slow'
  | 'answer.truncated'
  | 'closed.silently'
  | 'connection.reset'
  /** An alert that speaks of something else than the offer, e.g. internal_error. */
  | 'alert.other'
  | 'time.exhausted'
  | 'stopped'

export type Answer =
  | Readonly<{
      kind: 'accepted'
      suite: number
      /** An IANA name, or `dh` with the bits of the prime; null where the suite has no group. */
      group: string | null
      /** As sent in the clear before TLS 1.3. */
      certificates: readonly Buffer[]
    }>
  | Readonly<{
      kind: 'refused'
      by: string
      /** The version itself was declined, whatever the suites. */
      ofVersion: boolean
      /** Counts only if the same question is answered so once more. */
      needsSecond: boolean
    }>
  | Readonly<{ kind: 'unknown'; reason: UnknownReason; detail: string | null }>

export type Target = Readonly<{ address: string; port: number }>

/**
 * The alerts that decline the offer (RFC 8446 §6.2, RFC 5246 §7.2.2): no common parameters, a field
 * that cannot be served, the version, security too low, an extension missing that only another
 * version has. Any other alert tells of trouble elsewhere, and the answer stays unknown.
 */
const refusals = new Set([40, 47, 70, 71, 109])

/**
 * Alerts that decline the offer when they come again: unexpected_message, decode_error,
 * internal_error, unsupported_extension. OpenSSL 3 answers internal_error when it has the version
 * but may not sign with what that version knows; once, it could also be a server in trouble.
 */
const stubborn = new Set([10, 50, 80, 110])

/** Warnings may precede an answer (RFC 6066 §3); more than this is noise. */
const warningsMax = 4

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
    const dialogue = createDialogue(offer)
    let isConnected = false
    let hasBytes = false

    const finish = (answer: Answer) => {
      clearTimeout(timer)
      options.signal.removeEventListener('abort', stop)
      // A polite end: close_notify as a warning, for servers that log a cut connection as an attack.
      if (answer.kind === 'accepted' && socket.writable) socket.write(closeNotify)
      socket.removeAllListeners()
      socket.on('error', () => {})
      socket.destroySoon()
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

export const unknown = (reason: UnknownReason, detail: string | null = null): Answer => ({
  kind: 'unknown',
  reason,
  detail,
})

export type Dialogue = Readonly<{
  opening: Buffer
  /** Takes what the server sent; answers null until the question is decided. Never throws. */
  hear(chunk: Buffer, reply: (records: Buffer) => void): Answer | null
  wasHalfHeard(): boolean
}>

/** One question and its answer as a pure conversation: what is sent, what is heard, what it means. */
export function createDialogue(offer: Offer): Dialogue {
  const reader = createReader()
  const opening = clientHello(offer)
  let sessionId = opening.sessionId
  let hello: ServerHello | null = null
  let wasRetried = false
  let warnings = 0
  let group: string | null = null
  let certificates: readonly Buffer[] = []

  const accepted = (): Answer => ({
    kind: 'accepted',
    suite: (hello as ServerHello).suite,
    group,
    certificates,
  })

  function hearAlert(level: number, description: number): Answer | null {
    const name = alertNames.get(description) ?? `alert${description}`
    const needsSecond = stubborn.has(description)
    if (refusals.has(description) || needsSecond) {
      return { kind: 'refused', by: name, ofVersion: description === 70, needsSecond }
    }
    // Before TLS 1.3 a warning other than close_notify does not end the handshake (RFC 5246 §7.2).
    if (level === 1 && description !== 0 && ++warnings <= warningsMax) return null
    return unknown('alert.other', name)
  }

  function hearHello(body: Buffer, reply: (records: Buffer) => void): Answer | null {
    if (hello !== null) throw new AnswerFault('answer.malformed')
    const heard = parseServerHello(body)
    const asked = versions[offer.version].wire
    // RFC 5246 appendix E.1: a server answers with the highest version it has, not above ours.
    if (heard.version > asked) throw new AnswerFault('answer.malformed')
    if (heard.version < asked) {
      const by = `version${heard.version.toString(16)}`
      return { kind: 'refused', by, ofVersion: true, needsSecond: false }
    }
    if (!offer.suites.some(suite => suite.code === heard.suite)) {
      throw new AnswerFault('answer.malformed')
    }
    if (offer.version !== 'tls13') {
      hello = heard
      return null
    }
    if (!heard.sessionId.equals(sessionId)) throw new AnswerFault('answer.malformed')
    if (heard.isRetry) return hearRetry(heard, reply)
    // Without a share there is no Diffie-Hellman, and nobody offered a pre-shared key.
    if (heard.group === null || heard.hasPreSharedKey) throw new AnswerFault('answer.malformed')
    group = nameOfGroup(heard.group)
    hello = heard
    return null
  }

  function hearRetry(heard: ServerHello, reply: (records: Buffer) => void): Answer | null {
    // RFC 8446 §4.1.4: only one, and it must change something.
    if (wasRetried || (heard.group === null && heard.cookie === null)) {
      throw new AnswerFault('answer.malformed')
    }
    if (heard.group !== null && !canShare(heard.group)) throw new AnswerFault('answer.malformed')
    if (heard.group === 0x11eb || heard.group === 0x11ed) throw new AnswerFault('answer.malformed')
    wasRetried = true
    const second = clientHello(offer, { group: heard.group, cookie: heard.cookie, sessionId })
    sessionId = second.sessionId
    reply(second.records)
    return null
  }

  function hearHandshake(
    type: number,
    body: Buffer,
    reply: (records: Buffer) => void,
  ): Answer | null {
    if (type === 2) return hearHello(body, reply)
    // TLS 1.3 encrypts all that follows, and nothing comes before the ServerHello.
    if (hello === null || offer.version === 'tls13') throw new AnswerFault('answer.malformed')
    switch (type) {
      case 11:
        certificates = parseCertificates(body)
        return null
      case 12: {
        const exchange = parseServerKeyExchange(body, hello.suite)
        if (exchange !== null) {
          group = 'group' in exchange ? nameOfGroup(exchange.group) : `dh${exchange.primeBits}`
        }
        return null
      }
      case 4: // NewSessionTicket, CertificateRequest, CertificateStatus: not our question
      case 13:
      case 22:
        return null
      case 14:
        // ServerHelloDone: only now has the server done all it must to take the offer. Some choose
        // a version and then fail to sign with what it allows; that is an alert, and no acceptance.
        if (body.length !== 0) throw new AnswerFault('answer.malformed')
        return accepted()
      default:
        throw new AnswerFault('answer.malformed')
    }
  }

  function hearOne(said: Said, reply: (records: Buffer) => void): Answer | null {
    switch (said.kind) {
      case 'alert':
        return hearAlert(said.level, said.description)
      case 'handshake':
        return hearHandshake(said.type, said.body, reply)
      case 'encrypted':
        if (hello === null || offer.version !== 'tls13') throw new AnswerFault('answer.malformed')
        return accepted()
      case 'fault':
        throw new AnswerFault(said.fault)
    }
  }

  return {
    opening: opening.records,
    hear(chunk, reply) {
      try {
        for (const said of reader.push(chunk)) {
          const answer = hearOne(said, reply)
          if (answer !== null) return answer
        }
        return null
      } catch (error) {
        if (error instanceof AnswerFault) return unknown(error.fault)
        throw error
      }
    },
    wasHalfHeard: () => !reader.atRest() || hello !== null || wasRetried,
  }
}

const nameOfGroup = (group: number): string => groupNames.get(group) ?? `group${group}`

export const nameOfSuite = (suite: number): string => suiteOf(suite)?.name ?? `suite${suite}`
