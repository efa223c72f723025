import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { createBench } from '../../core/control/testing.ts'
import { createIssuer, freePort, missing } from '../../core/http/testing-tls.ts'
import { createCalendars } from '../../core/time.ts'
import { assetListed, discoveryCompleted, registerDeclared } from '../../identify/asset/facts.ts'
import { uptime } from './controls/uptime.ts'
import { availabilityMeasured, outageBegan, outageEnded, serviceProbed } from './facts.ts'
import { outages } from './judge.ts'
import { startNginx, startScripted } from './probe/testing-servers.ts'
import { createPorts } from './testing-ports.ts'

const skip = missing('nginx', 'openssl')
const issuer = createIssuer()
after(() => issuer.remove())
const minuteMs = 60_000
const folderOf = () => mkdtempSync(join(issuer.folder, 'journal-'))
const at = (text: string) => Date.parse(`2026-09-01T${text}:00.000Z`)
const iso = (ms: number) => new Date(ms).toISOString()

/** What the controls make of it, with a register that is declared and confirmed. */
function judge(
  told: ReturnType<typeof createPorts>['told'],
  services: readonly string[],
  zone = 'UTC',
) {
  const bench = createBench([outages, uptime], { calendars: createCalendars() })
  const listedAt = iso(at('00:00') - 17 * 86_400_000)
  const params = { [outages.id]: { zone }, [uptime.id]: { ...uptime.params, zone } }
  bench.adopt({ at: listedAt, params })
  const entry = { kind: 'service', owner: null, inScope: true, isImportant: true } as const
  for (const asset of services)
    bench.fact(assetListed, { asset, ...entry, isTangible: false }, { at: listedAt })
  const hash = '1'.repeat(64)
  bench.fact(registerDeclared, { assets: services.length, hash }, { at: listedAt, trust: 'record' })
  const seen = { part: 1, parts: 1, seen: [...services], unlisted: 0, isDeclared: true, hash }
  const seenAt = iso(at('00:00') - minuteMs)
  bench.fact(discoveryCompleted, { kind: 'service', ...seen }, { at: seenAt })
  for (const { body, observed, occurred } of told)
    bench.fact(serviceProbed, serviceProbed.schema.parse(body), { at: observed, occurred })
  return {
    bench,
    verdict: () => {
      const { status, reason } = bench.verdict(uptime.id)
      return `${status} ${reason.code}`
    },
    outages: () => [
      ...bench.facts(outageBegan).map(({ body }) => `${body.began.slice(11, 16)} ${body.why}`),
      ...bench.facts(outageEnded).map(({ body }) => `to ${body.ended.slice(11, 16)}`),
    ],
  }
}

const runsOf = ({ body }: { body: any }) =>
  `${body.from.slice(11, 16)} ${body.runs.map((run: any) => `${run.minutes}:${run.answered}/${run.asked}`).join(' ')}`

test('M10 a service that stops and comes back: an hour, told when it turns and when it is over', {
  skip,
}, async () => {
  const port = await freePort()
  const pages = () =>
    startNginx(issuer.folder, port, `listen 127.0.0.1:${port}; return 200 "well";`)
  let server = await pages()
  const target = `http://127.0.0.1:${port}/`
  const bench = createPorts({
    folder: folderOf(),
    nowMs: at('00:00'),
    probes: { web: { kind: 'http', target } },
  })
  const minute = (nth: number) => bench.minute(at('00:00') + nth * minuteMs + 5_000)
  for (let nth = 0; nth < 10; nth += 1) await minute(nth)
  assert.deepEqual(bench.told.map(runsOf), ['00:00 1:1/1'])
  await server.stop()
  for (let nth = 10; nth < 13; nth += 1) await minute(nth)
  // Within the minute in which it stopped, not at the end of the hour.
  assert.deepEqual(bench.told.slice(1).map(runsOf), ['00:01 9:1/1 1:0/1'])
  assert.deepEqual(judge(bench.told, ['web']).outages(), ['00:10 connect.refused'])
  server = await pages()
  for (let nth = 13; nth < 62; nth += 1) await minute(nth)
  await server.stop()
  assert.deepEqual(bench.told.slice(2).map(runsOf), ['00:11 2:0/1 1:1/1', '00:14 46:1/1'])
  const judged = judge(bench.told, ['web'])
  assert.deepEqual(judged.outages(), ['00:10 connect.refused', 'to 00:13'])
  const measured = judged.bench.facts(availabilityMeasured).map(({ body }) => body)
  const sum = (field: 'minutes' | 'down' | 'blind') =>
    measured.reduce((all, body) => all + body[field], 0)
  assert.deepEqual([sum('minutes'), sum('down'), sum('blind')], [60, 3, 0])
  assert.equal(judged.verdict(), 'kept level.met')
  // Asked twice in one minute, it is one minute; and nothing is told twice.
  assert.deepEqual(await minute(61), [])
})

