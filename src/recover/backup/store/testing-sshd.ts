import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../../core/http/testing-tls.ts'

/** OpenSSH's server with its own SFTP (Debian: openssh-server), on loopback, for the account of the test. */
export type Sshd = Readonly<{
  port: number
  /** The same host, and nothing can be written. */
  readOnlyPort: number
  user: string
  keyFile: string
  hostKey: string
  stop(): Promise<void>
}>

const program = '/usr/sbin/sshd'
export const hasSshd = existsSync(program)
/** Where the server wants an empty folder; a Debian that booted has it. */
const privilegeFolder = '/run/sshd'

export async function startSshd(): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'okh-'))
  const key = (name: string) => {
    const path = join(folder, name)
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path])
    return path
  }
  const [host, keyFile] = [key('host'), key('client')]
  const [port, readOnlyPort] = [await freePort(), await freePort()]
  const isRoot = process.getuid?.() === 0
  const isMade = isRoot && !existsSync(privilegeFolder)
  if (isMade) mkdirSync(privilegeFolder, { mode: 0o755 })
  const config = join(folder, 'sshd_config')
  writeFileSync(
    config,
    [
      `ListenAddress 127.0.0.1:${port}`,
      `ListenAddress 127.0.0.1:${readOnlyPort}`,
      `HostKey ${host}`,
      `AuthorizedKeysFile ${keyFile}.pub`,
      'StrictModes no',
      'PidFile none',
      'UsePAM no',
      'PermitRootLogin prohibit-password',
      'PasswordAuthentication no',
      'Subsystem sftp internal-sftp',
      `Match LocalPort ${readOnlyPort}`,
      '  ForceCommand internal-sftp -R',
    ].join('\n'),
  )
  const server = spawn(program, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  server.stderr.on('data', part => {
    said += part
  })
  const endMs = performance.now() + 20_000
  while (!(await answers(port))) {
    if (performance.now() > endMs || server.exitCode !== null) throw new Error(`sshd: ${said}`)
    await sleep(30)
  }
  const [kind, base64] = readFileSync(`${host}.pub`, 'utf8').split(' ')
  return {
    ...{ port, readOnlyPort, keyFile, user: userInfo().username, hostKey: `${kind} ${base64}` },
    async stop() {
      const gone = new Promise(resolve => server.once('exit', resolve))
      server.kill('SIGKILL')
      if (server.exitCode === null) await gone
      rmSync(folder, { recursive: true, force: true })
      if (isMade) rmSync(privilegeFolder, { recursive: true, force: true })
    },
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('data', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
