import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyAdopted, verdictChanged } from '../facts.ts'
import { createBench } from './testing.ts'
import {
  assetListed,
  assetSighted,
  assets,
  at,
  diskMeasured,
  does,
  encrypted,
  follows,
  inventoryRead,
  says,
  sighted,
} from './testing-facts.ts'
import { combineSubjects } from './verdict.ts'

const disks = (...args: Parameters<typeof encrypted>) => {
  const bench = createBench([encrypted(...args)])
  return { bench, ...does(bench) }
}

test('V32 nothing is judged before a policy is adopted, whatever is known', () => {
  const { bench, adopt, list, complete, bad } = disks()
  follows(bench, [
    ['01', list('a'), 'unknown / not.adopted'],
    ['01', complete, 'unknown / not.adopted'],
    ['02', bad('a'), 'unknown / not.adopted'],
    ['03', adopt(), 'broken / failing 1 of 1'],
  ])
  assert.equal(bench.verdict('test.disk').since, at('03'))
})

test('V32 a policy that begins later is judged from its beginning on, not before', () => {
  const { bench, list, complete, good } = disks()
  list('a')(at('01'))
  complete(at('01'))
  good('a')(at('01'))
  bench.adopt({ at: at('02'), from: at('05') })
  follows(bench, [
    ['04', null, 'unknown / not.adopted'],
    ['05', null, 'kept / holds 1 of 1'],
  ])
  assert.equal(bench.verdict('test.disk').since, at('05'))
})

test('V33 evidence from before the policy fills its slots, and closes nothing', () => {
  const { bench, adopt, list, complete, good } = disks()
  list('a')(at('01'))
  complete(at('01'))
  good('a')(at('02'))
  adopt()(at('03'))
  assert.equal(says(bench), 'kept / holds 1 of 1')
  assert.equal(bench.list.filter(f => f.type === 'control.occurrence.closed').length, 0)
})

test('V9 V44 a fact steps the rows that it names, and the row of the control', () => {
  const { bench, adopt, list, complete, good } = disks()
  adopt()(at('01'))
  list('a', 'b', 'c')(at('01'))
  complete(at('01'))
  const before = bench.steps.length
  good('b')(at('01 10:00'))
  assert.deepEqual(bench.steps.slice(before), ['test.disk/b', 'test.disk/'])
})

test('V10 a population that nobody declared complete is unknown: 1 of ? checked', () => {
  const { bench, adopt, list, complete, good } = disks()
  follows(bench, [
    ['01', adopt(), 'unknown / population.undeclared 0 of ?'],
    ['02', list('a'), 'unknown / population.undeclared'],
    ['03', good('a'), 'unknown / population.undeclared'],
    ['04', complete, 'kept / holds 1 of 1'],
  ])
  assert.equal(bench.state('test.disk', '').live.population.size, 1)
})

test('V10 a complete list grows stale at the instant it is as old as allowed', () => {
  const { bench, adopt, list, complete, good } = disks({
    population: { ...assets, fresh: 'P2D' },
  })
  follows(bench, [
    ['01', adopt(), 'unknown / population.undeclared'],
    ['01', list('a'), 'unknown / population.undeclared'],
    ['01', good('a'), 'unknown / population.undeclared'],
    ['01', complete, 'kept / holds'],
    ['02 23:59', null, 'kept / holds'],
    ['03', null, 'unknown / population.stale 1 of 1'],
    ['03 01:00', complete, 'kept / holds'],
  ])
})

test('V10 a proven broken stays broken when the population is stale', () => {
  const { bench, adopt, list, complete, bad } = disks({ population: { ...assets, fresh: 'P2D' } })
  follows(bench, [
    ['01', adopt(), 'unknown / population.undeclared'],
    ['01', list('a', 'b'), 'unknown / population.undeclared'],
    ['01', bad('a'), 'broken / failing 1 of ?'],
    ['01', complete, 'broken / failing'],
    ['09', null, 'broken / failing'],
  ])
})

test('V10 V14 a share of an unknown number proves nothing', () => {
  const { bench, adopt, list, complete, bad } = disks({ atLeast: 500_000 })
  follows(bench, [
    ['01', adopt(), 'unknown / population.undeclared'],
    ['01', list('a'), 'unknown / population.undeclared'],
    ['01', bad('a'), 'unknown / population.undeclared'],
    ['02', complete, 'broken / failing 1 of 1'],
  ])
})

