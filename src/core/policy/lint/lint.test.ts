import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadCalendars } from '../calendars.ts'
import { loadLaws } from '../laws.ts'
import { loadPack } from '../load.ts'
import { loadOutside } from '../outside.ts'
import type { Pack, Scale, Section, Statement } from '../pack.ts'
import { packFromCanonical } from '../read.ts'
import type { Finding, Outside } from './finding.ts'
import { lint } from './lint.ts'

const policies = join(import.meta.dirname, '../../../../policy')
const reference = loadPack(join(policies, 'weemed'))
const outside: Outside = {
  laws: loadLaws(join(policies, 'laws')),
  sources: loadOutside(join(policies, 'outside')),
  calendars: loadCalendars(join(policies, 'calendars')),
}
// Searching days is slow, and only limits in business days need it.
const withoutCalendars: Outside = { ...outside, calendars: new Map() }
const today = '2026-11-26'

const said = ({ rule, statements }: Finding) => `${rule} ${statements.join(' ')}`
const found = (pack: Pack, day = today, from: Outside = withoutCalendars) =>
  lint(pack, from, day).map(said)
const all = lint(reference, outside, today)

test('P14 every row of what the reference policy says wrongly or unclearly is found', () => {
  const rows: readonly (readonly [rule: string, statements: readonly number[]])[] = [
    ['outage-over-allowance', [11, 93]],
    ['backup-interval', [40, 94, 41, 98]],
    ['limits-differ', [37, 84]],
    ['stages-unordered', [84, 85, 86, 87, 88]],
    ['law-shorter', [88, 131]],
    ['term-undefined', [131]],
    ['law-shorter', [151]],
    ['business-days-of-nobody', [150, 151]],
    ['advised-otherwise', [52]],
    ['several-periods', [18, 27]],
    ['several-scopes', [22, 107, 125]],
    ['scale-reversed', [89, 90, 91, 92]],
    ['body-ended', [157]],
    ['body-ended', [158]],
    ['same-duty', [21, 105]],
    ['same-duty', [26, 128]],
    ['same-duty', [32, 80]],
    ['same-duty', [33, 81]],
    ['same-duty', [25, 82]],
    ['same-duty', [39, 86]],
    ['same-duty', [40, 93, 94]],
    ['same-duty', [41, 98]],
  ]
  for (const [rule, statements] of rows)
    assert.ok(
      all.some(one => one.rule === rule && statements.every(n => one.statements.includes(n))),
      `${rule} ${statements}`,
    )
})

test('P14 the reference policy has these findings and no others', () => {
  const of = (severity: Finding['severity']) =>
    all.filter(one => one.severity === severity).map(said)
  assert.deepEqual(of('contradiction'), [
    'outage-over-allowance 11 40 87 93',
    'limits-differ 37 84',
    'backup-interval 40 41 94 98',
    'law-shorter 88 131',
    // To the owner of the data, in California, at once.
    'law-shorter 88',
    'law-shorter 151',
    // Around the lunar new year 15 business days are 31 days.
    'law-shorter-at-times 151',
  ])
  assert.deepEqual(of('gap'), [
    'figure-assumed 3 12 36 38 103 109 113 115 116 121 122 123 135 138 140 144 157 158 159',
    'figure-assumed 3',
    'figure-assumed 9 10 11 142',
    'period-missing 15 23 61 63 74',
    'several-periods 18 27',
    'term-undefined 20 131',
    'several-scopes 22 107 125',
    'figure-assumed 25 77 145 146 147 148',
    // Whether twelve monthly trainings make the yearly four hours is not said.
    'several-periods 31 134',
    'figure-assumed 32 80',
    'figure-assumed 35',
    'figure-assumed 41 98',
    'figure-assumed 43',
    'term-undefined 45 53',
    'term-undefined 49',
    'term-undefined 59',
    'figure-assumed 73',
    'term-undefined 83',
    'figure-assumed 83',
    'stages-unordered 84 85 86 87 88',
    'scale-reversed 89 90 91 92',
    'term-undefined 90',
    'figure-assumed 108',
    'figure-assumed 115 144',
    'figure-assumed 117 118 119 120',
    'figure-assumed 132',
    'figure-assumed 133',
    'target-missing 142',
    'business-days-of-nobody 150 151',
    'figure-assumed 152',
    'body-ended 157',
    'body-ended 158',
  ])
  assert.deepEqual(of('advice'), [
    'same-duty 21 105',
    'same-duty 25 82',
    'same-duty 26 128',
    'same-duty 32 80',
    'same-duty 33 81',
    'same-duty 39 86',
    'same-duty 40 93 94',
    'same-duty 41 98',
    'advised-otherwise 52',
    'advised-otherwise 52',
    // Recovery is counted from detection, and from the beginning of the outage.
    'starts-differ 87 93',
  ])
})

