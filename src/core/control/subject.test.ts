import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { defineFact, type Fact, type Instant, type Pos, when } from '../fact.ts'
import {
  exceptionGranted,
  findingClosed,
  findingOpened,
  occurrenceClosed,
  occurrenceRestated,
  restatementRefused,
  watermarkAdvanced,
} from '../facts.ts'
import type { Plain } from '../judge.ts'
import { follow, noFinding } from './finding.ts'
import type { Base, Judged, Kind, Match } from './kind.ts'
import { compile } from './machine.ts'
import { plusMs } from './match.ts'
import { createBench } from './testing.ts'
import {
  assetListed,
  assets,
  at,
  byTwo,
  does,
  encrypted,
  follows,
  inventoryRead,
} from './testing-facts.ts'
import { combineSubjects } from './verdict.ts'

/** Done by the tenth of January, decided five minutes later; a toy with all that a kind may answer. */
const deadline = at('10')
const decided = at('10 00:05')

const errandDone = defineFact('test.errand.done', {
  module: 'test',
  schema: z.strictObject({ asset: z.string() }),
})
const errandDropped = defineFact('test.errand.dropped', {
  module: 'test',
  schema: z.strictObject({ asset: z.string(), how: z.enum(['forget', 'aside', 'away', 'old']) }),
})

type State = { done: Instant | null; closed: string | null; how: string | null; pos: Pos | null }

const keyOf = (fact: Fact) => [(fact.body as { asset: string }).asset]

function errand(base: Partial<Base>, rest: Partial<Kind<Plain>> & { awaits?: boolean } = {}) {
  const { awaits, ...changed } = rest
  const kind: Kind<Plain> = {
    name: 'cadence',
    from: [errandDone, errandDropped],
    subjects: keyOf,
    opensSubjects: false,
    init: () => ({ done: null, closed: null, how: null, pos: null }),
    step: (before, input, subject, ctx) => {
      let state = before as State
      if (input !== null && 'pos' in input) {
        const how = (input.body as { how?: string }).how
        if (how === 'forget') return { state: null }
        if (how === 'old')
          return { state, refused: [{ name: 'old', why: 'too.old', because: [input.pos] }] }
        if (how !== undefined) return { state: { ...state, how } }
        state = { ...state, done: when(input), pos: input.pos }
        if (state.closed === 'missed' && when(input) <= deadline) {
          const restated = [{ name: 'e', was: 'missed', now: 'done', because: [input.pos] }]
          return { state: { ...state, closed: 'done' }, restated }
        }
      }
      if (ctx.adopted === null || state.closed !== null || ctx.now < decided) return { state }
      const isDone = state.done !== null && state.done <= deadline
      const { excepted, watermark } = subject
      if (!isDone && watermark !== undefined && (watermark === null || watermark < deadline)) {
        return { state }
      }
      if (!isDone && excepted && excepted.from <= deadline && deadline < excepted.until) {
        return { state }
      }
      const outcome = isDone ? ('done' as const) : ('missed' as const)
      const because = state.pos === null ? [] : [state.pos]
      const closed = [{ name: 'e', outcome, from: at('01'), to: deadline, because }]
      return { state: { ...state, closed: outcome }, closed }
    },
    judge: (state, _subject, ctx) => judgeErrand(state as State, ctx.now, awaits === true),
    combine: combineSubjects(undefined),
    ...changed,
  }
  return compile({ id: 'test.disk', version: 1, owner: 'x', ...base }, kind)
}

function judgeErrand(state: State, now: Instant, awaits: boolean): Judged {
  const answer = (status: Judged['status'], code: string, rest: Partial<Judged> = {}): Judged => ({
    status,
    reason: { code, args: {} },
    since: now,
    next: null,
    because: state.pos === null ? [] : [state.pos],
    ...(awaits ? { awaits: null } : {}),
    ...rest,
  })
  if (state.how === 'aside') return answer('due', 'x', { aside: 'outside' })
  if (state.how === 'away') return answer('due', 'away', { aside: 'excepted' })
  if (state.closed === 'missed') return answer('broken', 'missed', { since: deadline })
  if (state.closed === 'done' || state.done !== null) return answer('kept', 'done')
  if (now < decided) return answer('due', 'open', { next: decided })
  return answer('unknown', 'source.silent', awaits ? { awaits: deadline } : {})
}

