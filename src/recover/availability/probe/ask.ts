import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { type Answer, Answered, answered, blind, failed } from './answer.ts'
import { Reach, type Tools } from './reach.ts'
import { type ProbeKind, readTarget, readUrl } from './target.ts'

/** What is registered of a service. */
export type Probe = Readonly<{
  kind: ProbeKind
  target: string
  /** HTTP status codes that are good; none: all of 2xx. */
  statuses: readonly string[]
  /** What the page, or the greeting of a TCP service, must hold. */
  text: string | null
  followsRedirects: boolean
}>

/** The text is looked for so far, and no page is read further. */
const bodyBytesMax = 64 * 1024
const greetingBytesMax = 1_024
const redirectsMax = 5

/** Asks once, as a user would. It never throws and never takes longer than the tools say. */
export async function ask(probe: Probe, tools: Tools, stop: AbortSignal): Promise<Answer> {
  const reach = new Reach(tools, stop)
  try {
    await run(probe, reach)
    return answered
  } catch (error) {
    return reach.answerOf(error)
  } finally {
    reach.end()
  }
}

async function run(probe: Probe, reach: Reach): Promise<void> {
  const target = readTarget(probe.kind, probe.target)
  if (typeof target === 'string') throw new Answered(blind('target.malformed'))
  if (target.kind === 'http') return page(target.url, probe, reach, 0)
  const socket = await reach.open(target)
  if (target.kind === 'tls') await reach.secure(socket, target.host)
  else if (probe.text !== null) await read(socket, greetingBytesMax, probe.text, reach)
}

async function page(url: URL, probe: Probe, reach: Reach, hops: number): Promise<void> {
  const message = await reach.get(url)
  const status = message.statusCode ?? 0
  const { location } = message.headers
  if (probe.followsRedirects && [301, 302, 303, 307, 308].includes(status) && location) {
    const next = readUrl(URL.parse(location, url)?.href ?? '')
    // Never from a protected line to an open one, and not round in circles.
    const isOpened =
      typeof next !== 'string' && url.protocol === 'https:' && next.protocol === 'http:'
    if (typeof next === 'string' || isOpened || hops >= redirectsMax)
      throw new Answered(failed('redirect.refused'))
    return page(next, probe, reach, hops + 1)
  }
  const isExpected =
    probe.statuses.length === 0
      ? status >= 200 && status < 300
      : probe.statuses.includes(String(status))
  if (!isExpected) throw new Answered(failed('status.unexpected'))
  await read(message, bodyBytesMax, probe.text, reach)
}

/** To the end or as far as anything is read. A text that must be there has to come by then. */
function read(
  stream: Socket | IncomingMessage,
  bytesMax: number,
  text: string | null,
  reach: Reach,
): Promise<void> {
  const wanted = text === null ? null : Buffer.from(text)
  let heard = Buffer.alloc(0)
  return new Promise((resolve, reject) => {
    const finish = () =>
      wanted === null || heard.includes(wanted)
        ? resolve()
        : reject(new Answered(failed('text.missing')))
    stream.on('data', (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk])
      const isThere = wanted !== null && heard.includes(wanted)
      if (isThere || heard.length >= bytesMax) finish()
    })
    stream.once('end', finish)
    stream.on('error', reject)
    // A page that was cut off is none.
    stream.once('close', () => reject(new Answered(failed('connection.reset'))))
    reach.whenCut(reject)
  })
}