test('killed in the middle of an hour: what was asked is told, what was not is blind', {
  skip,
}, async () => {
  const port = await freePort()
  const server = await startNginx(issuer.folder, port, `listen 127.0.0.1:${port}; return 204;`)
  const folder = folderOf()
  const target = `http://127.0.0.1:${port}/`
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'fixtures/prober.ts'), folder, target, iso(at('00:00'))],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const said: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line)
    if (line.startsWith('20 ')) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  const asked = said.length
  // A line that the crash cut off, as a disk may leave it.
  const [file = ''] = readdirSync(folder)
  appendFileSync(join(folder, file), '\n{"minute":2980')
  const bench = createPorts({ folder, nowMs: 0, probes: { web: { kind: 'http', target } } })
  const from = at('00:40')
  for (let nth = 0; nth < 21; nth += 1) await bench.minute(from + nth * minuteMs)
  await server.stop()
  // What the killed one had told is told again under the same identity, and is on the list once.
  const [identity = ''] = bench.told.map(one => one.identity)
  assert.equal(said[0], `0 ${identity}`)
  const judged = judge(bench.told, ['web'])
  const body = judged.bench.facts(availabilityMeasured).map(fact => fact.body)
  const all = body.reduce(
    (sum, { minutes, down, blind }) => [sum[0]! + minutes, sum[1]! + down, sum[2]! + blind],
    [0, 0, 0],
  )
  const last = Number(said.at(-1)?.split(' ')[0])
  // The minute that was being asked when it was killed may be on the disk or not.
  const seen = 60 - (all[2] ?? 0)
  assert(seen >= asked + 20 && seen <= last + 2 + 20, `${seen} of ${asked}`)
  assert.deepEqual(all.slice(0, 2), [60, 0])
  assert.deepEqual(judged.outages(), [])
})

test('M10 what lies in the folder and is none of ours is not taken for a minute', async () => {
  const folder = folderOf()
  const hour = at('00:00') / 3_600_000
  const lines = [
    '{"minute":1e99,"place":"here","results":{"web":""}}',
    `{"minute":${hour * 60},"place":"here","results":{"web":"fine"}}`,
    `{"minute":${hour * 60},"place":"here","results":{"web":""},"more":1}`,
    `{"service":"web","from":${hour * 60},"minutes":61}`,
    '{"service":"web"',
    '[]',
    'null',
    '\u0000\u0000',
    `{"minute":${hour * 60 + 1},"place":"here","results":{"web":"connect.refused"}}`,
  ]
  writeFileSync(join(folder, `${hour}.jsonl`), lines.join('\n'))
  mkdirSync(join(folder, 'lost+found'))
  writeFileSync(join(folder, 'notes.txt'), 'x')
  const silent = await startScripted(() => {})
  const target = `127.0.0.1:${silent.port}`
  const bench = createPorts({ folder, nowMs: 0, probes: { web: { kind: 'tcp', target } } })
  await bench.minute(at('00:02'))
  await silent.stop()
  assert.deepEqual(bench.told.map(runsOf), ['00:01 1:0/1 1:1/1'])
})

