import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { defineFact, type Instant } from '../fact.ts'
import { watermarkAdvanced } from '../facts.ts'
import { state } from './state.ts'
import { createBench } from './testing.ts'
import { at, diskMeasured, does, encrypted, follows } from './testing-facts.ts'

const certificateSeen = defineFact('test.certificate.seen', {
  module: 'test',
  schema: z.strictObject({ until: z.string() }),
})
const protocolSeen = defineFact('test.protocol.seen', {
  module: 'test',
  schema: z.strictObject({ version: z.string() }),
})

/** One subject, `org`: the certificate is valid and the protocol is new. */
const web = (rest: { repair?: string; steady?: string; fresh?: string } = {}) => {
  const { fresh, ...times } = rest
  return state({
    id: 'test.web',
    version: 1,
    owner: 'infrastructure',
    ...times,
    slots: {
      certificate: { type: certificateSeen, ...(fresh === undefined ? {} : { fresh }) },
      protocol: { type: protocolSeen },
    },
    holds: (slots, now) =>
      slots.protocol.body.version >= '1.3' && now < slots.certificate.body.until,
    until: slots => slots.certificate.body.until,
  })
}

const tables = (control = web()) => {
  const bench = createBench([control])
  return {
    bench,
    adopt: (when: Instant) => bench.adopt({ at: when }),
    certificate: (until: string) => (when: Instant) =>
      bench.fact(certificateSeen, { until: at(until) }, { at: when }),
    protocol: (version: string, occurred?: string) => (when: Instant) =>
      bench.fact(
        protocolSeen,
        { version },
        { at: when, ...(occurred === undefined ? {} : { occurred: at(occurred) }) },
      ),
    follows: (rows: Parameters<typeof follows>[1]) => follows(bench, rows, 'test.web'),
  }
}

/** Adopted, one asset a that is encrypted since the second. */
const oneDisk = (...args: Parameters<typeof encrypted>) => {
  const bench = createBench([encrypted(...args)])
  const all = { bench, ...does(bench) }
  all.adopt()(at('01'))
  all.list('a')(at('01'))
  all.complete(at('01'))
  all.good('a')(at('02'))
  return all
}

test('V20 a missing slot is unknown, and the reason names it; all that holds is kept', () => {
  const { adopt, certificate, protocol, follows, bench } = tables()
  follows([
    ['01', adopt, 'unknown / evidence.missing 0 of 1'],
    ['02', protocol('1.3'), 'unknown / evidence.missing'],
    ['03', certificate('20'), 'kept / holds 1 of 1'],
    ['04', protocol('1.2'), 'broken / failing'],
    ['05', protocol('1.3'), 'kept / holds'],
  ])
  const [first] = bench.list.filter(f => f.type === 'control.verdict.changed')
  assert.deepEqual((first!.body as any).reason.args, { slot: 'certificate' })
})

test('V20 evidence older than fresh is stale, at the instant it is', () => {
  const { adopt, certificate, protocol, follows } = tables(web({ fresh: 'P2D' }))
  follows([
    ['01', adopt, 'unknown / evidence.missing'],
    ['02', protocol('1.3'), 'unknown / evidence.missing'],
    ['03', certificate('20'), 'kept / holds'],
    ['04 23:59', null, 'kept / holds'],
    ['05', null, 'unknown / evidence.stale'],
    ['06', certificate('20'), 'kept / holds'],
  ])
})

test('V20 until: who fails, or cannot tell, may hold by time alone', () => {
  const from = (days: number): Instant => at(String(days).padStart(2, '0'))
  const bench = createBench([
    state({
      ...{ id: 'test.web', version: 1, owner: 'infrastructure' },
      slots: { certificate: { type: certificateSeen } },
      // It fails, is unclear, holds and fails again, each from its own day.
      holds: (_, now) =>
        now < from(5)
          ? false
          : now < from(7)
            ? { status: 'unknown', reason: { code: 'early', args: {} } }
            : now < from(9),
      until: (_slots, _params, now) => [from(5), from(7), from(9)].find(one => one > now) ?? null,
    }),
  ])
  bench.adopt({ at: at('01') })
  bench.fact(certificateSeen, { until: '' }, { at: at('02') })
  bench.advance(at('20'))
  const said = bench.list.filter(f => f.type === 'control.verdict.changed').slice(1)
  assert.deepEqual(
    said.map(({ body }: any) => [body.status, body.since, body.next]),
    [
      ['broken', at('02'), from(5)],
      ['unknown', from(5), from(7)],
      ['kept', from(7), from(9)],
      ['broken', from(9), null],
    ],
  )
})

test('V20 until: a true holds becomes false by time alone, and next says when', () => {
  const { adopt, certificate, protocol, follows, bench } = tables()
  follows([
    ['01', adopt, 'unknown / evidence.missing'],
    ['02', protocol('1.3'), 'unknown / evidence.missing'],
    ['03', certificate('20'), 'kept / holds'],
  ])
  assert.equal(bench.verdict('test.web').next, at('20'))
  follows([
    ['19 23:59', null, 'kept / holds'],
    ['20', null, 'broken / failing'],
  ])
  assert.equal(bench.verdict('test.web').since, at('20'))
})

