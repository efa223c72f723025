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

type Reply = (records: Buffer) => void

/** One question and its answer as a pure conversation: what is sent, what is heard, what it means. */
export class Dialogue {
  readonly opening: Buffer
  readonly #offer: Offer
  readonly #reader = createReader()
  #sessionId: Buffer
  #hello: ServerHello | null = null
  #wasRetried = false
  #warnings = 0
  #group: string | null = null
  #certificates: readonly Buffer[] = []

  constructor(offer: Offer) {
    const { records, sessionId } = clientHello(offer)
    this.#offer = offer
    this.opening = records
    this.#sessionId = sessionId
  }

  /** Takes what the server sent; answers null until the question is decided. Never throws. */
  hear(chunk: Buffer, reply: Reply): Answer | null {
    try {
      for (const said of this.#reader.push(chunk)) {
        const answer = this.#hearOne(said, reply)
        if (answer !== null) return answer
      }
      return null
    } catch (error) {
      if (error instanceof AnswerFault) return unknown(error.fault)
      throw error
    }
  }

  wasHalfHeard(): boolean {
    return !this.#reader.atRest() || this.#hello !== null || this.#wasRetried
  }

  #hearOne(said: Said, reply: Reply): Answer | null {
    switch (said.kind) {
      case 'alert':
        return this.#hearAlert(said.level, said.description)
      case 'handshake':
        return said.type === 2
          ? this.#hearHello(said.body, reply)
          : this.#hearLater(said.type, said.body)
      case 'encrypted':
        if (this.#hello === null || this.#offer.version !== 'tls13') return malformed()
        return this.#accepted(this.#hello)
      case 'fault':
        throw new AnswerFault(said.fault)
    }
  }

  #accepted({ suite }: ServerHello): Answer {
    return { kind: 'accepted', suite, group: this.#group, certificates: this.#certificates }
  }

  #hearAlert(level: number, description: number): Answer | null {
    const name = alertNames.get(description) ?? `alert${description}`
    const needsSecond = stubborn.has(description)
    if (refusals.has(description) || needsSecond) {
      return { kind: 'refused', by: name, ofVersion: description === 70, needsSecond }
    }
    // Before TLS 1.3 a warning other than close_notify does not end the handshake (RFC 5246 §7.2).
    if (level === 1 && description !== 0 && ++this.#warnings <= warningsMax) return null
    return unknown('alert.other', name)
  }

  #hearHello(body: Buffer, reply: Reply): Answer | null {
    if (this.#hello !== null) return malformed()
    const heard = parseServerHello(body)
    const asked = versions[this.#offer.version].wire
    // RFC 5246 appendix E.1: a server answers with the highest version it has, not above ours.
    if (heard.version > asked) return malformed()
    if (heard.version < asked) {
      const by = `version${heard.version.toString(16)}`
      return { kind: 'refused', by, ofVersion: true, needsSecond: false }
    }
    if (!this.#offer.suites.some(suite => suite.code === heard.suite)) return malformed()
    if (this.#offer.version === 'tls13') {
      if (!heard.sessionId.equals(this.#sessionId)) return malformed()
      if (heard.isRetry) return this.#hearRetry(heard, reply)
      // Without a share there is no Diffie-Hellman, and nobody offered a pre-shared key.
      if (heard.group === null || heard.hasPreSharedKey) return malformed()
      this.#group = nameOfGroup(heard.group)
    }
    this.#hello = heard
    return null
  }

  #hearRetry({ group, cookie }: ServerHello, reply: Reply): null {
    // RFC 8446 §4.1.4: only one, and it must change something that we offered.
    if (this.#wasRetried || (group === null && cookie === null)) return malformed()
    if (group !== null && !canShare(group)) return malformed()
    this.#wasRetried = true
    reply(clientHello(this.#offer, { group, cookie, sessionId: this.#sessionId }).records)
    return null
  }

  /** What follows a ServerHello in the clear. TLS 1.3 has nothing there. */
  #hearLater(type: number, body: Buffer): Answer | null {
    if (this.#hello === null || this.#offer.version === 'tls13') return malformed()
    switch (type) {
      case 11:
        this.#certificates = parseCertificates(body)
        return null
      case 12: {
        const exchange = parseServerKeyExchange(body, this.#hello.suite)
        if (exchange === null) return null
        this.#group = 'group' in exchange ? nameOfGroup(exchange.group) : `dh${exchange.primeBits}`
        return null
      }
      case 4: // NewSessionTicket, CertificateRequest, CertificateStatus: not our question
      case 13:
      case 22:
        return null
      case 14:
        // ServerHelloDone: only now has the server done all it must to take the offer. Some choose
        // a version and then fail to sign with what it allows; that is an alert, and no acceptance.
        // Forward secrecy rests on the server's fresh key: without it there is none (RFC 5246 §7.4.3).
        if (body.length > 0 || (this.#group === null && isForward(this.#hello))) malformed()
        return this.#accepted(this.#hello)
      default:
        return malformed()
    }
  }
}

function malformed(): never {
  throw new AnswerFault('answer.malformed')
}

const isForward = ({ suite }: ServerHello): boolean => suiteOf(suite)?.exchange === 'forward'

export const unknown = (reason: UnknownReason, detail: string | null = null): Answer => ({
  kind: 'unknown',
  reason,
  detail,
})

const nameOfGroup = (group: number): string => groupNames.get(group) ?? `group${group}`
