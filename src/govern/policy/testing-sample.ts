import { findingOpened } from '../../core/facts.ts'
import type { Fixture } from './testing.ts'
import { counts, referencePack, startFixture, withControls } from './testing.ts'

/** A made-up month for tests and screenshots: each verdict at least once, and most still unknown. */

const bound: Readonly<Record<number, string>> = {
  14: 'sample.committee-monthly',
  46: 'sample.mfa',
  52: 'sample.passwords',
  66: 'sample.patches',
  84: 'sample.acknowledged',
  94: 'sample.restore-point',
  109: 'sample.suppliers',
}

/** As much of a control as its figures need. */
const controls = [
  { id: 'protect.network.tls-forward-secrecy', params: { minimumVersion: '1.3', repair: 'P7D' } },
]

export async function startSample(web?: string): Promise<Fixture> {
  const pack = withControls(referencePack(), bound)
  const fixture = await startFixture({ pack, controls, ...(web ? { web } : {}) })
  const adopted = await fixture.adopt()
  const policy = adopted.pos
  const good = { policy, at: '2026-11-23T03:24:00.000Z' }

  await fixture.verdict({
    ...good,
    number: 14,
    status: 'kept',
    reason: {
      code: 'done',
      args: {},
    },
    population: counts(1),
    because: [
      await observe(fixture, 'meeting.held', 'minutes', {
        meeting: '2026-11',
        people: 7,
      }),
    ],
  })
  await fixture.verdict({
    ...good,
    number: 46,
    status: 'kept',
    reason: {
      code: 'holds',
      args: {},
    },
    population: counts(200),
    because: [
      await observe(fixture, 'factor.listed', 'directory', {
        accounts: 200,
        second: 200,
      }),
    ],
    next: '2026-11-26T03:24:00.000Z',
  })
  await fixture.verdict({
    ...good,
    number: 84,
    status: 'kept',
    reason: {
      code: 'met',
      args: {},
    },
    population: counts(3),
    because: [await observe(fixture, 'alert.acknowledged', 'on-call', { minutes: 6 })],
  })
  await fixture.verdict({
    ...good,
    number: 66,
    status: 'due',
    reason: {
      code: 'repairing',
      args: {},
    },
    population: counts(391, 0, 0, 9),
    because: [await observe(fixture, 'scan.imported', 'scanner', { findings: 9 })],
    next: '2026-11-28T00:00:00.000Z',
  })
  await fixture.verdict({
    ...good,
    number: 94,
    status: 'unknown',
    reason: {
      code: 'source.silent',
      args: {},
    },
    population: counts(57, 0, 3),
    because: [await observe(fixture, 'copy.made', 'backup', { sets: 57 })],
  })
  await endpoints(fixture, policy)
  return fixture
}

const observe = async (
  fixture: Fixture,
  type: string,
  source: string,
  body: object,
): Promise<number> => {
  const at = '2026-11-23T03:23:58.310Z'
  return (await fixture.append({ type, module: 'sample', source, at, body })).pos
}

/** Three endpoints, of which one still accepts an old version. */
async function endpoints(fixture: Fixture, policy: number): Promise<void> {
  const control = fixture.pack.statements[55]!.controls[0]!.control
  const at = '2026-11-25T03:24:01.482Z'
  const reason = { code: 'failing', args: {} }
  const probe = async (endpoint: string, tls12: boolean) => {
    const versions = { tls13: 'accepted', tls12: tls12 ? 'accepted' : 'refused', tls11: 'refused' }
    const body = {
      endpoint,
      reason: 'as.measured',
      versions,
      keyExchange: 'X25519MLKEM768',
      chain: 'complete',
    }
    const source = 'prober@host-1'
    const type = 'endpoint.probed'
    const fact = { type, module: 'sample', source, at, body, keys: [endpoint] }
    const status = tls12 ? 'broken' : 'kept'
    await fixture.subject(control, endpoint, status, tls12 ? 'failing' : 'holds', at)
    return (await fixture.append(fact)).pos
  }
  const seen = [
    await probe('www.example.jp:443', false),
    await probe('api.example.jp:443', false),
    await probe('mail.example.jp:465', true),
  ]
  const finding = await fixture.append({
    type: findingOpened.name,
    at,
    because: [seen[2]!],
    body: { control, subject: 'mail.example.jp:465', status: 'broken', reason, since: at },
  })
  const status = 'broken' as const
  const because = [seen[2]!, finding.pos]
  const judged = { number: 56, policy, status, reason, at, because }
  await fixture.verdict({ ...judged, population: counts(2, 1) })
}
