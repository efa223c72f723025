import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Unanswered } from './unanswered.ts'

/** One connection that is held for as long as the database lives, and made again after it. */
export type Watch = Readonly<{ stop(): Promise<void> }>

/**
 * Learns of a lost database at once, also when nobody asks it anything.
 *
 * @param connect makes a client that is not connected yet
 * @param unanswered what is looked after with each question
 */
export function watchDatabase(
  connect: () => pg.Client,
  unanswered: Unanswered,
  listeners: Readonly<{ onLost(): void; onBack(): void }>,
): Watch {
  const stopped = new AbortController()
  const stop = new Promise<'stop'>(resolve => {
    stopped.signal.addEventListener('abort', () => resolve('stop'), { once: true })
  })
  const loop = async () => {
    let waitMs = 0
    let isUp = true
    while (!stopped.signal.aborted) {
      const client = connect()
      try {
        const gone = untilGone(client)
        await client.connect()
        if (!isUp) listeners.onBack()
        isUp = true
        waitMs = 0
        await stillThere(client, unanswered, Promise.race([gone, stop]))
      } catch {
        // the reason does not matter: what counts is that it cannot be reached
      }
      // Ending a connection that broke while it was made may never resolve.
      await Promise.race([client.end().catch(() => {}), sleep(endMsMax, undefined, { ref: false })])
      if (stopped.signal.aborted) return
      if (isUp) listeners.onLost()
      isUp = false
      waitMs = Math.min(waitMs * 2 + firstWaitMs, waitMsMax)
      await Promise.race([sleep(waitMs), stop])
    }
  }
  const ended = loop()
  return {
    async stop() {
      stopped.abort()
      await ended
    },
  }
}

/** 20 ms, 60 ms … at most 1 s: an embedded server is back within a second. */
const firstWaitMs = 20
const waitMsMax = 1_000

/** A peer that vanished without a word – a pulled cable – is noticed by a question. */
const askEveryMs = 15_000

/** A server that is there says goodbye within milliseconds. */
const endMsMax = 500

function untilGone(client: pg.Client): Promise<'gone'> {
  return new Promise(resolve => {
    client.on('error', () => resolve('gone'))
    client.on('end', () => resolve('gone'))
  })
}

/** Resolves at the end that is handed in; throws when the server does not answer. */
async function stillThere(
  client: pg.Client,
  unanswered: Unanswered,
  end: Promise<unknown>,
): Promise<void> {
  for (;;) {
    const cancelled = new AbortController()
    const wait = sleep(askEveryMs, 'ask', { signal: cancelled.signal }).catch(() => 'cancelled')
    const why = await Promise.race([end, wait])
    cancelled.abort()
    if (why !== 'ask') return
    try {
      await unanswered.look(client)
    } catch (error) {
      unanswered.lose()
      throw error
    }
  }
}
