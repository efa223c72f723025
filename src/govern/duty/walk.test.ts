import { strict as assert } from 'node:assert'
import { after, before, describe, test } from 'node:test'
import { statementVerdictChanged, verdictChanged } from '../../core/facts.ts'
import { pdf } from '../../core/file/testing.ts'
import { openTestDesk, type TestPerson } from '../../core/run/testing-desk.ts'

/**
 * What people perform by the calendar, from open to closed through the route, and the colour of the
 * sentences that rest on it. Each line is a duty: what is recorded for it, in order.
 */
type Doing = Readonly<{
  type: string
  fields: object
  persons?: Readonly<Record<string, string>>
  hasFile?: boolean
  /** It is told before what counts: a test that found something, ahead of its retest. */
  isAnyway?: boolean
}>
const approved = { assessor: 'ciso@example.jp', approver: 'ceo@example.jp' }
const hash = '1'.repeat(64)
const report = (auditor: string, area: string): Doing => ({
  type: 'audit.report.issued',
  fields: {
    report: `r-${auditor}-${area}`,
    auditor,
    area,
    sections: { audited: 9, of: 9 },
    ties: 0,
  },
  persons: { auditor: 'audit@example.jp', responsible: 'cto@example.jp' },
  hasFile: true,
})
const money = { year: '2026', amount: 9_000_000, currency: 'JPY' }
const obligations = (jurisdiction: string, law: string) => ({
  type: 'law.obligation.listed',
  body: {
    obligation: `${law}-1`,
    jurisdiction,
    law,
    provision: '1',
    owner: 'legal',
    version: 'v1',
  },
})

const performed: Readonly<Record<string, readonly Doing[]>> = {
  'govern.policy.committee-meets-monthly': [
    {
      type: 'committee.meeting.minuted',
      fields: { meeting: 'm-7', members: 8, present: 5, reviewed: 3, decisions: 1 },
      persons: { chair: 'ceo@example.jp' },
      hasFile: true,
    },
  ],
  'govern.policy.strategy-and-budget-yearly': [
    ...['strategy.year.approved', 'strategy.budget.approved'].map(type => ({
      ...{ type, fields: money, persons: { approver: 'ceo@example.jp' }, hasFile: true },
    })),
  ],
  'govern.report.metrics-reviewed-monthly': [
    { type: 'report.metrics.reviewed', fields: { hash, decisions: 2, because: null } },
  ],
  'govern.report.board-quarterly': [
    { type: 'report.board.delivered', fields: { report: 'b-3', risks: 12 }, hasFile: true },
    {
      type: 'report.board.minuted',
      fields: { report: 'b-3', meeting: '2026-07-20', item: '4.2' },
      hasFile: true,
    },
  ],
  'govern.risk.assessed-quarterly': [
    {
      type: 'risk.assessment.approved',
      fields: { assessment: 'ra-q', areas: 9, areasAssessed: 3, risks: 41 },
      ...{ persons: approved, hasFile: true },
    },
  ],
  'govern.risk.assessed-yearly-in-full': [
    {
      type: 'risk.assessment.approved',
      fields: { assessment: 'ra-y', areas: 9, areasAssessed: 9, risks: 41 },
      ...{ persons: approved, hasFile: true },
    },
  ],
  'govern.audit.internal-quarterly': [report('internal', 'organisation')],
  'govern.audit.external-yearly': [
    report('outside', 'organisation'),
    report('audit-firm', 'third-parties'),
  ],
  'govern.audit.penetration-tested-half-yearly': [
    {
      type: 'audit.penetration.tested',
      fields: { test: 't-1', findings: 4 },
      ...{ hasFile: true, isAnyway: true },
    },
    {
      type: 'audit.penetration.retested',
      fields: { test: 't-1', retried: 4, open: 0 },
      hasFile: true,
    },
  ],
  'recover.continuity.drilled-quarterly': [
    {
      type: 'recovery.drill.restored',
      fields: {
        ...{ drill: 'd-1', scenario: 'ransomware' },
        ...{ began: '2026-07-01T01:00:00.000Z', restored: '2026-07-01T02:30:00.000Z' },
      },
    },
  ],
  'protect.awareness.newsletter-monthly': [
    {
      type: 'newsletter.issue.sent',
      fields: { issue: 'n-2026-07', staff: 2, addressed: 2, accepted: 2 },
      hasFile: true,
    },
  ],
  'protect.awareness.posters-current': [
    {
      type: 'poster.checked',
      fields: { version: '2026a', places: 3 },
      hasFile: true,
    },
  ],
  'protect.awareness.security-week-yearly': [
    {
      type: 'awareness.week.held',
      fields: { days: 5, departments: { reached: 2, of: 2 } },
      hasFile: true,
    },
  ],
  'protect.awareness.surveyed-yearly': [
    {
      type: 'survey.closed',
      fields: {
        ...{ survey: 's-2026', part: 1, parts: 1, asked: ['p-1', 'p-2'] },
        ...{ responses: 2, score: 700_000, groupAtLeast: 5 },
      },
    },
  ],
  'govern.policy.law-japan-registered': [
    {
      type: 'law.version.checked',
      fields: { version: 'v1', source: 'https://laws.example.jp/' },
    },
  ],
  'govern.desk.contact-japan-verified': [
    {
      type: 'desk.contact.verified',
      fields: { region: 'japan', authority: 'nco', channels: { kept: 2, worked: 2 } },
      hasFile: true,
    },
  ],
  'govern.desk.contact-taiwan-verified': [
    {
      type: 'desk.contact.verified',
      fields: { region: 'taiwan', authority: 'AUTHORITY', channels: { kept: 2, worked: 2 } },
      hasFile: true,
    },
  ],
}

