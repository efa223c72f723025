import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { OkiteError } from '../error.ts'
import type { Clock } from '../time.ts'
import type { HttpLimits } from './limits.ts'
import type { Bucket } from './rate.ts'
import { createBucket } from './rate.ts'

/** A person at a browser, known by a cookie that only he holds. */
export type Session = Readonly<{
  /** SHA-256 of the cookie's value: names the session in memory, opens nothing. */
  id: string
  startedMs: number
  endsMs: number
  bucket: Bucket
}>

/**
 * One-time tokens and sessions. They live in memory only and are trusted completely: who holds a
 * token or a cookie is the person at the machine. Only hashes are kept, so that a memory dump or a
 * heap snapshot opens no session; a restart ends them all.
 */
export type Sessions = Readonly<{
  /** A fresh token for a link: 256 random bits, good once. */
  token(): string
  /** Spends a token. @throws OkiteError `HTTP_TOKEN` */
  enter(token: string): Readonly<{ secret: string; session: Session }>
  /** The session of a cookie, and a touch of its idle clock; null when there is none. */
  find(secret: string): Session | null
  /** Whether it still runs, without a touch. */
  lives(session: Session): boolean
  end(session: Session): void
}>

type Kept = Session & { touchedMs: number }
type Token = Readonly<{ hash: Buffer; endsMs: number }>

const hash = (secret: string): Buffer => createHash('sha256').update(secret, 'utf8').digest()

export function createSessions(clock: Clock, limits: HttpLimits): Sessions {
  let tokens: Token[] = []
  const sessions = new Map<string, Kept>()

  const running = (session: Kept): boolean => {
    const nowMs = clock.nowMs()
    return nowMs < session.endsMs && nowMs - session.touchedMs < limits.sessionIdleMs
  }

  return {
    token() {
      const secret = randomBytes(32).toString('base64url')
      tokens = [...tokens, { hash: hash(secret), endsMs: clock.nowMs() + limits.tokenMs }]
      tokens = tokens.slice(-limits.tokensMax)
      return secret
    },

    enter(secret) {
      const given = hash(secret)
      const nowMs = clock.nowMs()
      // Every token is compared, in constant time each, whether or not one has matched.
      let match: Token | null = null
      for (const token of tokens) if (timingSafeEqual(token.hash, given)) match = token
      // Point of no return: a token is spent before anything is given for it.
      tokens = tokens.filter(token => token !== match && nowMs < token.endsMs)
      if (match === null || nowMs >= match.endsMs) throw new OkiteError('HTTP_TOKEN')

      const cookie = randomBytes(32).toString('base64url')
      const session: Kept = {
        id: hash(cookie).toString('hex'),
        startedMs: nowMs,
        endsMs: nowMs + limits.sessionAbsoluteMs,
        touchedMs: nowMs,
        bucket: createBucket(limits.rate, clock),
      }
      for (const [id, other] of sessions) if (!running(other)) sessions.delete(id)
      const [oldest] = sessions.keys()
      if (sessions.size >= limits.sessionsMax && oldest !== undefined) sessions.delete(oldest)
      sessions.set(session.id, session)
      return { secret: cookie, session }
    },

    find(secret) {
      // The lookup is by hash: how long it takes says nothing about the secret.
      const session = sessions.get(hash(secret).toString('hex'))
      if (session === undefined) return null
      if (!running(session)) {
        sessions.delete(session.id)
        return null
      }
      session.touchedMs = clock.nowMs()
      return session
    },

    lives(session) {
      const kept = sessions.get(session.id)
      return kept !== undefined && running(kept)
    },

    end(session) {
      sessions.delete(session.id)
    },
  }
}
