import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { spawnNginx, untilListening } from '../../../core/http/testing-tls.ts'

/** Servers for the tests, on loopback alone: a real nginx, and scripted ones for what no real server does. */

export type Server = Readonly<{ port: number; stop(): Promise<void> }>

/** nginx in the foreground, with one server block. */
export async function startNginx(folder: string, port: number, block: string): Promise<Server> {
  const child = spawnNginx(folder, block)
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  await untilListening(port)
  return {
    port,
    async stop() {
      process.removeListener('exit', kill)
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}

export async function startScripted(script: (socket: Socket) => void): Promise<Server> {
  const open = new Set<Socket>()
  const server = createServer(socket => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => {})
    script(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    async stop() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** What a resolver says of a name: an address, a code of RFC 1035 §4.1.1, or nothing at all. */
export type DnsWord = Readonly<{ address: string } | { code: number } | 'silence'>

/** A resolver by a table of names; of the root it says that it knows no servers. */
export async function startResolver(words: Readonly<Record<string, DnsWord>>): Promise<Server> {
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const labels: string[] = []
    let at = 12
    for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + size))
      at += size + 1
    }
    const type = query.readUInt16BE(at + 1)
    const word = words[labels.join('.')] ?? { code: 3 }
    if (word === 'silence') return
    const hasAddress = 'address' in word && type === 1
    const head = Buffer.alloc(12)
    query.copy(head, 0, 0, 2)
    head.writeUInt16BE(0x8180 | ('code' in word ? word.code : 0), 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt16BE(hasAddress ? 1 : 0, 6)
    const answer = hasAddress
      ? Buffer.from([
          0xc0,
          12,
          0,
          1,
          0,
          1,
          0,
          0,
          0,
          1,
          0,
          4,
          ...word.address.split('.').map(Number),
        ])
      : Buffer.alloc(0)
    socket.send(Buffer.concat([head, query.subarray(12, at + 5), answer]), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    async stop() {
      socket.close()
      await once(socket, 'close')
    },
  }
}
