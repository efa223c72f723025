/**
 * How long it takes to import a register, with the program as it is: its list, its judges, its tables.
 *
 *   ./okite run bench/register.ts [people] [assets]
 *
 * The import is done when every fact is on the list; judging goes on behind it and has its own figure.
 * Both passes are timed, and a file in which nothing differs. The largest size of the process stands
 * beside the number of rows: it holds the file, and not its rows.
 */

import type { FactType } from '../src/core/fact.ts'
import { openTestProgram } from '../src/core/register/testing.ts'
import { percentile, printFigure, printMachine } from './machine.ts'

const people = Number(process.argv[2] ?? 100_000)
const assets = Number(process.argv[3] ?? 1_000_000)
/** What is asked for of a register of 10⁵ people, and of one of 10⁶ assets. */
const importSecondsMax = 60
const joinerMsMax = 20
const joiners = 200
/** Kinds that one control alone judges: with more of them a million assets pass `limits.rowsMax`. */
const kinds = ['document', 'equipment', 'endpoint']

printMachine(`./okite run bench/register.ts ${people} ${assets}`)
const program = await openTestProgram()
try {
  await measure(
    'person',
    people,
    100_000,
    nth => `S${nth},Person ${nth},p${nth}@okite.example,employee,Dept ${nth % 50}\n`,
    'number,name,mail,kind,department\n',
  )
  await measureJoiner()
  await measure(
    'asset',
    assets,
    1_000_000,
    nth => `host-${nth},${kinds[nth % 3]},it,yes,no,no\n`,
    'number,kind,owner,in-scope,important,tangible\n',
  )
} finally {
  await program.close()
}

async function measure(
  name: string,
  count: number,
  full: number,
  row: (nth: number) => string,
  head: string,
): Promise<void> {
  if (count === 0) return
  const file = writeRows(`${name}.csv`, count, row, head)
  const args = ['import', file, '--source', 'bench', '--by', 'Bench']
  const rows = `${count.toLocaleString('en')} rows`
  const limit = (importSecondsMax * count) / full
  const [dry] = await timed(() => program.type(name, ...args, '--dry-run'))
  printFigure(`${name}: ${rows} checked, nothing appended`, dry / 1_000, 's', limit, 'atMost')
  const watch = watchSize()
  const before = process.cpuUsage()
  const [took, { out }] = await timed(() => imported(name, args))
  printFigure(`${name}: ${rows} imported, both passes`, took / 1_000, 's', limit, 'atMost')
  const { user, system } = process.cpuUsage(before)
  const [judging] = await timed(settle)
  console.log(
    `  of that ${((user + system) / 1_000_000).toFixed(1)} s on the processor; judged and shown ${(judging / 1_000).toFixed(1)} s ` +
      `later; largest size ${watch()} MiB`,
  )
  const [again, same] = await timed(() => program.type(name, ...args))
  if (!/the same as the register/.test(same.out)) throw new Error(out + same.out)
  printFigure(`${name}: ${rows} in which nothing differs`, again / 1_000, 's', limit, 'atMost')
}

/** One person more: until judges have taken it in and tables show it. */
async function measureJoiner(): Promise<void> {
  if (people === 0) return
  const type = program.okite.modules.types.get('person.joined') as FactType
  const submit = program.okite.submit(type.module)
  const took: number[] = []
  for (let nth = 0; nth < joiners; nth++) {
    const now = new Date().toISOString()
    const person = `joiner:${nth}`
    const [ms] = await timed(async () => {
      const { pos } = await submit({
        ...{
          type,
          source: 'bench',
          occurred: now,
          observed: now,
          trust: 'record',
          identity: person,
        },
        body: { person: `p-joiner${nth}`, kind: 'employee', department: null },
        private: { staff: { value: `${nth}`, person }, name: { value: 'New', person } },
      })
      await program.okite.settled(pos)
    })
    took.push(ms)
  }
  took.sort((a, b) => a - b)
  const among = `a joiner among ${people.toLocaleString('en')}, judged and shown`
  printFigure(`${among}, median`, percentile(took, 0.5), 'ms', joinerMsMax, 'atMost')
  printFigure(`${among}, p99`, percentile(took, 0.99), 'ms', joinerMsMax, 'atMost')
}

/** The command answers when it would make a person wait; here the rest is waited for, and timed apart. */
async function imported(name: string, args: readonly string[]): Promise<{ out: string }> {
  const before = program.okite.settled
  Object.assign(program.okite, { settled: async () => {} })
  try {
    return await program.type(name, ...args)
  } finally {
    Object.assign(program.okite, { settled: before })
  }
}

async function settle(): Promise<void> {
  for (;;) {
    const size = await program.okite.ledger.size()
    await program.okite.judges.reached(size - 1)
    if ((await program.okite.ledger.size()) === size) break
  }
  await program.okite.tables.follow()
}

function writeRows(
  name: string,
  count: number,
  row: (nth: number) => string,
  head: string,
): string {
  const parts = [head]
  for (let from = 0; from < count; from += 1_000) {
    const size = Math.min(1_000, count - from)
    parts.push(Array.from({ length: size }, (_, nth) => row(from + nth)).join(''))
  }
  return program.file(name, Buffer.from(parts.join('')))
}

/** Answers the largest size that the process had meanwhile, in MiB. */
function watchSize(): () => number {
  let most = 0
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss())
  }
  const timer = setInterval(look, 100)
  timer.unref()
  return () => {
    clearInterval(timer)
    look()
    return Math.round(most / 2 ** 20)
  }
}

async function timed<T>(work: () => Promise<T>): Promise<[number, T]> {
  const began = performance.now()
  const result = await work()
  return [performance.now() - began, result]
}
