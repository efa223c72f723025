import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Observation } from '../../../core/fact.ts'
import type { Pools } from '../facts.ts'
import { type Server, startScripted } from '../probe/testing-servers.ts'
import { availabilitySettings } from '../settings.ts'
import { createObserver } from './testing-observer.ts'

/** What no real HAProxy says, by servers that say what they are told to. */

const root = mkdtempSync(join(tmpdir(), 'okite-pools-'))
const opened: Server[] = []
after(async () => {
  for (const one of opened) await one.stop()
  rmSync(root, { recursive: true, force: true })
})
const opening = async (script: Parameters<typeof startScripted>[0]): Promise<Server> => {
  const server = await startScripted(script)
  opened.push(server)
  return server
}
const folderOf = () => mkdtempSync(join(root, 'work-'))
const web = { pool: 'web', service: 'shop' }
type Target = Pools[number]['targets'][number]

const header =
  '# pxname,svname,stot,status,weight,act,bck,chkfail,lastchg,downtime,pid,tracked,type,check_status,addr,\n'
const lines = {
  a: 'web,a,7,UP,1,1,0,0,900,0,1,,2,L7OK,10.1.0.1:80,\n',
  b: 'web,b,7,UP,1,1,0,0,900,0,1,,2,L7OK,"10.1.0.2:80",\n',
  all: 'web,BACKEND,14,UP,2,2,0,,900,0,1,,1,,,\n',
}
const csv = (body: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`

test('M10 what is none of HAProxy, ends early, never ends or leads where it must not is not believed', async () => {
  const whole = header + lines.a + lines.b + lines.all
  const cases: Readonly<Record<string, readonly [answer: string | null, why: string]>> = {
    whole: [csv(whole), 'pools.begun first'],
    page: [
      csv('<html><body>Statistics Report for HAProxy</body></html>'),
      'balancer.unread answer.other',
    ],
    missing: [
      'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n',
      'balancer.unread status.unexpected',
    ],
    elsewhere: [
      'HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n',
      'balancer.unread status.unexpected',
    ],
    noHttp: ['SSH-2.0-OpenSSH_9.2\r\n', 'balancer.unread answer.malformed'],
    // In a line, between two lines, and by a connection that breaks off.
    inLine: [csv(whole.slice(0, -20)), 'balancer.unread answer.cut'],
    column: [csv(header + lines.a.replace(',UP', '') + lines.all), 'balancer.unread answer.cut'],
    betweenLines: [csv(header + lines.a), 'balancer.unread answer.cut'],
    other: [csv(whole.replaceAll('web,', 'mail,')), 'pools.untold pool.missing'],
    brokenOff: [csv(whole).slice(0, -30), 'balancer.unread connection.reset'],
    silent: [null, 'balancer.unread answer.silent'],
    figure: [csv(whole.replace('a,7,', 'a,-7,')), 'balancer.unread answer.malformed'],
    huge: [csv(whole.replace('a,7,', `a,${'9'.repeat(30)},`)), 'balancer.unread answer.malformed'],
    name: [csv(whole.replace('web,a', 'web,a b')), 'balancer.unread answer.malformed'],
    twice: [csv(header + lines.a + lines.a + lines.all), 'balancer.unread answer.malformed'],
    quote: [csv(whole.replace(',L7OK', ',"L7OK')), 'balancer.unread answer.malformed'],
    processes: [csv(whole.replaceAll(',0,1,,', ',0,2,,')), 'balancer.unread processes.many'],
    columns: [csv(whole.replace('downtime', 'uptime')), 'balancer.unread answer.other'],
  }
  for (const [name, [answer, why]] of Object.entries(cases)) {
    const server = await opening(socket => {
      socket.once('data', () => answer !== null && socket.end(answer))
    })
    const url = `http://127.0.0.1:${server.port}/stats`
    const okite = createObserver(folderOf(), {
      ...{ timeoutMs: 1_000, balancers: [{ name: 'lb-1', url, pools: [web] }] },
    })
    assert.deepEqual(await okite.run(), [], name)
    assert.equal(okite.whys().at(-1), why, name)
  }
  const refused = async (url: string, more: object = {}) => {
    const okite = createObserver(folderOf(), {
      balancers: [{ name: 'lb-1', url, pools: [web] }],
      ...more,
    })
    assert.deepEqual(await okite.run(), [])
    return okite.whys()
  }
  const [address] = ['balancer.unread address.refused']
  assert.deepEqual(await refused('http://127.0.0.1:9/stats', { loopback: false }), [address])
  assert.deepEqual(await refused('http://169.254.169.254/latest'), [address])
})

