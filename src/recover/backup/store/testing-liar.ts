import { createServer, type IncomingHttpHeaders, request } from 'node:http'

/**
 * Stands before a real store and passes on what it is asked, until it is told to lie: it may answer in the
 * store's place, or make something else of its answers.
 */
export type Asked = Readonly<{ method: string; path: string; body: Buffer }>
export type Answered = { status: number; headers: IncomingHttpHeaders; body: Buffer }

export type Liar = {
  readonly port: number
  /** null: the store is asked. */
  instead: (asked: Asked) => Partial<Answered> | null
  /** Whether the line breaks once something of what is sent to this path has come. */
  cuts: (path: string) => boolean
  after: (asked: Asked, answer: Answered) => Answered
  honest(): void
  stop(): Promise<void>
}

export async function startLiar(storePort: number): Promise<Liar> {
  const server = createServer((incoming, outgoing) => {
    const { method = '', url: path = '' } = incoming
    if (liar.cuts(path)) {
      incoming.once('data', () => incoming.destroy())
      return
    }
    const parts: Buffer[] = []
    incoming.on('data', part => parts.push(part))
    incoming.on('end', () => {
      const asked = { method, path, body: Buffer.concat(parts) }
      const say = ({ status, headers, body }: Answered) => {
        const { 'transfer-encoding': _, connection: __, ...kept } = headers
        if (method !== 'HEAD') kept['content-length'] = String(body.length)
        outgoing.writeHead(status, kept)
        outgoing.end(method === 'HEAD' ? undefined : body)
      }
      const lie = liar.instead(asked)
      if (lie !== null) {
        say({ status: 200, headers: {}, body: Buffer.alloc(0), ...lie })
        return
      }
      const { headers } = incoming
      const passed = request(
        { host: '127.0.0.1', port: storePort, method, path, headers },
        answer => {
          const read: Buffer[] = []
          answer.on('data', part => read.push(part))
          answer.on('end', () => {
            const { statusCode: status = 0, headers } = answer
            say(liar.after(asked, { status, headers, body: Buffer.concat(read) }))
          })
        },
      )
      passed.on('error', () => outgoing.destroy())
      passed.end(asked.body)
    })
    incoming.on('error', () => undefined)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const liar: Liar = {
    port: (server.address() as { port: number }).port,
    instead: () => null,
    cuts: () => false,
    after: (_, answer) => answer,
    honest() {
      liar.instead = () => null
      liar.cuts = () => false
      liar.after = (_, answer) => answer
    },
    async stop() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
  return liar
}