const backup: Match = { type: watermarkAdvanced, if: f => f.body.source === 'backup' }
const tape: Match = { type: watermarkAdvanced, if: f => f.body.source === 'tape' }

/** Assets a, b and c, adopted on the first. */
function errands(...args: Parameters<typeof errand>) {
  const bench = createBench([errand({ population: assets, ...args[0] }, args[1])])
  bench.adopt({ at: at('01') })
  for (const asset of ['a', 'b', 'c']) bench.fact(assetListed, { asset }, { at: at('01') })
  bench.fact(inventoryRead, {}, { at: at('01') })
  return {
    bench,
    ...does(bench),
    done: (asset: string) => (when: Instant) => bench.fact(errandDone, { asset }, { at: when }),
    heard: (source: string, to: string) => (when: Instant) =>
      bench.fact(watermarkAdvanced, { source, to: at(to) }, { at: when }),
    drop: (asset: string, how: 'forget' | 'aside' | 'away' | 'old') => (when: Instant) =>
      bench.fact(errandDropped, { asset, how }, { at: when }),
  }
}

for (const awaits of [true, false]) {
  test(`V6 a silent source makes nobody broken and nothing kept, ${awaits ? 'awaited' : 'remembered'}`, () => {
    const { bench, done, heard } = errands({ alive: [backup, tape] }, { awaits })
    follows(bench, [
      ['02', done('a'), 'due / open 3 of 3'],
      ['02', done('b'), 'due / open'],
      ['03', heard('backup', '03'), 'due / open'],
      ['10 00:04', null, 'due / open'],
      ['10 00:05', null, 'unknown / source.silent 2 of 3'],
      ['11', heard('backup', '11'), 'unknown / source.silent'],
      ['12', heard('tape', '09'), 'unknown / source.silent'],
      // Only now have both delivered all before the deadline.
      ['13', heard('tape', '12'), 'broken / missed 3 of 3'],
    ])
    assert.equal(bench.facts(occurrenceClosed).at(-1)!.body.subject, 'c')
    assert.equal(bench.verdict('test.disk').since, at('10 00:05'), 'not before it was unknown')
  })
}

test('V6 a watermark costs the rows that wait for it, and no others', () => {
  const { bench, done, heard } = errands({ alive: [backup] }, { awaits: true })
  done('a')(at('02'))
  done('b')(at('02'))
  bench.advance(at('10 00:05'))
  const stepsOf = (act: (when: Instant) => unknown, text: string) => {
    const before = bench.steps.length
    act(at(text))
    return bench.steps.slice(before)
  }
  const whole = ['test.disk/', 'test.disk/']
  assert.deepEqual(stepsOf(heard('backup', '09'), '10 01:00'), whole)
  assert.deepEqual(stepsOf(heard('tape', '11'), '10 02:00'), [])
  assert.deepEqual(stepsOf(heard('backup', '10'), '10 03:00'), [whole[0], 'test.disk/c', whole[1]])
  assert.deepEqual(stepsOf(heard('backup', '10 02:00'), '10 04:00'), whole)
})

test('V6 when too many wait to be told apart, all are stepped, and told apart again later', () => {
  const { bench, heard } = errands({ alive: [backup] }, { awaits: true })
  const names = Array.from({ length: 300 }, (_, index) => `n${index}`)
  for (const asset of names) bench.fact(assetListed, { asset }, { at: at('02') })
  bench.advance(at('10 00:05'))
  assert.equal(bench.state('test.disk', '').waiting.rows, null)
  heard('backup', '09')(at('10 01:00'))
  assert.equal(bench.verdict('test.disk').status, 'unknown')
  heard('backup', '10')(at('10 02:00'))
  assert.equal(bench.facts(occurrenceClosed).length, 303)
  assert.deepEqual(bench.state('test.disk', '').waiting, { count: 0, rows: {}, least: '' })
})

