import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { verdictChanged } from '../../core/facts.ts'
import { createIssuer, freePort, missing } from '../../core/http/testing-tls.ts'
import { memoryLog } from '../../core/ledger/testing.ts'
import { openTestDesk, type TestPerson } from '../../core/run/testing-desk.ts'
import { toInstant } from '../../core/time.ts'
import {
  assetListed,
  assetRemoved,
  discoveryCompleted,
  registerDeclared,
} from '../../identify/asset/facts.ts'
import { uptime } from './controls/uptime.ts'
import { hashOfKey } from './desk.ts'
import { serviceProbed } from './facts.ts'
import { type Server, startNginx } from './probe/testing-servers.ts'
import { probeCommand } from './probe-command.ts'

/** The whole program with its list, its judges and its routes; its clock is turned by hand. */
const skip = missing('nginx', 'openssl')
const issuer = createIssuer()
const key = 'k'.repeat(43)
let desk: Awaited<ReturnType<typeof openTestDesk>>
let officer: TestPerson
let port = 0
let server: Server | undefined

before(async () => {
  if (skip) return
  port = await freePort()
  desk = await openTestDesk('2026-08-10T00:00:00.000Z', {}, [
    'recover.availability:',
    '  loopback: true',
    '  timeoutMs: 2000',
    `  vantages: [{ name: osaka, keySha256: ${hashOfKey(key)} }]`,
  ])
  officer = await desk.as('officer')
})
after(async () => {
  await server?.stop()
  await desk?.close()
  issuer.remove()
})

const startPages = () =>
  startNginx(issuer.folder, port, `listen 127.0.0.1:${port}; return 200 "well";`)

/** Tells a fact as its module would. */
async function tell(type: typeof assetListed | any, body: unknown, trust = 'instrument') {
  const now = toInstant(desk.clock.nowMs())
  const said = { source: 'test', occurred: now, observed: now, trust, body }
  const identity = `${type.name} ${JSON.stringify(body)} ${now}`
  return desk.okite.submit(type.module)({ type, ...said, identity } as never)
}

const hash = '1'.repeat(64)
async function declare(services: readonly string[]): Promise<void> {
  await tell(registerDeclared, { assets: services.length, hash }, 'record')
  const seen = { part: 1, parts: 1, seen: services, unlisted: 0, isDeclared: true, hash }
  await tell(discoveryCompleted, { kind: 'service', ...seen })
}

const prober = () => desk.okite.collect('recover.availability', 'service-prober')

async function verdict(): Promise<string> {
  const found = await desk.okite.reader.latest(verdictChanged, 500)
  const last = found.find(({ body }) => body.control === uptime.id)
  return `${last?.body.status} ${last?.body.reason.code}`
}

