import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort, untilListening } from '../../../core/http/testing-tls.ts'

/** A real HAProxy in front of real servers, all of it on loopback. */

export type Haproxy = Readonly<{
  /** Of the statistics, without `;csv`. */
  url: string
  socket: string
  /** Sends so many requests through it, one after the other. */
  send(count: number): Promise<void>
  /** Another process takes over, as `systemctl reload haproxy` has it. */
  reload(): Promise<void>
  stop(): Promise<void>
}>

type Options = Readonly<{
  folder: string
  /** Lines of the pool `web`. */
  servers: readonly string[]
  /** Lines of the section of the statistics. */
  statistics?: readonly string[]
  /** What stands between `bind` and its address: a certificate. */
  bind?: string
}>

export async function startHaproxy(options: Options): Promise<Haproxy> {
  const home = mkdtempSync(join(options.folder, 'haproxy-'))
  const [front, page] = [await freePort(), await freePort()]
  const socket = join(home, 's.sock')
  const file = join(home, 'haproxy.cfg')
  writeFileSync(
    file,
    `global
  stats socket ${socket} mode 600 level admin
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
listen okite
  bind 127.0.0.1:${page} ${options.bind ?? ''}
  stats enable
  stats uri /stats
  stats show-legends
${(options.statistics ?? []).map(line => `  ${line}\n`).join('')}
frontend in
  bind 127.0.0.1:${front}
  default_backend web
backend web
  default-server inter 100ms fall 2 rise 1
${options.servers.map(line => `  server ${line}\n`).join('')}`,
  )
  const start = (...more: string[]) => {
    const child = spawn('haproxy', ['-db', '-f', file, ...more], { stdio: 'ignore' })
    const kill = () => child.kill('SIGKILL')
    process.once('exit', kill)
    const gone = once(child, 'exit').then(() => process.removeListener('exit', kill))
    return { child, gone }
  }
  let running = start()
  await Promise.race([untilListening(page), running.gone])
  return {
    url: `${options.bind === undefined ? 'http' : 'https'}://localhost:${page}/stats`,
    socket,
    async send(count) {
      for (let nth = 0; nth < count; nth += 1) {
        const answer = await fetch(`http://127.0.0.1:${front}/`, {
          headers: { connection: 'close' },
        })
        await answer.text()
      }
    },
    async reload() {
      const before = running
      running = start('-sf', String(before.child.pid))
      await before.gone
      await untilListening(page)
    },
    async stop() {
      running.child.kill('SIGKILL')
      await running.gone
    },
  }
}

/** A small server on an address of loopback, which stands for a host of its own. */
export async function startOrigin(address: string) {
  const server = createServer((_request, response) => response.end('well'))
  server.listen(0, address)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    address,
    place: `${address}:${port}`,
    async stop() {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
    /** Under the same address. */
    async again() {
      server.listen(port, address)
      await once(server, 'listening')
    },
  }
}

export const seconds = (count: number): Promise<void> => wait(count * 1_000)
