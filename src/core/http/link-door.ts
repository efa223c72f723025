import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { OkiteError } from '../error.ts'
import type { Principal } from '../module.ts'
import type { Clock } from '../time.ts'
import type { Door, Session } from './door.ts'
import { doorRoute } from './door.ts'
import type { HttpLimits } from './limits.ts'
import { enterBody, sessionSchema } from './own-routes.ts'
import { publicPermission } from './permission.ts'
import { createBuckets } from './rate.ts'
import { described } from './session-view.ts'

/**
 * The door of a sample, and of whatever else holds nobody's secrets: who has the link comes in as one
 * principal. Tokens and sessions live in memory only and are trusted completely: who holds a token or a
 * cookie is the person at the machine. Only hashes are kept, so that a memory dump or a heap snapshot
 * opens no session; a restart ends them all.
 */
type Kept = Session & { touchedMs: number }
type Token = Readonly<{ hash: Buffer; endsMs: number }>

const hash = (secret: string): Buffer => createHash('sha256').update(secret, 'utf8').digest()

export function createLinkDoor(options: {
  clock: Clock
  limits: HttpLimits
  zone: string
  isSample: boolean
  principalOf(): Principal
}): Door {
  const { clock, limits, principalOf } = options
  let tokens: Token[] = []
  const sessions = new Map<string, Kept>()
  const wrong = createBuckets(limits.rateToken, clock, limits.clientsMax)

  const running = (session: Kept): boolean => {
    const nowMs = clock.nowMs()
    return nowMs < session.endsMs && nowMs - session.touchedMs < limits.sessionIdleMs
  }

  const spend = (secret: string): void => {
    const given = hash(secret)
    const nowMs = clock.nowMs()
    // Every token is compared, in constant time each, whether or not one has matched.
    let match: Token | null = null
    for (const token of tokens) if (timingSafeEqual(token.hash, given)) match = token
    // Point of no return: a token is spent before anything is given for it.
    tokens = tokens.filter(token => token !== match && nowMs < token.endsMs)
    if (match === null || nowMs >= match.endsMs) throw new OkiteError('HTTP_TOKEN')
  }

  const begin = (): Readonly<{ secret: string; session: Session }> => {
    const secret = randomBytes(32).toString('base64url')
    const nowMs = clock.nowMs()
    const session: Kept = {
      id: hash(secret).toString('hex'),
      startedMs: nowMs,
      endsMs: nowMs + limits.sessionAbsoluteMs,
      touchedMs: nowMs,
      principal: principalOf(),
    }
    for (const [id, other] of sessions) if (!running(other)) sessions.delete(id)
    const [oldest] = sessions.keys()
    if (sessions.size >= limits.sessionsMax && oldest !== undefined) sessions.delete(oldest)
    sessions.set(session.id, session)
    return { secret, session }
  }

  const enter = doorRoute({
    method: 'post',
    path: '/session',
    // Whoever holds the token of a link has no session yet.
    permission: publicPermission,
    summary: 'Enter with the one-time token of a link',
    body: enterBody,
    response: sessionSchema,
    async run(visit, { body }) {
      try {
        spend(body.token)
      } catch (error) {
        // Only what is refused counts: nobody who tries at random keeps out who holds a link.
        wrong.take(visit.client)
        throw error
      }
      const { secret, session } = begin()
      // A new id at every change of rights; the old one opens nothing any more.
      if (visit.session) sessions.delete(visit.session.id)
      visit.enter({ secret, endsMs: session.endsMs })
      return described(session, options)
    },
  })

  return {
    routes: [enter],
    async find(secret) {
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
    async running(ids) {
      const kept = ids.map(id => sessions.get(id))
      return new Set(kept.flatMap(session => (session && running(session) ? [session.id] : [])))
    },
    async end(session) {
      sessions.delete(session.id)
    },
    async link() {
      const secret = randomBytes(32).toString('base64url')
      tokens = [...tokens, { hash: hash(secret), endsMs: clock.nowMs() + limits.tokenMs }]
      tokens = tokens.slice(-limits.tokensMax)
      return `/#token=${secret}`
    },
  }
}
