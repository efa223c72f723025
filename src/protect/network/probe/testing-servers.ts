import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, spawnNginx, untilListening } from '../../../core/http/testing-tls.ts'

export { missing } from '../../../core/http/testing-tls.ts'

/** Real servers for the tests, on loopback only, and scripted ones for what no real server does. */

export type Server = Readonly<{ port: number; stop(): Promise<void> }>

export type Authority = Readonly<{
  folder: string
  /** PEM of our own authority. */
  caFile: string
  /** Paths of key and certificate by name. */
  pair(name: CertificateName): Readonly<{ key: string; certificate: string }>
  remove(): void
}>

type CertificateName = 'good' | 'ec' | 'expired' | 'other' | 'self' | 'small'

/** An authority with the certificates that the tests need, in a folder of its own. */
export function createAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'okite-tls-'))
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const rsa = ['-newkey', 'rsa:2048']
  openssl(
    ...['req', '-x509', ...rsa, '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30'],
    ...['-subj', '/O=Example Authority/CN=Test Root/emailAddress=someone@example.test'],
  )
  const localhost = 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1'
  const issue = (name: CertificateName, key: string[], days: number, names = localhost) => {
    const request = ['req', ...key, '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`]
    openssl(...request, '-subj', '/CN=localhost')
    writeFileSync(join(folder, `${name}.ext`), `${names}\nbasicConstraints=CA:FALSE\n`)
    openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key'],
      ...['-CAcreateserial', '-days', String(days), '-extfile', `${name}.ext`],
      ...['-out', `${name}.pem`],
    )
  }
  issue('good', rsa, 20)
  issue('ec', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], 20)
  issue('expired', rsa, -1)
  issue('other', rsa, 20, 'subjectAltName=DNS:elsewhere.example.test')
  issue('small', ['-newkey', 'rsa:1024'], 20)
  openssl(
    ...['req', '-x509', ...rsa, '-nodes', '-keyout', 'self.key', '-out', 'self.pem'],
    ...['-days', '20', '-subj', '/CN=localhost', '-addext', localhost],
  )
  return {
    folder,
    caFile: join(folder, 'ca.pem'),
    pair: name => ({
      key: join(folder, `${name}.key`),
      certificate: join(folder, `${name}.pem`),
    }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** OpenSSL's own floor is TLS 1.2 and 112 bits on Debian; this configuration takes both away. */
const legacy = `openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = floor
[floor]
MinProtocol = None
CipherString = ALL:COMPLEMENTOFALL:@SECLEVEL=0
`

/** `openssl s_server` on a port of its own choice. */
export async function startOpenssl(
  authority: Authority,
  options: Readonly<{ certificate?: CertificateName; legacy?: boolean; args?: string[] }>,
): Promise<Server> {
  const { key, certificate } = authority.pair(options.certificate ?? 'good')
  const config = join(authority.folder, 'legacy.cnf')
  if (options.legacy) writeFileSync(config, legacy)
  const child = spawn(
    'openssl',
    [
      ...['s_server', '-accept', '127.0.0.1:0', '-key', key, '-cert', certificate, '-www'],
      ...(options.args ?? []),
    ],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'], ...(options.legacy ? { OPENSSL_CONF: config } : {}) },
    },
  )
  let said = ''
  for await (const chunk of child.stdout) {
    said += String(chunk)
    const port = /ACCEPT 127\.0\.0\.1:(\d+)/.exec(said)?.[1]
    if (port !== undefined) return running(child, Number(port))
  }
  throw new Error(`openssl s_server did not start: ${said}`)
}

type Child = ReturnType<typeof spawn>

function running(child: Child, port: number): Server {
  child.stdout?.resume()
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  return opened({
    port,
    async stop() {
      process.removeListener('exit', kill)
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  })
}

const servers = new Set<Server>()

function opened(server: Server): Server {
  servers.add(server)
  return server
}

/** Stops what is still open: after each test, whether it passed or not. */
export async function stopServers(): Promise<void> {
  const left = [...servers]
  servers.clear()
  await Promise.all(left.map(server => server.stop()))
}

/** nginx in the foreground, with one server block. */
export async function startNginx(
  authority: Authority,
  options: Readonly<{ certificate?: CertificateName; directives: string }>,
): Promise<Server> {
  const port = await freePort()
  const { key, certificate } = authority.pair(options.certificate ?? 'good')
  const child = spawnNginx(
    authority.folder,
    `listen 127.0.0.1:${port} ssl; ssl_certificate ${certificate};
     ssl_certificate_key ${key}; ${options.directives} return 204;`,
  )
  await untilListening(port)
  return running(child, port)
}

export async function startGnutls(
  authority: Authority,
  options: Readonly<{ certificate?: CertificateName; priority: string }>,
): Promise<Server> {
  const port = await freePort()
  const { key, certificate } = authority.pair(options.certificate ?? 'good')
  const child = spawn(
    'gnutls-serv',
    [
      ...['--http', '--quiet', '--port', String(port), '--priority', options.priority],
      ...['--x509keyfile', key, '--x509certfile', certificate],
    ],
    { stdio: ['ignore', 'ignore', 'ignore'] },
  )
  await untilListening(port)
  return running(child, port)
}

/** A server that follows a script, for what no real server does. */
export async function startScripted(
  script: (socket: Socket) => void,
  address = '127.0.0.1',
): Promise<Server> {
  const open = new Set<Socket>()
  const server = createServer(socket => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => {})
    script(socket)
  })
  server.listen(0, address)
  await once(server, 'listening')
  return opened({
    port: (server.address() as { port: number }).port,
    async stop() {
      if (!server.listening) return
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  })
}