test('P14 findings carry the figures that they speak of', () => {
  const args = (rule: string, first: number) =>
    all.find(one => one.rule === rule && one.statements[0] === first)?.args
  assert.deepEqual(args('outage-over-allowance', 11), {
    percent: 99.5,
    window: 'P1M',
    leaves: 'PT3H36M',
    recovery: 'PT4H',
    isOpen: 'yes',
    yearLeaves: 'PT43H48M',
  })
  assert.deepEqual(args('backup-interval', 40), { point: 'PT1H', interval: 'PT8H' })
  assert.deepEqual(args('limits-differ', 37)?.limits, ['PT15M', 'PT2H'])
  assert.deepEqual(args('stages-unordered', 84), {
    count: 5,
    longest: 'PT72H',
    sum: 'PT79H15M',
  })
  const laws = (rule: string, first: number) =>
    ((args(rule, first) ?? {}).laws as readonly { id: string; limit: string }[]).map(
      ({ id, limit }) => `${id} ${limit}`,
    )
  assert.deepEqual(laws('law-shorter', 88), ['TWCSMA-1H PT1H'])
  assert.deepEqual(laws('law-shorter', 151), ['TWPDPA-13A P15D'])
  assert.deepEqual(laws('law-shorter-at-times', 151), ['GDPR-12-3 P1M', 'TWPDPA-13B P30D'])
  const { day, days, country } = args('law-shorter-at-times', 151) ?? {}
  assert.deepEqual([day, days, country], ['2026-01-30', 'P31D', 'TW'])
  assert.deepEqual(
    [157, 158].map(number => args('body-ended', number)?.before),
    ['yes', 'no'],
  )
  for (const [first, beyond] of [
    [21, []],
    [25, [82]],
    [33, [81]],
    [41, [41]],
  ] as const)
    assert.deepEqual(args('same-duty', first)?.beyond, beyond, `${first}`)
})

type Loose<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer M)[] ? M[] : T[K] }
type Draft = Loose<Statement>
type Content = { sections: Section[]; scales: Record<string, Scale> }

/** The pack with statements changed, known by the numbers they had. */
function altered(
  changes: Readonly<Record<number, (statement: Draft) => void>>,
  change: (content: Content) => void = () => undefined,
  pack = reference,
): Pack {
  const content = JSON.parse(pack.canonical) as Content
  const statements = content.sections.flatMap(s => s.groups.flatMap(g => g.statements))
  for (const [number, alter] of Object.entries(changes))
    alter(statements[Number(number) - 1] as Draft)
  change(content)
  return packFromCanonical(JSON.stringify(content))
}

/** Sections and their groups in reverse, and everything numbered anew; with the number that each had. */
function moved(pack: Pack): { pack: Pack; was: ReadonlyMap<number, number> } {
  const became = new Map<number, number>()
  const change = (content: Content) => {
    const { sections } = content
    sections.reverse()
    for (const [s, section] of sections.entries()) {
      Object.assign(section, { section: s + 1 })
      ;(section.groups as unknown[]).reverse()
      for (const [g, group] of section.groups.entries()) {
        Object.assign(group, { group: g + 1 })
        for (const [i, statement] of group.statements.entries()) {
          became.set(statement.number, became.size + 1)
          const id = `${s + 1}.${g + 1}.${i + 1}`
          Object.assign(statement, { section: s + 1, group: g + 1, id })
        }
      }
    }
    const now = (number: number) => became.get(number) ?? assert.fail(`${number}`)
    for (const statement of sections.flatMap(s => s.groups.flatMap(g => g.statements)))
      Object.assign(statement, {
        number: now(statement.number),
        sentence: null,
        sameDutyAs: statement.sameDutyAs.map(now),
        related: statement.related.map(now),
      })
  }
  const result = altered({}, change, pack)
  return { pack: result, was: new Map([...became].map(([old, number]) => [number, old])) }
}

