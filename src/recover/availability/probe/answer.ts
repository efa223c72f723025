import type { failedWhys } from '../facts.ts'

/**
 * What a user would have got. Failed: the service did not answer as it should. Blind: it was not asked,
 * because of something on our side, so nothing is known.
 */
export type Answer = Readonly<
  { kind: 'answered' } | { kind: 'failed'; why: FailedWhy } | { kind: 'blind'; why: BlindWhy }
>

export type FailedWhy = (typeof failedWhys)[number]

export const blindWhys = [
  'resolver.silent',
  'network.down',
  'address.refused',
  'reference.silent',
  'target.malformed',
  'probes.many',
  'stopped',
] as const
export type BlindWhy = (typeof blindWhys)[number]

export const answered: Answer = { kind: 'answered' }
export const failed = (why: FailedWhy): Answer => ({ kind: 'failed', why })
export const blind = (why: BlindWhy): Answer => ({ kind: 'blind', why })

/** Thrown where the answer is known deep inside. */
export class Answered extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super(answer.kind)
    this.answer = answer
  }
}

/** What is ours to mend: without a way out of this machine nothing was asked. */
const local = new Set([
  ...['ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'EACCES', 'EPERM'],
  ...['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'],
])

/** What an error of a socket or of TLS says of the service. */
export function answerOf(error: unknown): Answer {
  if (error instanceof Answered) return error.answer
  const code = (error as NodeJS.ErrnoException | null)?.code ?? ''
  if (local.has(code)) return blind('network.down')
  switch (code) {
    case 'ECONNREFUSED':
      return failed('connect.refused')
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
      return failed('connect.unreachable')
    case 'ETIMEDOUT':
      return failed('connect.timeout')
    case 'ECONNRESET':
    case 'EPIPE':
      return failed('connection.reset')
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return failed('tls.expired')
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return failed('tls.name')
  }
  if (/^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|INVALID_CA|INVALID_PURPOSE)/.test(code))
    return failed('tls.untrusted')
  if (/^(ERR_SSL_|ERR_TLS_|EPROTO)/.test(code)) return failed('tls.failed')
  if (/^HPE_/.test(code)) return failed('answer.malformed')
  return failed('connection.reset')
}