test('from the register to the verdict: probed, stopped, back, and seen from another place', {
  skip,
}, async () => {
  for (const asset of ['web', 'lonely']) {
    const entry = { kind: 'service', owner: 'infrastructure', inScope: true, isImportant: true }
    await tell(assetListed, { asset, ...entry, isTangible: false }, 'record')
  }
  // Who may register a target decides what this program asks.
  const reads = await desk.as('reader', ['register.service-probe.read', 'availability.read'])
  const values = { service: 'web', kind: 'http', target: `http://127.0.0.1:${port}/` }
  const post = (person: TestPerson, also: object) =>
    person.fetch('/registers/service-probe', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ values: { ...values, ...also } }),
    })
  assert.equal((await post(reads, {})).status, 403)
  const refused = await post(officer, { target: 'https://me:secret@example.com/' })
  assert.equal(refused.status, 422)
  assert(!(await refused.text()).includes('secret'))
  assert.equal((await post(officer, { holds: 'well' })).status, 200)

  // The month of the organisation, in Taipei, begins at 16:00.
  desk.clock.set('2026-08-31T15:00:00.000Z')
  await declare(['web', 'lonely'])
  server = await startPages()
  const minute = async (nth: number) => {
    desk.clock.set(toInstant(Date.parse('2026-08-31T16:00:05.000Z') + nth * 60_000))
    await prober()
  }
  for (let nth = 0; nth < 6; nth += 1) await minute(nth)
  // A service in scope that nobody probes is not kept.
  assert.match(await verdict(), /^unknown /)
  await tell(assetRemoved, { asset: 'lonely' }, 'record')
  await declare(['web'])
  await minute(6)
  assert.equal(await verdict(), 'kept level.met')

  await server.stop()
  await minute(7)
  const now = async () => (await officer.get('/availability/services')).services[0]
  // With another place in the settings, a minute is told when the next one is asked.
  await minute(8)
  const { outages } = await officer.get('/availability/outages')
  assert.deepEqual(
    outages.map(({ service, began, ended, why }: any) => [service, began, ended, why]),
    [['web', '2026-08-31T16:07:00.000Z', null, 'connect.refused']],
  )
  server = await startPages()
  await minute(9)
  await minute(10)
  const ended = (await officer.get('/availability/outages')).outages[0].ended
  assert.equal(ended, '2026-08-31T16:09:00.000Z')

  // Another place says what it saw; a key that is none of theirs opens nothing.
  const say = (said: object) =>
    desk.http.fetch(
      new Request('http://localhost:80/api/availability/vantage', {
        method: 'POST',
        headers: { 'content-type': 'application/json', host: 'localhost:80' },
        body: JSON.stringify(said),
      }),
    )
  const at = Math.floor(Date.parse('2026-08-31T16:10:00.000Z') / 60_000)
  const seen = { minute: at, results: [['web', 'connect.timeout']] }
  assert.equal((await say({ key: 'w'.repeat(43), ...seen })).status, 403)
  assert.equal((await say({ key, minute: at, results: [['web', 'well']] })).status, 400)
  const taken = (await (await say({ key, ...seen })).json()) as any
  assert.equal(taken.isTaken, true)
  assert.deepEqual(taken.probes, [
    { ...values, statuses: [], text: 'well', followsRedirects: false },
  ])
  assert.equal(((await (await say({ key, ...seen })).json()) as any).isTaken, false)
  const old = { minute: at - 2_000, results: seen.results }
  assert.equal(((await (await say({ key, ...old })).json()) as any).isTaken, false)
  await minute(11)
  // One of two places is not more than half.
  const [told] = await desk.okite.reader.latest(serviceProbed, 1)
  assert.deepEqual(told?.body.runs, [{ minutes: 1, asked: 2, answered: 1, why: 'connect.timeout' }])
  // The last minute that was told stands until others have spoken.
  const row = await now()
  assert.deepEqual(
    [row.now.state, row.now.asked, row.now.answered, row.now.why],
    ['down', 2, 1, 'connect.timeout'],
  )
  const { seen: minutes, down, blind, budget, status } = row.month
  assert.deepEqual([minutes, down, blind, budget, status], [11, 3, 0, 216, 'kept'])
  assert.equal(row.days.at(-1).down, 3)

  // The command of that other place, against the edge of this program over a real socket.
  const to = await desk.http.listen(0)
  const keyFile = join(issuer.folder, 'vantage.key')
  const lines: string[] = []
  const { log } = memoryLog()
  const call = {
    ...{ dataDir: '', cwd: issuer.folder, locale: 'en' as const, log, clock: desk.clock },
    messages: desk.okite.messages,
    out: (text: string) => void lines.push(text),
  }
  const run = (...args: string[]) => probeCommand.alone(args, call)
  assert.equal(await run('--make-key', keyFile), 0)
  assert.match(lines.join(''), /keySha256: [0-9a-f]{64}/)
  const asked = ['--to', to, '--key', keyFile, '--loopback', '--once']
  // The new key is nobody's; the one of the settings is.
  await assert.rejects(run(...asked), { code: 'AVAILABILITY_KEY' })
  await assert.rejects(run('--to', 'http://okite.example.org/', '--key', keyFile), {
    code: 'AVAILABILITY_USAGE',
  })
  await assert.rejects(run('--to', to, '--key', join(issuer.folder, 'none')), {
    code: 'AVAILABILITY_KEY_FILE',
  })
  assert.equal(readFileSync(keyFile, 'utf8').length, 43)
  writeFileSync(keyFile, key)
  assert.equal(await run(...asked), 0)
  const folder = join(desk.folder, 'data/work/recover.availability')
  const journal = readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8'))
  assert.match(journal.join(), /"minute":\d+,"place":"osaka","results":{"web":""}/)
})