test('V6 nobody has delivered the future', () => {
  const { bench, heard } = errands({ alive: [backup] }, { awaits: true })
  heard('backup', '20')(at('05'))
  assert.deepEqual(bench.state('test.disk', '').watermarks, [at('05')])
  bench.advance(at('10 00:05'))
  assert.equal(bench.verdict('test.disk').reason.code, 'source.silent')
})

test('V13 the kind learns of an exception that covered a deadline, also when it is over', () => {
  const { bench, except, done } = errands({})
  done('b')(at('02'))
  done('c')(at('02'))
  follows(bench, [
    ['05', except('a', '10 00:01'), 'kept / done 2 of 3'],
    ['11', null, 'unknown / source.silent'],
  ])
  assert.equal(bench.facts(occurrenceClosed).filter(f => f.body.subject === 'a').length, 0)
})

test('V13 an exception never covers an occurrence already closed as missed', () => {
  const { bench, except, done } = errands({})
  done('b')(at('02'))
  done('c')(at('02'))
  follows(bench, [
    ['11', null, 'broken / missed'],
    ['12', except('a', '20'), 'kept / done'],
    ['20', null, 'broken / missed'],
  ])
  assert.deepEqual(
    bench.facts(occurrenceClosed).map(f => `${f.body.subject} ${f.body.outcome}`),
    ['a missed'],
  )
})

test('V37 a late fact restates: it names the old conclusion and the new fact, and changes nothing', () => {
  const { bench } = errands({})
  bench.advance(at('11'))
  const fact = { at: at('12'), occurred: at('09') }
  const pos = bench.fact(errandDone, { asset: 'a' }, fact)
  const old = bench.facts(occurrenceClosed).find(f => f.body.subject === 'a')!
  const [restated] = bench.facts(occurrenceRestated)
  const { of, was, now, subject, occurrence } = restated!.body
  assert.deepEqual(
    { of, was, now, subject, occurrence },
    {
      of: old.pos,
      was: 'missed',
      now: 'done',
      subject: 'a',
      occurrence: 'e',
    },
  )
  assert.deepEqual(restated!.because, [old.pos, pos])
  assert.equal(bench.list[old.pos]!.pos, old.pos)
})

test('V38 what is too old is refused, and what closed long ago is forgotten', () => {
  const { bench, drop } = errands({ remember: 'P1M' })
  bench.advance(at('11'))
  const pos = drop('a', 'old')(at('12'))
  assert.deepEqual(bench.facts(restatementRefused)[0]!.because, [pos])
  assert.equal(bench.facts(restatementRefused)[0]!.body.occurrence, 'old')
  assert.equal(bench.state('test.disk', 'a').closed.length, 1)
  bench.fact(errandDone, { asset: 'a' }, { at: at('02-11'), occurred: at('09') })
  // The kind still thought that it could; the row has let go of it.
  assert.equal(bench.facts(restatementRefused)[1]!.body.occurrence, 'e')
  assert.equal(bench.facts(occurrenceRestated).length, 0)
  assert.equal(bench.state('test.disk', 'a').closed.length, 0)
})

test('V12 who is away for the whole period is excepted, who stands outside is counted nowhere', () => {
  const { bench, drop, done } = errands({})
  done('a')(at('02'))
  follows(bench, [
    ['03', drop('b', 'away'), 'due / open'],
    ['04', drop('c', 'aside'), 'kept / done 1 of 2'],
  ])
  assert.equal(bench.verdict('test.disk').population['excepted'], 1)
})

