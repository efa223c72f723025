import { type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { isIP } from 'node:net'
import { connect as connectTls, type SecureContext } from 'node:tls'
import { type AddressRules, isRefused } from './address.ts'
import { type Answer, Answered, answered, answerOf, blind, failed } from './answer.ts'
import { connectAny } from './connect.ts'
import type { Names } from './names.ts'
import { type Place, type ProbeKind, plainHost, readTarget, readUrl } from './target.ts'

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

/** What asking needs, made once. */
export type Tools = Readonly<{
  names: Names
  rules: AddressRules
  /** Whom to believe, made once: reading the authorities takes longer than a handshake. */
  trust: SecureContext
  /** For all of it, from the name to the last byte. */
  timeoutMs: number
}>

/** The text is looked for so far, and no page is read further. */
const bodyBytesMax = 64 * 1024
const greetingBytesMax = 1_024
const headerBytesMax = 16 * 1024
const redirectsMax = 5

type Stage = 'name' | 'connect' | 'tls' | 'answer'

/** What is said where time ran out: how far it had come. A name has limits of its own. */
const late: Readonly<Record<Stage, Answer>> = {
  name: blind('resolver.silent'),
  connect: failed('connect.timeout'),
  tls: failed('tls.silent'),
  answer: failed('answer.silent'),
}

/** Asks once, as a user would. It never throws and never takes longer than the tools say. */
export async function ask(probe: Probe, tools: Tools, stop: AbortSignal): Promise<Answer> {
  const asked = new Asked(tools, stop)
  try {
    await asked.run(probe)
    return answered
  } catch (error) {
    if (stop.aborted) return blind('stopped')
    return asked.isLate ? late[asked.stage] : answerOf(error)
  } finally {
    asked.end()
  }
}

/** One question, with what must be closed after it. */
class Asked {
  stage: Stage = 'name'
  isLate = false
  private readonly tools: Tools
  private readonly abort = new AbortController()
  private readonly stop: AbortSignal
  private readonly timer: NodeJS.Timeout
  private readonly sockets: Socket[] = []
  private readonly cut = () => this.abort.abort(new Error('stopped'))

  constructor(tools: Tools, stop: AbortSignal) {
    this.tools = tools
    this.stop = stop
    stop.addEventListener('abort', this.cut, { once: true })
    if (stop.aborted) this.cut()
    this.timer = setTimeout(() => {
      this.isLate = true
      this.cut()
    }, tools.timeoutMs)
  }

  end(): void {
    clearTimeout(this.timer)
    this.stop.removeEventListener('abort', this.cut)
    for (const socket of this.sockets) socket.destroy()
  }

  async run(probe: Probe): Promise<void> {
    const target = readTarget(probe.kind, probe.target)
    if (typeof target === 'string') throw new Answered(blind('target.malformed'))
    if (target.kind === 'http') return this.page(target.url, probe, 0)
    const socket = await this.open(target)
    if (target.kind === 'tls') await this.secure(socket, target.host)
    else if (probe.text !== null) await this.greeting(socket, probe.text)
  }

  private async open({ host, port }: Place): Promise<Socket> {
    this.stage = 'name'
    const found = await this.inTime(this.tools.names.addressesOf(host))
    const allowed = found.filter(address => !isRefused(address, this.tools.rules))
    if (allowed.length === 0) throw new Answered(blind('address.refused'))
    this.stage = 'connect'
    return this.kept(await connectAny(allowed, port, this.abort.signal))
  }

  /** A handshake with a chain that leads to somebody trusted, for this name, valid now. */
  private async secure(socket: Socket, host: string): Promise<Socket> {
    this.stage = 'tls'
    const secured = connectTls({
      ...{ socket, host, secureContext: this.tools.trust, rejectUnauthorized: true },
      ...(isIP(host) === 0 && { servername: host }),
      ALPNProtocols: ['http/1.1'],
    })
    // From here on it owns the socket below. Closing that one as well would take the ground from under the
    // TLS of Node, which then reads what is freed.
    this.sockets.splice(this.sockets.indexOf(socket), 1)
    this.kept(secured)
    await this.event(secured, 'secureConnect')
    return secured
  }

  private async greeting(socket: Socket, text: string): Promise<void> {
    this.stage = 'answer'
    await this.read(socket, greetingBytesMax, text)
  }

  private async page(url: URL, probe: Probe, hops: number): Promise<void> {
    const host = plainHost(url.hostname)
    const isSecure = url.protocol === 'https:'
    const socket = await this.open({ host, port: Number(url.port || (isSecure ? 443 : 80)) })
    const line = isSecure ? await this.secure(socket, host) : socket
    this.stage = 'answer'
    const message = await this.get(url, line)
    const status = message.statusCode ?? 0
    const { location } = message.headers
    if (probe.followsRedirects && [301, 302, 303, 307, 308].includes(status) && location) {
      const next = readUrl(URL.parse(location, url)?.href ?? '')
      // Never from a protected line to an open one, and not round in circles.
      const isGood = typeof next !== 'string' && !(isSecure && next.protocol === 'http:')
      if (!isGood || hops >= redirectsMax) throw new Answered(failed('redirect.refused'))
      return this.page(next, probe, hops + 1)
    }
    const isExpected =
      probe.statuses.length === 0
        ? status >= 200 && status < 300
        : probe.statuses.includes(String(status))
    if (!isExpected) throw new Answered(failed('status.unexpected'))
    await this.read(message, bodyBytesMax, probe.text)
  }

  private get(url: URL, line: Socket): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const asked = request({
        ...{ createConnection: () => line, method: 'GET', maxHeaderSize: headerBytesMax },
        path: `${url.pathname}${url.search}`,
        headers: { host: url.host, accept: '*/*', 'accept-encoding': 'identity' },
        setDefaultHeaders: false,
        insecureHTTPParser: false,
        joinDuplicateHeaders: true,
      })
      asked.setHeader('user-agent', 'okite-probe')
      asked.setHeader('connection', 'close')
      asked.once('response', resolve)
      asked.on('error', reject)
      this.whenCut(reject)
      asked.end()
    })
  }

  /** To the end or as far as anything is read. A text that must be there has to come by then. */
  private read(
    stream: Socket | IncomingMessage,
    bytesMax: number,
    text: string | null,
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
      this.whenCut(reject)
    })
  }

  private event(socket: Socket, name: string): Promise<void> {
    return new Promise((resolve, reject) => {
      socket.once(name, () => resolve())
      socket.on('error', reject)
      socket.once('close', () => reject(new Answered(failed('tls.failed'))))
      this.whenCut(reject)
    })
  }

  private inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.whenCut(reject)
      work.then(resolve, reject)
    })
  }

  private whenCut(reject: (error: unknown) => void): void {
    const { signal } = this.abort
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  }

  private kept(socket: Socket): Socket {
    // What comes after the question is over must not end the program.
    socket.on('error', () => {})
    this.sockets.push(socket)
    return socket
  }
}
