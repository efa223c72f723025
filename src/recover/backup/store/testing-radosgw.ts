import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../../core/http/testing-tls.ts'

/**
 * A Ceph of one machine with its S3 gateway (Debian: radosgw, ceph-mon, ceph-osd), in memory, on loopback. Each
 * program runs in the foreground as a child of the test, and goes with it.
 */
export type Radosgw = Readonly<{
  port: number
  credentials: Readonly<{ accessKeyId: string; secretAccessKey: string; sessionToken: null }>
  stop(): Promise<void>
}>

const programs = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'monmaptool', 'ceph']
export const hasRadosgw = programs.every(name => existsSync(`/usr/bin/${name}`))

export async function startRadosgw(): Promise<Radosgw> {
  const folder = mkdtempSync(join(tmpdir(), 'okc-'))
  for (const name of ['mon', 'osd', 'run']) mkdirSync(join(folder, name))
  const [port, monitor] = [await freePort(), await freePort()]
  const conf = join(folder, 'ceph.conf')
  const [cluster, disk] = [randomUUID(), randomUUID()]
  writeFileSync(conf, settings(folder, cluster, port, monitor))
  const children: ChildProcess[] = []
  const run = (name: string, ...args: string[]) => {
    const { status, stderr } = spawnSync(name, [...args, '-c', conf], { timeout: 30_000 })
    if (status !== 0) throw new Error(`${name}: ${stderr}`)
  }
  const start = (name: string, ...args: string[]): ChildProcess => {
    const child = spawn(name, [...args, '-f', '-c', conf], { stdio: 'ignore' })
    children.push(child)
    return child
  }
  const stop = async () => {
    for (const child of children.toReversed()) await killed(child)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const map = join(folder, 'monmap')
    const address = `[v1:127.0.0.1:${monitor}]`
    run('monmaptool', '--create', '--addv', 'a', address, '--fsid', cluster, map)
    run('ceph-mon', '-i', 'a', '--mkfs', '--monmap', map)
    start('ceph-mon', '-i', 'a')
    // A monitor that has just begun may refuse what it grants a moment later; asked twice it makes one disk.
    await again(5, () => run('ceph', '--connect-timeout', '20', 'osd', 'new', disk))
    run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', disk)
    // A disk whose first word to the monitor is lost says nothing more; it is started again.
    for (let nth = 0; ; nth++) {
      const osd = start('ceph-osd', '-i', '0')
      const waitMs = 6_000 * 2 ** Math.min(nth, 2)
      if (await untilSaid(join(folder, 'run/mon.a.log'), /: osdmap e\d+: 1 total, 1 up/, waitMs))
        break
      if (nth === 5) throw new Error(`ceph-osd: ${said(folder)}`)
      await killed(osd)
    }
    start('radosgw', '-n', 'client.rgw')
    const endMs = performance.now() + 60_000
    while (!(await fetch(`http://127.0.0.1:${port}/`).catch(() => null))) {
      if (performance.now() > endMs) throw new Error(`radosgw does not answer: ${said(folder)}`)
      await sleep(50)
    }
    const user = ['--uid', 'okite', '--display-name', 'okite']
    const keys = ['--access-key', 'key-of-tests', '--secret', 'secret-of-tests']
    run('radosgw-admin', '-n', 'client.rgw', 'user', 'create', ...user, ...keys)
    const credentials = {
      ...{ accessKeyId: 'key-of-tests', secretAccessKey: 'secret-of-tests' },
      sessionToken: null,
    }
    return { port, credentials, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function again(times: number, act: () => void): Promise<void> {
  for (let left = times - 1; ; left--) {
    try {
      return act()
    } catch (error) {
      if (left === 0) throw error
      await sleep(1_000)
    }
  }
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

async function untilSaid(path: string, what: RegExp, waitMs: number): Promise<boolean> {
  const endMs = performance.now() + waitMs
  while (performance.now() < endMs) {
    if (what.test(readFileSync(path, 'utf8'))) return true
    await sleep(50)
  }
  return false
}

const said = (folder: string): string =>
  ['mon.a', 'osd.0', 'client.rgw']
    .map(name => spawnSync('tail', ['-n', '6', join(folder, 'run', `${name}.log`)]).stdout)
    .join('\n')

/** One copy of everything, in memory, by a monitor that decides without waiting for others. */
const settings = (folder: string, cluster: string, port: number, monitor: number) => `[global]
fsid = ${cluster}
mon host = v1:127.0.0.1:${monitor}
auth cluster required = none
auth service required = none
auth client required = none
ms bind msgr2 = false
public addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
osd crush chooseleaf type = 0
paxos propose interval = 0.02
paxos min wait = 0.01
run dir = ${folder}/run
admin socket = ${folder}/run/$name.$pid.asok
log file = ${folder}/run/$name.log
mon cluster log file = /dev/null
crash dir = ${folder}/run
osd objectstore = memstore
memstore device bytes = 1073741824
osd class load list = *
osd class default list = *
[mon.a]
mon data = ${folder}/mon
[osd.0]
osd data = ${folder}/osd
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${port} tcp_nodelay=1
rgw thread pool size = 32
rgw run sync thread = false
rgw enable quota threads = false
rgw enable gc threads = false
rgw enable lc threads = false
rgw dynamic resharding = false
`
