/**
 * What one change of one subject costs in a control with 10², 10³, 10⁴ and 10⁵ subjects: the time, and
 * the rows that are stepped for it. `./okite run bench/subjects.ts`
 */
import { state } from '../src/core/control/state.ts'
import type { Fact, FactType } from '../src/core/fact.ts'
import { policyAdopted } from '../src/core/facts.ts'
import type { Judge } from '../src/core/judge.ts'
import { Policies } from '../src/core/run/adoption.ts'
import { type Emit, Engine } from '../src/core/run/engine.ts'
import { createCalendars, toInstant } from '../src/core/time.ts'
import { assetListed, assetScanned, inventoryDeclared } from '../test/synthetic.ts'
import { percentile, printFigure, printMachine } from './machine.ts'

const beginMs = Date.parse('2025-10-20T00:00:00.000Z')
const changes = 4_000

printMachine('./okite run bench/subjects.ts')
// Twice, and the first time for nothing: what is not compiled yet is slow whatever its size.
measure(1_000)
const few = measure(100)
print(100, few)
for (const subjects of [1_000, 10_000]) print(subjects, measure(subjects))
const many = measure(100_000)
print(100_000, many)
console.log()
printFigure('rows stepped for one change among 10⁵', many.rowsMost, 'rows', 1, 'atMost')
printFigure('settlings for one change among 10⁵', many.settlesMost, '', 1, 'atMost')
// Twice: a larger map is further from the processor, and the heaps of wakes are deeper.
printFigure('one change among 10⁵, of that among 10²', many.us / few.us, '×', 2, 'atMost')

type Cost = Readonly<{ us: number; p99Us: number; rowsMost: number; settlesMost: number }>

function print(subjects: number, { us, p99Us, rowsMost, settlesMost }: Cost): void {
  console.log(
    `  ${subjects.toLocaleString('en').padStart(7)} subjects: ${us.toFixed(1)} µs a change, ` +
      `p99 ${p99Us.toFixed(1)} µs; at most ${rowsMost} row of a subject stepped, ${settlesMost} settling`,
  )
}

function measure(subjects: number): Cost {
  const counted = countSteps(
    state({
      id: 'bench.state',
      version: 1,
      owner: 'ciso',
      population: {
        id: 'assets',
        enter: { type: assetListed, key: subjectOf },
        complete: { type: inventoryDeclared },
        fresh: 'P90D',
      },
      slots: { scan: { type: assetScanned, key: subjectOf, fresh: 'P14D' } },
      holds: ({ scan }) => (scan?.body.faults ?? 9) <= 3,
    }).judge,
  )
  const engine = new Engine({
    judges: [counted.judge],
    defaults: new Map(),
    policies: new Policies(() => new Map()),
    calendars: createCalendars([]),
  })
  const list = createList(engine)
  const from = toInstant(beginMs)
  list(policyAdopted, { policy: 'b', version: '1', from, hash: '0'.repeat(64), statements: 1 })
  list(inventoryDeclared, { count: subjects })
  for (let nth = 0; nth < subjects; nth++) {
    list(assetListed, { subject: `a${nth}` })
    list(assetScanned, { subject: `a${nth}`, topic: 0, faults: 0 })
  }
  const took: number[] = []
  let rowsMost = 0
  let settlesMost = 0
  for (let nth = 0; nth < changes; nth++) {
    counted.reset()
    // A prime far from the sizes, so that the subjects come in no order; kept and broken in turn.
    const subject = `a${(nth * 7_919) % subjects}`
    const started = performance.now()
    list(assetScanned, { subject, topic: 0, faults: nth % 2 === 0 ? 9 : 0 })
    took.push(performance.now() - started)
    rowsMost = Math.max(rowsMost, counted.rows())
    settlesMost = Math.max(settlesMost, counted.settles())
  }
  if (engine.stopped.length > 0) throw new Error(JSON.stringify(engine.stopped))
  const us = (took.reduce((a, b) => a + b, 0) / changes) * 1_000
  took.sort((a, b) => a - b)
  return { us, p99Us: percentile(took, 0.99) * 1_000, rowsMost, settlesMost }
}

function subjectOf(fact: Fact<{ subject: string }>): string {
  return fact.body.subject
}

/** The judge, with what is stepped in it counted. */
function countSteps(judge: Judge<any>) {
  let rows = 0
  let settles = 0
  const counted: Judge<any> = {
    ...judge,
    step: (row, input, ctx) => {
      if (row.key !== '') rows += 1
      return judge.step(row, input, ctx)
    },
    settle: (row, all, ctx) => {
      settles += 1
      return judge.settle?.(row, all, ctx) ?? { state: row }
    },
  }
  return {
    judge: counted,
    reset: () => {
      rows = 0
      settles = 0
    },
    rows: () => rows,
    settles: () => settles,
  }
}

/** A list in memory, a millisecond for each fact; what is derived takes its place on it. */
function createList(engine: Engine): (type: FactType, body: unknown) => void {
  let pos = 0
  const emit: Emit = () => pos++
  return (type, body) => {
    const at = toInstant(beginMs + pos)
    const envelope = { type: type.name, tv: 1, module: type.module, source: 'bench' } as const
    const times = { occurred: at, observed: at, recorded: at, trust: 'instrument' } as const
    const fact = { ...envelope, ...times, pos: pos++, because: [], body, refs: {} }
    engine.step(Object.freeze(fact), emit)
  }
}