test('V10 what only the second source sees is a member, unknown and not registered', () => {
  const { bench, adopt, list, complete, good, sight, remove } = disks({
    population: { ...assets, compare: { with: sighted, fresh: 'P7D' } },
  })
  follows(bench, [
    ['01', adopt(), 'unknown / population.undeclared'],
    ['01', list('a'), 'unknown / population.undeclared'],
    ['01', good('a'), 'unknown / population.undeclared'],
    ['01', complete, 'unknown / population.unconfirmed'],
    ['02', sight('a'), 'kept / holds 1 of 1'],
    ['03', sight('x'), 'unknown / not.registered 1 of 2'],
    ['04', list('x'), 'unknown / evidence.missing'],
    ['04', good('x'), 'kept / holds 2 of 2'],
    // That it was seen before it left is explained by that; seen afterwards, it is missing again.
    ['05', remove('x'), 'kept / holds'],
    ['06', sight('x'), 'unknown / not.registered'],
    // A week after its last sighting x is gone, and a week later the second source is silent.
    ['09', sight('a'), 'unknown / not.registered'],
    ['13', null, 'kept / holds'],
    ['16', null, 'unknown / population.unconfirmed'],
  ])
  assert.deepEqual(bench.state('test.disk', '').live.population.size, 1)
})

test('V3 V32 a policy that begins at midnight, when the day is sealed too, begins', () => {
  const { bench, adopt, list, complete, good } = disks()
  follows(bench, [
    ['01', adopt(), 'unknown / population.undeclared'],
    ['01', list('a'), 'unknown / population.undeclared'],
    ['01', complete, 'unknown / evidence.missing'],
    ['02', good('a'), 'kept / holds 1 of 1'],
  ])
  bench.adopt({ at: at('03 12:00'), version: '2', from: at('05') })
  bench.advance(at('06'))
  const verdict = bench.facts(verdictChanged).at(-1)!
  assert.equal(verdict.recorded, at('05'))
  const policy = bench.facts(policyAdopted).find(fact => fact.pos === verdict.body.policy)
  assert.equal(policy?.body.version, '2')
})

test('V11 nobody in a complete population is unknown, or kept where the owner gave a reason', () => {
  const plain = disks()
  follows(plain.bench, [
    ['01', plain.adopt(), 'unknown / population.undeclared'],
    ['02', plain.complete, 'unknown / population.empty 0 of 0'],
    ['03', plain.list('a'), 'unknown / evidence.missing'],
  ])
  const means = disks({ emptyMeans: 'kept' })
  follows(means.bench, [
    ['01', means.adopt(), 'unknown / population.undeclared'],
    ['02', means.complete, 'kept / population.empty 0 of 0'],
    ['03-01', null, 'unknown / population.stale'],
  ])
})

test('V12 a leaver is counted no more, his finding is closed as left, and he may join anew', () => {
  const { bench, adopt, list, complete, good, bad, remove } = disks()
  follows(bench, [
    ['01', adopt(), 'unknown / population.undeclared'],
    ['01', list('a', 'b'), 'unknown / population.undeclared'],
    ['01', complete, 'unknown / evidence.missing'],
    ['02', good('a'), 'unknown / evidence.missing'],
    ['02', bad('b'), 'broken / failing 2 of 2'],
    ['03', remove('b'), 'kept / holds 1 of 1'],
    ['04', list('b'), 'broken / failing 2 of 2'],
  ])
  const closed = bench.list.filter(f => f.type === 'control.finding.closed')
  assert.deepEqual(
    closed.map(f => f.body),
    [
      {
        control: 'test.disk',
        subject: '*',
        reason: { code: 'subjects.known', args: { count: 0 } },
      },
      { control: 'test.disk', subject: 'b', reason: { code: 'left', args: {} } },
    ],
  )
  assert.equal(bench.state('test.disk', 'b').member.joined, at('04'))
})

test('V12 who left is forgotten once nothing about him can be restated', () => {
  const { bench, adopt, list, complete, remove } = disks({ remember: 'P1M' })
  adopt()(at('01'))
  list('a')(at('01'))
  complete(at('01'))
  remove('a')(at('05'))
  bench.advance(at('02-04 23:59'))
  assert.deepEqual(bench.keys('test.disk'), ['', 'a'])
  bench.advance(at('02-05'))
  assert.deepEqual(bench.keys('test.disk'), [''])
})

