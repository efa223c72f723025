import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Real certificates and a real proxy for the tests of listening; all of it on loopback. */

/** A message when programs are missing, or false: what `skip` of node:test takes. */
export function missing(...programs: string[]): string | false {
  const gone = programs.filter(
    program => spawnSync('sh', ['-c', 'command -v -- "$1"', 'sh', program]).status !== 0,
  )
  return gone.length > 0 && `not installed here: ${gone.join(', ')}`
}

export type TestPair = Readonly<{ certificate: string; key: string }>

/** A folder that makes certificates, each its own authority, and goes with `remove`. */
export function createIssuer() {
  const folder = mkdtempSync(join(tmpdir(), 'okite-listen-'))
  return {
    folder,
    /** Written over when there is one of this name, as whoever renews certificates does. */
    issue(name: string, dnsName: string, dates: readonly string[] = ['-days', '20']): TestPair {
      const pair = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) }
      execFileSync(
        'openssl',
        [
          ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
          ...['-keyout', pair.key, '-out', pair.certificate, ...dates],
          ...['-subj', '/CN=Test', '-addext', `subjectAltName=DNS:${dnsName}`],
        ],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      )
      chmodSync(pair.key, 0o600)
      return pair
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export type Run = Readonly<{ status: number | null; out: string }>

/** A program with its output, whatever it ends with; the event loop goes on meanwhile. */
export async function run(command: string, args: readonly string[], input = ''): Promise<Run> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], timeout: 20_000 })
  let out = ''
  child.stdout.on('data', chunk => (out += String(chunk)))
  child.stderr.on('data', chunk => (out += String(chunk)))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, out }
}

/** nginx with one server block over TLS, whose `location /` holds these directives. */
export async function startProxy(
  folder: string,
  { certificate, key }: TestPair,
  port: number,
  directives: string,
): Promise<{ stop(): Promise<void> }> {
  const child = spawnNginx(
    folder,
    `listen 127.0.0.1:${port} ssl; ssl_protocols TLSv1.3; ssl_certificate ${certificate};
     ssl_certificate_key ${key}; location / { ${directives} }`,
  )
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  await untilListening(port)
  return {
    async stop() {
      process.removeListener('exit', kill)
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** nginx in the foreground with one server block, in a folder of its own below this one. */
export function spawnNginx(folder: string, server: string): ReturnType<typeof spawn> {
  const home = mkdtempSync(join(folder, 'nginx-'))
  mkdirSync(join(home, 'logs'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(name => `${name}_temp_path ${home}/${name};`)
    .join(' ')
  writeFileSync(
    join(home, 'nginx.conf'),
    `daemon off; master_process off; pid ${home}/pid; error_log ${home}/logs/error.log;
     events { worker_connections 64; }
     http { access_log off; ${temporary} server { ${server} } }`,
  )
  return spawn('nginx', ['-p', home, '-c', join(home, 'nginx.conf'), '-e', '/dev/null'], {
    stdio: 'ignore',
  })
}

export async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await accepts(port)) return
    await wait(25)
  }
  throw new Error('the server did not start')
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** A port that was free a moment ago, for who must know it before anything listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