test('places: down unless more than half got an answer; a sleeping machine is blind', async () => {
  const folder = folderOf()
  const silent = await startScripted(() => {})
  const closed = await freePort()
  const first = at('00:00') / minuteMs
  const say = (place: string, minute: number, web: string) =>
    appendFileSync(
      join(folder, `${Math.floor(minute / 60)}.jsonl`),
      `\n${JSON.stringify({ minute, place, results: { web, other: '?network.down' } })}\n`,
    )
  const settings = {
    vantages: ['osaka', 'taipei'].map(name => ({ name, keySha256: '0'.repeat(64) })),
  }
  const probes = {
    web: { kind: 'tcp', target: `127.0.0.1:${silent.port}` },
    other: { kind: 'tcp', target: `127.0.0.1:${closed}` },
  } as const
  const bench = createPorts({ folder, nowMs: 0, probes, settings })
  for (let nth = 0; nth < 8; nth += 1) {
    // One place of three fails, then two of three.
    say('osaka', first + nth, nth === 5 ? 'connect.timeout' : '')
    say('taipei', first + nth, nth >= 4 ? 'connect.timeout' : '')
    await bench.minute(at('00:00') + nth * minuteMs)
  }
  const web = () => bench.told.filter(({ body }) => body.service === 'web').map(runsOf)
  // Others may send until the next minute is asked.
  assert.deepEqual(web(), ['00:00 3:3/3', '00:03 1:3/3 1:2/3 1:1/3', '00:06 1:2/3'])
  // The lid is closed for two hours.
  await bench.minute(at('02:30'))
  await bench.minute(at('02:31'))
  await silent.stop()
  // Nobody knows any more how it stood, so it is told at once.
  assert.deepEqual(web().slice(3), ['00:07 1:2/3', '02:30 1:1/1'])
  const judged = judge(
    bench.told.filter(({ body }) => body.service === 'web'),
    ['web'],
  )
  judged.bench.advance(iso(at('02:40')))
  const blind = judged.bench.facts(availabilityMeasured).reduce((sum, f) => sum + f.body.blind, 0)
  // 00:07 was told too late: it stays blind with the rest.
  assert.equal(blind, 143)
})

test('months are those of the organisation, to the minute', () => {
  // 20:00 in UTC is 01:30 of the next day in Kolkata: the month ends there at 18:30.
  const told = (from: string, minutes: number, answered: number) => ({
    body: { service: 'web', from, runs: [{ minutes, asked: 1, answered }] },
    observed: new Date(Date.parse(from) + minutes * minuteMs).toISOString(),
    occurred: from,
  })
  const judged = judge([told('2026-09-30T18:00:00.000Z', 60, 0)] as never, ['web'], 'Asia/Kolkata')
  const spans = judged.bench
    .facts(availabilityMeasured)
    .filter(({ body }) => body.down > 0)
    .map(({ body }) => `${body.from.slice(11, 16)} ${body.to.slice(11, 16)} ${body.down}`)
  assert.deepEqual(spans, ['18:00 18:30 30', '18:30 19:00 30'])
})

test('the journal keeps two hours, and what is not told', async () => {
  const folder = folderOf()
  const silent = await startScripted(() => {})
  const target = `127.0.0.1:${silent.port}`
  const bench = createPorts({ folder, nowMs: 0, probes: { web: { kind: 'tcp', target } } })
  for (const time of ['00:58', '01:30', '02:30', '03:30']) await bench.minute(at(time))
  await silent.stop()
  const hour = at('00:00') / 3_600_000
  assert.deepEqual(readdirSync(folder).sort(), [`${hour + 2}.jsonl`, `${hour + 3}.jsonl`])
  assert.deepEqual(bench.told.map(runsOf), [
    '00:58 1:1/1',
    '01:30 1:1/1 29:0/0',
    '02:30 1:1/1 29:0/0',
  ])
  rmSync(folder, { recursive: true })
})
