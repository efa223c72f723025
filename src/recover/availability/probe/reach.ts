import { type IncomingMessage, request } from 'node:http'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls, type SecureContext } from 'node:tls'
import { type AddressRules, isRefused } from './address.ts'
import { type Answer, Answered, answerOf, blind, type FailedWhy, failed } from './answer.ts'
import { connectAny } from './connect.ts'
import type { Names } from './names.ts'
import { type Place, plainHost } from './target.ts'

/** What asking needs, made once. */
export type Tools = Readonly<{
  names: Names
  rules: AddressRules
  /** Whom to believe, made once: reading the authorities takes longer than a handshake. */
  trust: SecureContext
  /** For all of it, from the name to the last byte. */
  timeoutMs: number
}>

const headerBytesMax = 16 * 1024

type Stage = 'name' | 'connect' | 'tls' | 'answer'

/** What is said where time ran out: how far it had come. A name has limits of its own. */
const late: Readonly<Record<Stage, Answer>> = {
  name: blind('resolver.silent'),
  connect: failed('connect.timeout'),
  tls: failed('tls.silent'),
  answer: failed('answer.silent'),
}

/** The way to whoever is asked once, within a time, with what must be closed after it. */
export class Reach {
  private stage: Stage = 'name'
  private isLate = false
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

  /** What an error on this way says of whom was asked. */
  answerOf(error: unknown): Answer {
    if (this.stop.aborted) return blind('stopped')
    return this.isLate ? late[this.stage] : answerOf(error)
  }

  /** A connection to an address of this name that the rules allow. */
  async open({ host, port }: Place): Promise<Socket> {
    this.stage = 'name'
    const found = await this.inTime(this.tools.names.addressesOf(host))
    const allowed = found.filter(address => !isRefused(address, this.tools.rules))
    if (allowed.length === 0) throw new Answered(blind('address.refused'))
    this.stage = 'connect'
    const socket = this.kept(await connectAny(allowed, port, this.abort.signal))
    this.stage = 'answer'
    return socket
  }

  /** A handshake with a chain that leads to somebody trusted, for this name, valid now. */
  async secure(socket: Socket, host: string): Promise<Socket> {
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
    await this.event(secured, 'secureConnect', 'tls.failed')
    this.stage = 'answer'
    return secured
  }

  /** A socket of this machine, by its path. */
  async openLocal(path: string): Promise<Socket> {
    this.stage = 'connect'
    const socket = this.kept(connect({ path }))
    await this.event(socket, 'connect', 'connect.refused')
    this.stage = 'answer'
    return socket
  }

  /** Asks for a page as any client would. Redirects are not followed. */
  async get(url: URL, headers: Readonly<Record<string, string>> = {}): Promise<IncomingMessage> {
    const host = plainHost(url.hostname)
    const isSecure = url.protocol === 'https:'
    const socket = await this.open({ host, port: Number(url.port || (isSecure ? 443 : 80)) })
    const line = isSecure ? await this.secure(socket, host) : socket
    return this.send(url, line, headers)
  }

  private send(
    url: URL,
    line: Socket,
    headers: Readonly<Record<string, string>>,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const asked = request({
        ...{ createConnection: () => line, method: 'GET', maxHeaderSize: headerBytesMax },
        path: `${url.pathname}${url.search}`,
        headers: { host: url.host, accept: '*/*', 'accept-encoding': 'identity', ...headers },
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

  private event(socket: Socket, name: string, lost: FailedWhy): Promise<void> {
    return new Promise((resolve, reject) => {
      socket.once(name, () => resolve())
      socket.on('error', reject)
      socket.once('close', () => reject(new Answered(failed(lost))))
      this.whenCut(reject)
    })
  }

  private inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.whenCut(reject)
      work.then(resolve, reject)
    })
  }

  /** When time is over or everything ends. */
  whenCut(reject: (error: unknown) => void): void {
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