test('P14 rules decide and not numbers: renumbered and rearranged it has the same findings', () => {
  const { pack, was } = moved(reference)
  assert.notDeepEqual(
    pack.statements.map(s => was.get(s.number)),
    reference.statements.map(s => s.number),
  )
  const back = lint(pack, outside, today).map(one => ({
    ...one,
    statements: one.statements.map(n => was.get(n) ?? 0).sort((a, b) => a - b),
  }))
  assert.deepEqual(back.map(said).sort(), all.map(said).sort())
})

const figure = (name: string, value: string | number) => (s: Draft) => {
  s.figures = s.figures.map(f => (f.name === name ? { ...f, value } : f))
}
const limit = (value: string) => (s: Draft) => void (s.limit = value)
const times = (value: number) => figure('times', value)

test('P14 a policy whose figures fit one another has none of these contradictions', () => {
  const { pack } = moved(
    altered({
      11: s => {
        figure('availability', 999_000)(s)
        s.period = 'P1Y'
        s.assumed = []
      },
      40: figure('restoration', 'PT30M'),
      87: limit('PT30M'),
      93: s => {
        figure('restoration', 'PT30M')(s)
        s.limit = 'PT30M'
      },
      41: times(48),
      98: times(48),
      37: limit('PT15M'),
      88: limit('PT1H'),
      131: limit('PT1H'),
      151: limit('P4BD'),
    }),
  )
  const contradictions = lint(pack, outside, today).filter(one => one.severity === 'contradiction')
  // At once, to the owner of the data: no figure is as short.
  assert.deepEqual(
    contradictions.map(one => [one.rule, one.args.laws]),
    [['law-shorter', all.find(one => said(one) === 'law-shorter 88')?.args.laws]],
  )
})

/** [what, the finding, a pack on the right side of the edge, the same figure moved by one unit]. */
type Edge = readonly [string, string, sound: Pack, broken: Pack]
const on = altered
const rto = (value: string) =>
  on({ 40: figure('restoration', value), 87: limit(value), 93: figure('restoration', value) })
const rpo = (value: string) => on({ 40: figure('dataLoss', value), 94: figure('dataLoss', value) })
const stated = (value: string) => (s: Draft) => {
  s.limit = value
  s.assumed = []
}
const only = (period: string) => (s: Draft) => {
  s.period = period
  s.figures = []
}
const startsStated = (s: Draft) => {
  assert.ok(s.clock)
  s.clock = { ...s.clock, assumed: [] }
}
const scale = (content: Content): Scale =>
  content.scales['incident-category'] ?? assert.fail('no scale')