test('V20 V5 it is due while the repair time runs, then broken, decided when it has settled', () => {
  const { bench, good, bad } = oneDisk({}, { repair: 'P2D' })
  follows(bench, [
    ['03', bad('a'), 'due / repairing'],
    ['05', null, 'due / repairing'],
    ['05 00:04', null, 'due / repairing'],
    ['05 00:05', null, 'broken / failing'],
    ['06', good('a'), 'kept / holds'],
  ])
  const broken = bench.list
    .filter(f => f.type !== 'control.day.sealed' && (f.body as any).status === 'broken')
    .map(f => `${f.type} ${(f.body as any).since}`)
  assert.deepEqual(broken, [
    `control.finding.opened ${at('05')}`,
    `control.verdict.changed ${at('05')}`,
  ])
})

test('V20 the repair time starts at the first failing when and does not restart while failing', () => {
  const { bench, bad } = oneDisk({}, { repair: 'P4D', fresh: 'P2D' })
  follows(bench, [
    ['03 12:00', bad('a'), 'due / repairing'],
    // A blind interlude starts nothing anew.
    ['05 12:00', null, 'unknown / evidence.stale'],
    ['06', bad('a'), 'due / repairing'],
    ['07 12:04', bad('a'), 'due / repairing'],
    ['07 12:05', null, 'broken / failing'],
  ])
})

test('V20 the repair time counts from when it began to fail, not from when that was recorded', () => {
  const { bench } = oneDisk({}, { repair: 'P4D' })
  const late = { at: at('05'), occurred: at('03') }
  bench.fact(diskMeasured, { asset: 'a', encrypted: false }, late)
  follows(bench, [
    ['07 00:04', null, 'due / repairing'],
    ['07 00:05', null, 'broken / failing'],
  ])
})

test('V20 V32 what failed before there was a policy has its repair time from the policy on', () => {
  const bench = createBench([encrypted({}, { repair: 'P2D' })])
  const { adopt, list, complete, bad } = does(bench)
  list('a')(at('01'))
  bad('a')(at('01'))
  complete(at('01'))
  follows(bench, [
    ['10', adopt(), 'due / repairing'],
    ['11', adopt('2'), 'due / repairing'],
    // A second policy does not give the time once more.
    ['12 00:05', null, 'broken / failing'],
  ])
})

test('V20 after a failure it must hold for steady; until then it reads as before', () => {
  const { bench, good, bad } = oneDisk({}, { repair: 'P1D', steady: 'P2D' })
  follows(bench, [
    ['03', bad('a'), 'due / repairing'],
    ['03 12:00', good('a'), 'due / steadying'],
    ['05 11:59', null, 'due / steadying'],
    ['05 12:00', null, 'kept / holds'],
    ['06', bad('a'), 'due / repairing'],
    ['07 00:05', null, 'broken / failing'],
    ['08', good('a'), 'broken / steadying'],
    // It fails again before it is steady: that is the same failure.
    ['09', bad('a'), 'broken / failing'],
    ['09 01:00', good('a'), 'broken / steadying'],
    ['11 01:00', null, 'kept / holds'],
  ])
})

test('V6 V20 the end of a repair time is not decided while the source is silent', () => {
  const backup = { type: watermarkAdvanced }
  const { bench, bad } = oneDisk({ alive: [backup] }, { repair: 'P2D' })
  const heard = (to: string) => (when: Instant) =>
    bench.fact(watermarkAdvanced, { source: 'scan', to: at(to) }, { at: when })
  follows(bench, [
    ['03', bad('a'), 'due / repairing'],
    ['05 00:05', null, 'unknown / source.silent'],
    ['06', heard('04'), 'unknown / source.silent'],
    ['07', heard('05'), 'broken / failing'],
  ])
})

test('V21 a slot takes the newest when, then position; an older fact changes nothing', () => {
  const { adopt, certificate, protocol, follows } = tables()
  follows([
    ['01', adopt, 'unknown / evidence.missing'],
    ['02', certificate('20'), 'unknown / evidence.missing'],
    ['05', protocol('1.3'), 'kept / holds'],
    ['06', protocol('1.2', '04'), 'kept / holds'],
    ['07', protocol('1.2', '05'), 'broken / failing'],
    ['08', protocol('1.3', '05'), 'kept / holds'],
  ])
})

test('V4 V21 an accepted claim counts from when it occurred, behind what is newer', () => {
  const { bench, adopt, certificate, follows } = tables()
  follows([
    ['01', adopt, 'unknown / evidence.missing'],
    ['02', certificate('20'), 'unknown / evidence.missing'],
    ['03', when => bench.fact(protocolSeen, { version: '1.3' }, { at: when }), 'kept / holds'],
    [
      '05',
      when =>
        bench.fact(
          protocolSeen,
          { version: '1.2' },
          { at: when, occurred: at('02'), trust: 'claim' },
        ),
      'broken / failing',
    ],
    ['06', () => bench.again(bench.facts(protocolSeen)[1]!.pos, at('06')), 'kept / holds'],
  ])
})
