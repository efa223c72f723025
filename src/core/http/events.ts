import { OkiteError } from '../error.ts'
import type { Door, Session } from './door.ts'
import type { HttpLimits } from './limits.ts'

/**
 * Tells open pages that the list has grown, by its size and nothing else: what has changed they ask
 * for under their own permissions.
 */
export type Events = Readonly<{
  /** The list has this size now. Cheap; may be called for every batch. */
  grown(size: number): void
  stream(session: Session): Response
  close(): void
}>

type Stream = { session: Session; controller: ReadableStreamDefaultController<Uint8Array> }

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

export function createEvents(door: Pick<Door, 'running'>, limits: HttpLimits): Events {
  const streams = new Set<Stream>()
  let size: number | null = null
  let pause: NodeJS.Timeout | null = null

  const drop = (stream: Stream) => {
    if (!streams.delete(stream)) return
    try {
      stream.controller.close()
    } catch {
      // The other side has closed it already.
    }
  }
  const send = (stream: Stream, text: string) => {
    // A reader that does not read is dropped rather than remembered.
    if ((stream.controller.desiredSize ?? 0) <= 0) drop(stream)
    else stream.controller.enqueue(encode(text))
  }
  /** A stream ends with its session: each is asked for before anything is sent to it. */
  const sendAll = async (text: string): Promise<void> => {
    if (streams.size === 0) return
    const ids = [...new Set([...streams].map(stream => stream.session.id))]
    // When nobody can say who may still listen, nobody does (deny when unsure); pages connect again.
    const running = await door.running(ids).catch(() => new Set<string>())
    for (const stream of streams) {
      if (running.has(stream.session.id)) send(stream, text)
      else if (ids.includes(stream.session.id)) drop(stream)
    }
  }
  const grownText = () => (size === null ? '' : `event: grown\ndata: {"size":${size}}\n\n`)

  const beat = setInterval(() => void sendAll(': beat\n\n'), limits.streamBeatMs)
  beat.unref()

  return {
    grown(now) {
      if (now === size) return
      size = now
      // Coalesced: the first is told after a pause, together with all that came in it.
      pause ??= setTimeout(() => {
        pause = null
        void sendAll(grownText())
      }, limits.streamPauseMs)
      pause.unref()
    },

    stream(session) {
      const open = [...streams].filter(stream => stream.session.id === session.id)
      if (open.length >= limits.streamsMax) {
        throw new OkiteError('HTTP_RATE', { retryAfterSeconds: 30 })
      }
      let own: Stream | null = null
      const body = new ReadableStream<Uint8Array>(
        {
          start(controller) {
            own = { session, controller }
            streams.add(own)
            send(own, `retry: 3000\n\n${grownText()}`)
          },
          cancel() {
            if (own) streams.delete(own)
          },
        },
        { highWaterMark: 16 },
      )
      return new Response(body, {
        headers: {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store, no-transform',
          // nginx would keep it back until a page of it is full.
          'x-accel-buffering': 'no',
        },
      })
    },

    close() {
      clearInterval(beat)
      if (pause) clearTimeout(pause)
      for (const stream of streams) drop(stream)
    },
  }
}