const edges: readonly Edge[] = [
  ['recovery time', 'outage-over-allowance 11 40 87 93', rto('PT3H36M'), rto('PT3H37M')],
  [
    'recovery as a clock',
    'outage-over-allowance 11 87',
    on({
      40: figure('restoration', 'PT1H'),
      87: limit('PT216M'),
      93: figure('restoration', 'PT1H'),
    }),
    on({
      40: figure('restoration', 'PT1H'),
      87: limit('PT217M'),
      93: figure('restoration', 'PT1H'),
    }),
  ],
  [
    'availability',
    'outage-over-allowance 11 40 87 93',
    on({ 11: figure('availability', 994_444) }),
    on({ 11: figure('availability', 994_445) }),
  ],
  [
    'the window',
    'outage-over-allowance 11 40 87 93',
    on({ 11: s => void (s.period = 'P34D') }),
    on({ 11: s => void (s.period = 'P33D') }),
  ],
  [
    'backups a day',
    'backup-interval 40 41 94 98',
    on({ 41: times(24), 98: times(24) }),
    on({ 41: times(23), 98: times(23) }),
  ],
  ['recovery point', 'backup-interval 40 41 94 98', rpo('PT8H'), rpo('PT7H59M')],
  ['first response', 'limits-differ 37 84', on({ 37: limit('PT15M') }), on({ 37: limit('PT16M') })],
  [
    'one start and one end',
    'limits-differ 37 85',
    on({
      85: s =>
        void (s.clock = {
          start: 'incident-detected',
          stop: 'team-engaged',
          stage: null,
          assumed: [],
        }),
      37: limit('PT60M'),
    }),
    on({
      85: s =>
        void (s.clock = {
          start: 'incident-detected',
          stop: 'team-engaged',
          stage: null,
          assumed: [],
        }),
      37: limit('PT61M'),
    }),
  ],
  [
    'a report to the authority',
    'law-shorter 88 131',
    on({ 88: limit('PT60M'), 131: limit('PT60M') }),
    on({ 88: limit('PT61M'), 131: limit('PT61M') }),
  ],
  ['requests', 'law-shorter 151', on({ 151: limit('P11BD') }), on({ 151: limit('P12BD') })],
  ['requests by days', 'law-shorter 151', on({ 151: limit('P15D') }), on({ 151: limit('P16D') })],
  [
    'a report of improvement',
    'law-shorter 43',
    on({ 43: limit('P30D') }),
    on({ 43: limit('P31D') }),
  ],
  [
    'stages',
    'stages-unordered 84 85',
    on({ 84: startsStated, 86: startsStated, 87: startsStated, 88: startsStated }),
    on({ 86: startsStated, 87: startsStated, 88: startsStated }),
  ],
  [
    'periods on one matter',
    'several-periods 18 27',
    on({ 18: s => void (s.period = 'P1Y') }),
    on({ 18: s => void (s.period = 'P11M') }),
  ],
  [
    'scopes on one matter',
    'several-scopes 22 125',
    on({ 22: s => void (s.scope = 'third-parties') }),
    on({ 22: s => void (s.scope = 'own') }),
  ],
  [
    'the duty twice',
    'same-duty-differs 39 86',
    on({ 39: stated('PT120M') }),
    on({ 39: stated('PT121M') }),
  ],
  [
    'a figure of the duty twice',
    'same-duty-differs 40 93 94',
    on({ 40: figure('restoration', 'PT240M') }),
    on({ 40: figure('restoration', 'PT239M') }),
  ],
  [
    'the kind of the duty twice',
    'same-duty-differs 21 105',
    on({}),
    on({ 105: s => void (s.kind = 'capability') }),
  ],
  [
    'length of passwords',
    'advised-otherwise 52,advised-otherwise 52,advised-otherwise 52',
    on({ 52: figure('length', 8) }),
    on({ 52: figure('length', 7) }),
  ],
  [
    'restore tests',
    'less-often-than-advised 100',
    on({ 100: only('P91D') }),
    on({ 100: only('P92D') }),
  ],
  [
    'scans',
    'less-often-than-advised 26 128',
    on({ 26: only('P3M'), 128: only('P3M') }),
    on({ 26: only('P4M'), 128: only('P4M') }),
  ],
  [
    'the scale',
    'scale-reversed 89 90 91 92',
    on({}, c => void (c.scales['incident-category'] = { ...scale(c), gravest: 4, mildest: 1 })),
    on({}, c => void (c.scales['incident-category'] = { ...scale(c), gravest: 4, mildest: 5 })),
  ],
  [
    'a definition',
    'term-undefined 20 131',
    on({ 89: s => void (s.defines = ['major-incident']) }),
    on({ 89: s => void (s.defines = ['important-data']) }),
  ],
  [
    'starts of one end',
    'starts-differ 87 93',
    on({
      93: s =>
        void (s.clock = {
          start: 'incident-detected',
          stop: 'service-restored',
          stage: null,
          assumed: [],
        }),
    }),
    on({}),
  ],
  ['an assumption', 'figure-assumed 83', on({ 83: s => void (s.assumed = []) }), on({})],
  ['a period', 'period-missing 15 23 61 63 74', on({ 23: s => void (s.period = 'P1M') }), on({})],
  [
    'a target',
    'target-missing 142',
    on({ 142: s => void (s.figures = reference.statements[8]?.figures.slice() ?? []) }),
    on({}),
  ],
]