test('V13 an exception is not failing, is counted apart, and ends by a wake', () => {
  const { bench, adopt, list, complete, good, bad, except } = disks()
  follows(bench, [
    ['01', adopt(), 'unknown / population.undeclared'],
    ['01', list('a', 'b'), 'unknown / population.undeclared'],
    ['01', complete, 'unknown / evidence.missing'],
    ['02', good('a'), 'unknown / evidence.missing'],
    ['02', bad('b'), 'broken / failing'],
    ['03', except('b', '10'), 'kept / holds 1 of 2'],
    ['09 23:59', null, 'kept / holds'],
    ['10', null, 'broken / failing 2 of 2'],
  ])
  const { population, since } = bench.verdict('test.disk')
  assert.equal(population['excepted'], 0)
  assert.equal(since, at('10'))
})

test('V13 an exception may be ended early', () => {
  const { bench, adopt, list, complete, bad, except, end } = disks()
  adopt()(at('01'))
  list('a')(at('01'))
  complete(at('01'))
  bad('a')(at('02'))
  follows(bench, [
    ['03', except('a', '20'), 'unknown / excepted 0 of 1'],
    ['05', end('a'), 'broken / failing'],
    ['20', null, 'broken / failing'],
  ])
})

test('V13 nobody approves his own request, and it must say who asked and who approved', () => {
  const { bench, adopt, list, complete, bad, except } = disks()
  adopt()(at('01'))
  list('a')(at('01'))
  complete(at('01'))
  bad('a')(at('02'))
  follows(bench, [
    ['03', except('a', '20', { requester: 'ann', approver: 'ann' }), 'broken / failing'],
    ['03', except('a', '20', { requester: 'ann' }), 'broken / failing'],
    ['03', except('a', '20', { approver: 'ann' }), 'broken / failing'],
    ['04', except('a', '03'), 'broken / failing'],
  ])
})

test('V13 a control may allow no exception', () => {
  const { bench, adopt, list, complete, bad, except } = disks({ exceptions: false })
  adopt()(at('01'))
  list('a')(at('01'))
  complete(at('01'))
  bad('a')(at('02'))
  follows(bench, [
    ['03', except('a', '20'), 'broken / failing'],
    ['03', except(null, '20'), 'broken / failing'],
  ])
})

test('V13 an exception for the whole control covers all, closes findings, and keeps nothing', () => {
  const { bench, adopt, list, complete, good, bad, except } = disks()
  adopt()(at('01'))
  list('a', 'b')(at('01'))
  complete(at('01'))
  good('a')(at('02'))
  bad('b')(at('02'))
  follows(bench, [
    ['03', except(null, '10'), 'unknown / excepted 0 of 2'],
    ['04', list('c'), 'unknown / excepted'],
    ['10', null, 'broken / failing 2 of 3'],
  ])
  const types = bench.list
    .filter(f => f.type.startsWith('control.finding') && (f.body as any).subject === 'b')
    .map(f => [f.type, (f.body as any).reason.code])
  assert.deepEqual(types, [
    ['control.finding.opened', 'failing'],
    ['control.finding.closed', 'excepted'],
    ['control.finding.opened', 'failing'],
  ])
})

test('V14 V25 the threshold is tested on kept / (size - excepted)', () => {
  const combine = combineSubjects(900_000)
  const ctx = { params: {} } as any
  const rows: [kept: number, broken: number, unknown: number, due: number, want: string][] = [
    [10, 0, 0, 0, 'kept'],
    [9, 1, 0, 0, 'kept'],
    [9, 0, 1, 0, 'kept'],
    [8, 2, 0, 0, 'broken'],
    [8, 1, 1, 0, 'unknown'],
    [8, 1, 0, 1, 'due'],
    [8, 0, 1, 1, 'unknown'],
    [0, 10, 0, 0, 'broken'],
    [0, 0, 0, 0, 'unknown'],
  ]
  for (const [kept, broken, unknown, due, want] of rows) {
    const size = kept + broken + unknown + due
    const { status } = combine({ kept, broken, unknown, due, excepted: 3 }, size, ctx, undefined)
    assert.equal(status, want, JSON.stringify({ kept, broken, unknown, due }))
  }
})