test('V9 a case is a subject from its first fact on, until the kind forgets it', () => {
  const combine: Kind['combine'] = (counts, size, ctx, about) =>
    size === 0
      ? { status: 'unknown', reason: { code: 'no.case', args: {} } }
      : combineSubjects(undefined)(counts, size, ctx, about)
  const bench = createBench([errand({}, { opensSubjects: true, combine })])
  const done = (asset: string) => (when: Instant) => bench.fact(errandDone, { asset }, { at: when })
  const drop = (asset: string, how: 'forget' | 'aside') => (when: Instant) =>
    bench.fact(errandDropped, { asset, how }, { at: when })
  const granted = { control: 'test.disk', subject: 'never', until: at('09') }
  follows(bench, [
    ['01', when => bench.adopt({ at: when }), 'unknown / no.case 0 of 0'],
    [
      '02',
      when => bench.fact(exceptionGranted, granted, { at: when, refs: byTwo }),
      'unknown / no.case',
    ],
    ['03', done('k1'), 'kept / done 1 of 1'],
    ['04', drop('k2', 'aside'), 'kept / done'],
    ['05', drop('k1', 'forget'), 'unknown / no.case 0 of 0'],
  ])
  assert.deepEqual(bench.keys('test.disk'), ['', 'k2', 'never'])
})

test('V28 a finding that changes six times in a day is unstable until it is quiet for a day', () => {
  let finding = noFinding
  const start = at('05')
  const seen: string[] = []
  for (let index = 1; index <= 6; index += 1) {
    const now = plusMs(start, index * 3_600_000)
    const followed = follow(finding, index % 2 === 1, now, now)
    finding = followed.finding
    seen.push(`${finding.open} ${followed.until ?? 'never'}`)
  }
  assert.deepEqual(seen.slice(0, 5), [
    'true never',
    'false never',
    'true never',
    'false never',
    'true never',
  ])
  assert.equal(seen[5], `true ${at('06 06:00')}`)
  const openAt = (now: Instant) => follow(finding, false, at('05 06:00'), now).finding.open
  assert.equal(openAt(at('06 05:59')), true)
  assert.equal(openAt(at('06 06:00')), false)
  const again = follow(finding, true, at('06 06:00'), at('06 06:00')).finding
  assert.deepEqual(again, { ...noFinding, open: true, failing: true, changes: [at('06 06:00')] })
})

test('V28 the sixth change counts only within a day', () => {
  let finding = noFinding
  for (let index = 0; index < 20; index += 1) {
    const now = plusMs(at('05'), index * 5 * 3_600_000)
    finding = follow(finding, index % 2 === 0, now, now).finding
    assert.equal(finding.unstable, false)
  }
})

test('V2 V28 changes that are heard of together count when they were, not when they were heard', () => {
  const changes = [1, 2, 3, 4, 5, 6, 30, 31].map(hour => plusMs(at('05'), hour * 3_600_000))
  const heard = (now: (since: Instant) => Instant) =>
    changes.reduce(
      (finding, since, nth) => follow(finding, nth % 2 === 0, since, now(since)).finding,
      noFinding,
    )
  assert.deepEqual(
    heard(() => at('08')),
    heard(since => since),
  )
  assert.equal(heard(() => at('08')).unstable, false)
})

test('V28 while it flaps the subject reads broken / unstable, and one finding stays open', () => {
  const bench = createBench([encrypted()])
  const { adopt, list, complete, good, bad } = does(bench)
  adopt()(at('01'))
  list('a')(at('01'))
  complete(at('01'))
  follows(bench, [
    ['05 01:00', bad('a'), 'broken / failing'],
    ['05 02:00', good('a'), 'kept / holds'],
    ['05 03:00', bad('a'), 'broken / failing'],
    ['05 04:00', good('a'), 'kept / holds'],
    ['05 05:00', bad('a'), 'broken / failing'],
    ['05 06:00', good('a'), 'broken / unstable'],
    ['05 07:00', bad('a'), 'broken / failing'],
    ['05 08:00', good('a'), 'broken / unstable'],
    ['06 07:59', null, 'broken / unstable'],
    ['06 08:00', null, 'kept / holds'],
  ])
  const ofAsset = (fact: Fact<{ subject: string }>) => fact.body.subject === 'a'
  assert.equal(bench.facts(findingOpened).filter(ofAsset).length, 3)
  assert.equal(bench.facts(findingClosed).filter(ofAsset).length, 3)
})