test('M10 an answer of 100 MB is not read to its end', async () => {
  let sentBytes = 0
  const server = await opening(socket => {
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\n${header}`)
      const piece = Buffer.alloc(262_144, lines.a)
      const send = () => {
        while (sentBytes < 104_857_600 && !socket.destroyed) {
          sentBytes += piece.length
          if (!socket.write(piece)) return void socket.once('drain', send)
        }
      }
      send()
    })
  })
  const url = `http://127.0.0.1:${server.port}/`
  const okite = createObserver(folderOf(), {
    ...{ timeoutMs: 10_000, balancers: [{ name: 'lb-1', url, pools: [web] }] },
  })
  assert.deepEqual(await okite.run(), [])
  assert.deepEqual(okite.whys(), ['balancer.unread answer.large'])
  assert(sentBytes < 64 * 1_048_576, `${sentBytes} bytes were taken`)
})

/** A balancer that says what it is told to say. */
async function startTold(): Promise<{ url: string; rows: string; isSilent: boolean }> {
  const told = { url: '', rows: lines.a + lines.b + lines.all, isSilent: false }
  const server = await opening(socket => {
    socket.once('data', () =>
      told.isSilent ? socket.destroy() : socket.end(csv(header + told.rows)),
    )
  })
  told.url = `http://127.0.0.1:${server.port}/stats`
  return told
}

test('a service behind two balancers is told when both have answered, and loses nothing meanwhile', async () => {
  const [one, two] = [await startTold(), await startTold()]
  const folder = folderOf()
  const okite = createObserver(folder, {
    balancers: [
      { name: 'lb-1', url: one.url, pools: [web] },
      { name: 'lb-2', url: two.url, pools: [web, { ...web, service: 'pay' }] },
    ],
  })
  const services = (told: readonly Observation<any>[]) =>
    told.map(({ body }) => body.service).sort()
  await okite.run()
  await wait(10)
  assert.deepEqual(services(await okite.run()), ['pay', 'shop'])
  one.isSilent = true
  two.rows = two.rows.replace('b,7,UP,1,1,0,0', 'b,9,UP,1,1,0,3')
  await wait(10)
  assert.deepEqual(services(await okite.run()), ['pay'])
  one.isSilent = false
  await wait(10)
  const told = (await okite.run()).filter(({ body }) => body.service === 'shop')
  const pool = told[0]?.body.pools.find((each: Pools[number]) => each.balancer === 'lb-2')
  assert.equal(pool?.targets[1].checks.failures, 3)
  assert.equal(pool?.targets[1].requests, 2)
  // A server that came into a pool while the process went on has counted from nothing.
  const third = lines.b.replace('web,b,7,', 'web,c,4,').replace('10.1.0.2', '10.1.0.3')
  two.rows = lines.a + two.rows.split(lines.a)[1]!.replace(lines.all, third + lines.all)
  await wait(10)
  const more = (await okite.run()).find(({ body }) => body.service === 'pay')
  assert.deepEqual(
    more?.body.pools[0].targets.map((each: Target) => `${each.target} ${each.requests}`),
    ['a 0', 'b 0', 'c 4'],
  )
})

test('M10 what lies in the folder and is none of ours is no count', async () => {
  const balancer = await startTold()
  const settings = { balancers: [{ name: 'lb-1', url: balancer.url, pools: [web] }] }
  const good = folderOf()
  await createObserver(good, settings).run()
  const text = readFileSync(join(good, 'pools.json'), 'utf8')
  const bad = [
    ...['', '{', '[]', 'null', text.slice(0, -9), text.replace('"requests":7', '"requests":-7')],
    ...[text.replace('"version":1', '"version":2'), text.replace('"atMs":', '"more":1,"atMs":')],
    // From tomorrow, from yesterday, and of another balancer.
    text.replace(/"atMs":\d+/, `"atMs":${Date.now() + 86_400_000}`),
    text.replace(/"atMs":\d+/, `"atMs":${Date.now() - 86_400_000}`),
    text.replace('127.0.0.1', '127.0.0.9'),
  ]
  for (const one of bad) {
    const folder = folderOf()
    writeFileSync(join(folder, 'pools.json'), one)
    mkdirSync(join(folder, 'lost+found'))
    const okite = createObserver(folder, settings)
    assert.deepEqual(await okite.run(), [], one)
    assert.match(okite.whys().join(), /^pools\.begun (first|late)$/, one)
  }
})

test('settings that leave something open, or a password to the line, are refused', () => {
  const is = (balancer: object, hosts: readonly object[] = []) =>
    availabilitySettings.safeParse({
      balancers: [{ name: 'lb-1', pools: [web], ...balancer }],
      hosts,
    }).success
  const url = 'https://lb-1.example.com:8404/stats'
  const login = { user: 'okite', passwordFile: '/etc/okite/lb-1' }
  assert(is({ url }) && is({ socket: '/run/haproxy/admin.sock' }) && is({ url, ...login }))
  assert(is({ url: 'http://127.0.0.1:8404/stats', ...login }))
  assert(!is({ url: 'http://lb-1.example.com:8404/stats', ...login }))
  assert(!is({}) && !is({ url, socket: '/run/haproxy/admin.sock' }))
  assert(!is({ url: 'https://okite:secret@lb-1.example.com/stats' }) && !is({ url: 'ftp://lb-1/' }))
  assert(!is({ url, user: 'okite' }) && !is({ url, password: 'secret' }))
  assert(!is({ url, pools: [] }) && !is({ url, pools: [web, web] }))
  assert(
    is({ url }, [
      { address: '10.1.0.0/16', site: 'tpe' },
      { address: '2001:db8::1', host: 'a' },
    ]),
  )
  assert(
    !is({ url }, [{ address: '10.1.0.0/33' }]) && !is({ url }, [{ address: 'web.example.com' }]),
  )
  assert(!is({ url }, [{ address: '10.1.0.0/16', host: 'host-001' }]))
})