test('V25 any broken before any unknown before any due before kept', () => {
  const { bench, adopt, list, complete, good, bad } = disks({}, { repair: 'P2D' })
  follows(bench, [
    ['01', adopt(), 'unknown / population.undeclared'],
    ['01', list('a', 'b', 'c'), 'unknown / population.undeclared'],
    ['01', complete, 'unknown / evidence.missing'],
    ['02', good('a', 'b', 'c'), 'kept / holds 3 of 3'],
    ['03', bad('a'), 'due / repairing 3 of 3'],
    ['03', list('d'), 'unknown / evidence.missing 3 of 4'],
    ['05 00:05', null, 'broken / failing 3 of 4'],
  ])
})

test('V27 counts alone emit nothing; they live in the fold', () => {
  const { bench, adopt, list, complete, good, bad } = disks()
  adopt()(at('01'))
  list('a', 'b')(at('01'))
  complete(at('01'))
  good('a', 'b')(at('01'))
  bad('a')(at('02'))
  const before = bench.facts(verdictChanged).length
  bad('b')(at('03'))
  good('a')(at('04'))
  assert.equal(bench.facts(verdictChanged).length, before)
  assert.equal(bench.state('test.disk', '').live.population.kept, 1)
  assert.equal(bench.state('test.disk', '').live.population.broken, 1)
})

test('V27 a finding is opened and closed for each failing subject', () => {
  const { bench, adopt, list, complete, good, bad } = disks()
  adopt()(at('01'))
  list('a', 'b')(at('01'))
  complete(at('01'))
  bad('a', 'b')(at('02'))
  good('a')(at('03'))
  const found = bench.list
    .filter(f => f.type.startsWith('control.finding') && (f.body as any).subject !== '*')
    .map(f => `${f.type} ${(f.body as any).subject}`)
  assert.deepEqual(found, [
    'control.finding.opened a',
    'control.finding.opened b',
    'control.finding.closed a',
  ])
})

test('V27 at local midnight the counts of the day are sealed, before anything of the new day', () => {
  const { bench, list, complete, good } = disks({}, { fresh: 'P2D' })
  bench.adopt({ at: at('01 12:00') })
  list('a')(at('01 12:00'))
  complete(at('01 12:00'))
  good('a')(at('02'))
  bench.advance(at('05'))
  const days = bench.list.filter(f => f.type === 'control.day.sealed').map(f => f.body as any)
  assert.deepEqual(
    days.map(day => `${day.day} ${day.status} ${day.population.kept}`),
    ['2026-01-01 unknown 0', '2026-01-02 kept 1', '2026-01-03 kept 1', '2026-01-04 unknown 0'],
  )
  assert.equal(says(bench), 'unknown / evidence.stale 0 of 1')
})

test('V29 a change of reason keeps since', () => {
  const { bench, adopt, list, complete } = disks()
  adopt()(at('01'))
  list('a')(at('02'))
  complete(at('03'))
  const { status, reason, since } = bench.verdict('test.disk')
  assert.deepEqual([status, reason.code, since], ['unknown', 'evidence.missing', at('01')])
})

test('V29 next is the minimum of the wakes of the subjects and of the population', () => {
  const { bench, adopt, list, complete, good } = disks({}, { fresh: 'P10D' })
  adopt()(at('01'))
  list('a', 'b')(at('01'))
  good('a')(at('02'))
  good('b')(at('03'))
  complete(at('04'))
  assert.equal(bench.verdict('test.disk').next, at('12'))
})

test('V7 V29 since is the deadline, recorded is when it was noticed', () => {
  const { bench, adopt, list, complete, bad } = disks({}, { repair: 'P2D' })
  adopt()(at('01'))
  list('a')(at('01'))
  complete(at('01'))
  bad('a')(at('02'))
  // Nobody moved until the 20th; the wakes are stepped ahead of the fact, each at its instant.
  complete(at('20'))
  const { since, pos } = bench.verdict('test.disk')
  assert.equal(since, at('04'))
  assert.equal(bench.list[pos!]!.recorded, at('20'))
})

test('V30 a verdict rests on its cause, the one before, the policy, and 16 findings, the oldest', () => {
  const { bench, adopt, complete, list, bad } = disks({ atLeast: 100_000 })
  adopt()(at('01'))
  complete(at('01'))
  const names = Array.from({ length: 20 }, (_, index) => `a${String(index).padStart(2, '0')}`)
  list(...names)(at('01'))
  for (const name of [...names].reverse()) bad(name)(at('02'))
  const verdict = bench.facts(verdictChanged).at(-1)!
  assert.equal(verdict.body.status, 'broken')
  const because = verdict.because as number[]
  const cause = bench.facts(diskMeasured).at(18)!
  const findings = bench.list.filter(f => f.type === 'control.finding.opened')
  const named = because.map(pos => bench.list[pos]!).filter(f => findings.includes(f))
  assert.ok(because.includes(cause.pos))
  assert.ok(because.includes(verdict.body.previous!))
  assert.ok(because.includes(bench.facts(policyAdopted)[0]!.pos))
  assert.deepEqual(named.map(f => (f.body as any).subject).sort(), names.slice(1, 17))
})