let desk: Awaited<ReturnType<typeof openTestDesk>>
let officer: TestPerson

before(async () => {
  desk = await openTestDesk('2026-07-01T03:00:00.000Z')
  officer = await desk.as('officer@example.jp')
  await standing()
})
after(() => desk.close())

/** What other people and machines have told before: registers with their second sources, and figures. */
async function standing(): Promise<void> {
  const body = (type: string, fields: object) => ({ type, body: fields })
  const site = { kind: 'site', owner: 'facilities', inScope: true, isImportant: true }
  await desk.record(
    'hr@example.jp',
    ...['p-1', 'p-2'].map(person =>
      body('person.joined', { person, kind: 'employee', department: 'care' }),
    ),
    body('asset.listed', { asset: 'tokyo', ...site, isTangible: false }),
    ...[obligations('japan', 'appi'), obligations('japan', 'jp-cybersecurity-basic')],
  )
  await desk.record(
    'hr@example.jp',
    body('person.register.declared', { people: 2, hash }),
    body('asset.register.declared', { assets: 1, hash }),
    body('poster.version.issued', { version: '2026a', hash }),
    body('law.list.declared', {
      ...{ jurisdiction: 'japan', laws: ['appi', 'jp-cybersecurity-basic'], obligations: 2, hash },
    }),
  )
  const seen = { part: 1, parts: 1, unlisted: 0, isDeclared: true, hash }
  await tell('person.register.compared', { ...seen, seen: ['p-1', 'p-2'] })
  await tell('asset.discovery.completed', { ...seen, kind: 'site', seen: ['tokyo'] })
  const laws = ['appi-1', 'jp-cybersecurity-basic-1']
  await tell('law.list.compared', { ...seen, jurisdiction: 'japan', seen: laws })
  await tell('report.metrics.taken', { metrics: 40, unmeasured: 3, hash, period: null })
}