for (const [what, want, sound, broken] of edges)
  test(`P14 ${what}: moved by one unit over its edge, the finding is there`, () => {
    const [rule, ...more] = want.split(',')
    const count = (pack: Pack) => found(pack).filter(one => one === rule).length
    assert.equal(count(broken), 1 + more.length)
    assert.ok(count(sound) < count(broken), `${found(sound)}`)
  })

/** The laws with another limit for one clock. */
function lawsWith(id: string, limit: string): Outside {
  const laws = [...outside.laws].map(([name, law]) => {
    const clocks = law.clocks.map(clock =>
      clock.id === id
        ? { ...clock, versions: clock.versions.map(one => ({ ...one, limit })) }
        : clock,
    )
    return [name, { ...law, clocks }] as const
  })
  return { ...outside, laws: new Map(laws) }
}

test('P14 business days: 4 of them are never 16 days, 5 are 17 around the lunar new year', () => {
  const at = (value: string, from: Outside) =>
    lint(on({ 151: limit(value) }), from, today).find(one => one.rule === 'law-shorter-at-times')
  assert.equal(at('P4BD', outside), undefined)
  const { day, days } = at('P5BD', outside)?.args ?? {}
  assert.deepEqual([day, days], ['2026-02-13', 'P17D'])
  // Until the same day is not later.
  assert.equal(at('P5BD', lawsWith('TWPDPA-13A', 'P17D')), undefined)
  assert.ok(at('P5BD', lawsWith('TWPDPA-13A', 'P16D')))
})

test('P14 a limit stated twice for one duty is told of the duty alone', () => {
  const rules = found(on({ 39: stated('PT3H') })).filter(one => one.endsWith(' 39 86'))
  assert.deepEqual(rules, ['same-duty-differs 39 86'])
})

test('P14 business days of a country whose calendar is loaded are no doubt, of another they are', () => {
  const of = (calendar: string) =>
    found(
      on({
        150: s => void (s.calendar = calendar),
        151: s => void (s.calendar = calendar),
      }),
      today,
      outside,
    ).filter(one => one.startsWith('business'))
  assert.deepEqual(of('TW'), [])
  assert.deepEqual(of('JP'), [])
  assert.deepEqual(of('FR'), ['business-days-unknown 150 151'])
})

test('P14 continuous archiving meets a recovery point that backups cannot', () => {
  const pack = on({ 97: s => void (s.topics = ['continuous-archiving']) })
  assert.ok(!found(pack).some(one => one.startsWith('backup-interval')))
})

test('P14 laws, standards and bodies count from their day on, and to it', () => {
  const has = (day: string, finding: string) => found(reference, day).includes(finding)
  for (const [finding, first] of [
    ['law-shorter 88 131', '2026-01-05'],
    ['advised-otherwise 52', '2025-08-01'],
    ['body-ended 158', '2025-07-01'],
    ['body-ended 157', '2022-08-27'],
  ] as const) {
    const before = Temporal.PlainDate.from(first).subtract({ days: 1 }).toString()
    assert.equal(has(before, finding), false, `${finding} on ${before}`)
    assert.equal(has(first, finding), true, `${finding} on ${first}`)
  }
  assert.throws(() => lint(reference, outside, 'today'), { name: 'AssertionError' })
})

test('P14 a law that the policy does not cite, and a draft, are no measure', () => {
  const uncited = altered(
    Object.fromEntries(
      reference.statements.map(({ number }) => [
        number,
        (s: Draft) => void (s.laws = s.laws.filter(line => !line.startsWith('TW-'))),
      ]),
    ),
  )
  const rules = found(uncited)
  assert.ok(!rules.includes('law-shorter 88 131'))
  assert.ok(!rules.includes('law-shorter 151'))
  assert.ok(!rules.some(one => one.startsWith('scale-reversed')))
})

test('P14 a body that nobody knows is told', () => {
  const pack = on({ 159: s => void (s.bodies = ['frist']) })
  assert.ok(found(pack).includes('body-unknown 159'))
})