test('V31 a verdict by time alone names time.reached, or the fact that the wake was stepped ahead of', () => {
  const make = () => {
    const made = disks({ population: { ...assets, fresh: 'P2D' } })
    made.adopt()(at('01'))
    made.list('a')(at('01'))
    made.complete(at('01'))
    made.good('a')(at('01'))
    return made
  }
  const moved = make()
  moved.bench.advance(at('03'))
  const byTime = moved.bench.facts(verdictChanged).at(-1)!
  const reached = moved.bench.list.findLast(f => f.type === 'time.reached')!
  assert.equal(byTime.body.reason.code, 'population.stale')
  assert.ok((byTime.because as number[]).includes(reached.pos))
  const still = make()
  const pos = still.bench.fact(diskMeasured, { asset: 'a', encrypted: true }, { at: at('05') })
  const ahead = still.bench.facts(verdictChanged).at(-1)!
  assert.equal(ahead.body.since, at('03'))
  assert.ok((ahead.because as number[]).includes(pos))
})

test('V34 a new policy is judged at once, and every verdict names it', () => {
  const control = encrypted({ params: { least: 1_000_000 }, atLeast: p => p['least'] as number })
  const bench = createBench([control])
  const { list, complete, good, bad } = does(bench)
  bench.adopt({ at: at('01') })
  list('a', 'b')(at('01'))
  complete(at('01'))
  good('a')(at('02'))
  bad('b')(at('02'))
  assert.equal(says(bench), 'broken / failing 2 of 2')
  const policy = bench.adopt({
    at: at('03'),
    version: '2',
    params: { 'test.disk': { least: 500_000 } },
  })
  assert.equal(says(bench), 'kept / holds 2 of 2')
  assert.equal(bench.facts(verdictChanged).at(-1)!.body.policy, policy)
})

test('V35 what nobody decided is said to be assumed; deciding the same clears the mark, silently', () => {
  const control = encrypted({
    params: { least: 1_000_000, zone: 'UTC' },
    atLeast: p => p['least'] as number,
  })
  const bench = createBench([control])
  const { list, complete, good, bad, adopt } = does(bench)
  adopt()(at('01'))
  list('a', 'b')(at('01'))
  complete(at('01'))
  good('a')(at('02'))
  bad('b')(at('02'))
  assert.equal(bench.verdict('test.disk').reason.args['assumed'], 'least,zone')
  const before = bench.facts(verdictChanged).length
  bench.decide('test.disk', 'least', 1_000_000, at('03'))
  bench.decide('test.other', 'least', 5, at('03'))
  assert.equal(bench.facts(verdictChanged).length, before)
  assert.equal(bench.state('test.disk', '').live.reason.args.assumed, 'zone')
  const pos = bench.decide('test.disk', 'least', 500_000, at('04'))
  const verdict = bench.facts(verdictChanged).at(-1)!
  assert.deepEqual([verdict.body.status, verdict.body.params], ['kept', pos])
})

test('§10 the same fact in one step counts once for membership, sighting and evidence', () => {
  const { bench, adopt } = disks({
    population: { ...assets, compare: { with: sighted, fresh: 'P7D' } },
  })
  adopt()(at('01'))
  bench.fact(assetListed, { asset: 'a' }, { at: at('01') })
  bench.fact(assetListed, { asset: 'a' }, { at: at('02') })
  bench.fact(assetSighted, { asset: 'a' }, { at: at('03') })
  bench.fact(inventoryRead, {}, { at: at('03') })
  assert.equal(bench.state('test.disk', 'a').member.joined, at('01'))
  assert.equal(bench.state('test.disk', '').live.population.size, 1)
})

test('V44 keys that rows use for themselves are no subjects, whoever sends them', () => {
  const { bench, adopt, list, complete } = disks()
  adopt()(at('01'))
  list('', '*')(at('01'))
  complete(at('01'))
  assert.deepEqual(bench.keys('test.disk'), [''])
  assert.equal(says(bench), 'unknown / population.empty 0 of 0')
})