/** As the collector of a module would. */
async function tell(name: string, body: object): Promise<void> {
  const type = desk.okite.modules.types.get(name)!
  const now = new Date(desk.clock.nowMs()).toISOString()
  const { pos } = await desk.okite.ledger.submit(type.module, {
    ...{ type, source: 'test', occurred: now, observed: now, trust: 'instrument', body },
    identity: `${name} ${now}`,
  })
  await desk.okite.settled(pos)
}

const statusOf = async (control: string): Promise<string> =>
  (await desk.okite.reader.latest(verdictChanged, 10_000)).find(
    ({ body }) => body.control === control,
  )?.body.status ?? 'none'

/** The sentences that rest on this control, with their colours. */
const colours = async (control: string): Promise<ReadonlyMap<string, string>> => {
  const facts = await desk.okite.reader.latest(statementVerdictChanged, 10_000)
  const found = new Map<string, string>()
  for (const { body } of facts.filter(fact => fact.body.controls.includes(control)))
    if (!found.has(body.statement)) found.set(body.statement, body.status)
  return found
}

/** What is owed for a control and its periods; not that somebody looks after its list. */
async function owed(control: string): Promise<any[]> {
  const all: any[] = []
  for (let next: string | null = ''; next !== null; ) {
    const after = next === '' ? '' : `&after=${encodeURIComponent(next)}`
    const page: any = await officer.get(`/duties?locale=en&limit=200${after}`)
    all.push(...page.duties)
    next = page.next
  }
  return all.filter(one => one.control === control && !/\/(list|comparison)-/.test(one.id))
}

describe('what people perform by the calendar is done today', () => {
  for (const [control, doings] of Object.entries(performed)) {
    test(`V15b ${control}: from open to closed, and its sentences change their colour`, async () => {
      const before = await statusOf(control)
      assert.ok(['unknown', 'due'].includes(before), before)
      const colour = await colours(control)
      assert.ok((await owed(control)).length > 0, 'it is owed')
      // One doing may do several: a survey is of many people, a check is two proofs.
      for (let duty = (await owed(control))[0]; duty; duty = (await owed(control))[0]) {
        for (const [nth, doing] of doings.entries()) {
          const { type, fields, persons = {}, hasFile = false, isAnyway = false } = doing
          const params = desk.okite.policies.onDisk('weemed').controls().get(control)
          const authority = JSON.stringify(fields).includes('AUTHORITY')
            ? { authority: authorityOf(control, params) }
            : {}
          const asked = {
            ...{
              id: duty.id,
              locale: 'ja',
              key: `walk ${duty.id} ${nth}`,
              type,
              persons,
              isAnyway,
            },
            fields: { ...fields, ...authority },
          }
          const files = hasFile ? [{ name: 'evidence.pdf', bytes: pdf(`${duty.id} ${nth}`) }] : []
          const { left } = await officer.send('/duties/do', asked, files)
          const isLast = nth === doings.length - 1
          assert.equal(left.length, isLast ? 0 : 1, `${type}: ${JSON.stringify(left)}`)
        }
      }
      assert.deepEqual(await owed(control), [])
      assert.equal(await statusOf(control), 'kept')
      const after = await colours(control)
      const pack = desk.okite.policies.onDisk('weemed')
      for (const { id, controls } of pack.statements) {
        if (!controls.some(one => one.control === control)) continue
        const statuses = await Promise.all(controls.map(one => statusOf(one.control)))
        // Its colour is the worst of what it rests on: where this was all that was missing it is kept.
        if (statuses.every(status => status === 'kept')) {
          assert.equal(after.get(id), 'kept', id)
          assert.notEqual(colour.get(id), 'kept', id)
        }
      }
    })
  }
})

function authorityOf(control: string, bound: unknown): string {
  const found = desk.okite.controls.find(({ id }) => id === control)?.params['contactAuthority']
  const said = JSON.stringify(bound ?? null).match(/"contactAuthority":"([a-z-]+)"/)?.[1]
  return said ?? String(found)
}
