// How many base matches a second the correlator takes, on one core. The promise is a million.
// `./okite run sigma/bench/correlations.ts [MATCHES] [STREAM]`
//
// A match is made in the loop as a program would make it, so that its cost is in the figure; its
// texts are there before. Time is that of the process, with its collector of garbage, since the
// machine may have other work; the best of five rounds counts, each with a correlator of its own.
import { type BaseMatch, type CorrelateOptions, compile } from '../src/index.ts'
import { printMachine } from './figures.ts'

const matches = Number(process.argv[2] ?? 1_000_000)
const only = process.argv[3] ?? ''
const rounds = 5
// A day of August 2026: such times are no small integers to the machine.
const begunMs = 1_785_888_000_000
/** Ids come again, but in no window twice; a million of them would be the garbage collector's work. */
const idsCount = 2 ** 17
const perSecondMin = 1_000_000

/** `groups` of `values` values each; `rules` base rules take turns at random, one match a millisecond. */
type Stream = Readonly<{
  name: string
  correlations: readonly object[]
  rules: number
  groups: number
  values: number
  options?: Partial<CorrelateOptions>
  /** How far at most a match comes behind its time. */
  delayMs?: number
}>

const base = (at: number): object => ({
  title: `r${at}`,
  name: `r${at}`,
  logsource: { category: 'test' },
  detection: { s: { A: at }, condition: 's' },
})
const named = (count: number): string[] => Array.from({ length: count }, (_, at) => `r${at}`)
const correlation = (
  type: string,
  condition: object | string | null,
  rules = 1,
  timespan = '1m',
) => ({
  title: type,
  correlation: {
    type,
    rules: named(rules),
    timespan,
    'group-by': ['user'],
    ...(condition === null ? {} : { condition }),
  },
})

const count = (gte: number) => correlation('event_count', { gte })
const distinct = (gte: number) => correlation('value_count', { field: 'host', gte })
const numeric = (type: string, gte: number) => correlation(type, { field: 'bytes', gte })

const streams: readonly Stream[] = [
  {
    name: 'no correlation: what it costs to make matches',
    correlations: [],
    rules: 1,
    groups: 1_000,
    values: 1,
  },
  { name: 'event_count, 10 groups', correlations: [count(100)], rules: 1, groups: 10, values: 1 },
  {
    name: 'event_count, 100,000 groups',
    correlations: [count(5)],
    rules: 1,
    groups: 100_000,
    values: 1,
  },
  {
    name: 'event_count that closes windows',
    correlations: [correlation('event_count', { lt: 2 })],
    rules: 1,
    groups: 10_000,
    values: 1,
  },
  {
    name: 'value_count, 1,000 groups',
    correlations: [distinct(50)],
    rules: 1,
    groups: 1_000,
    values: 5_000,
  },
  {
    name: 'temporal, 3 rules, 10,000 groups',
    correlations: [correlation('temporal', null, 3, '5s')],
    rules: 3,
    groups: 10_000,
    values: 1,
  },
  {
    name: 'temporal_ordered, 3 rules, 10,000 groups',
    correlations: [correlation('temporal_ordered', null, 3, '5s')],
    rules: 3,
    groups: 10_000,
    values: 1,
  },
  {
    name: 'value_sum, 1,000 groups',
    correlations: [numeric('value_sum', 100_000_000)],
    rules: 1,
    groups: 1_000,
    values: 5_000,
  },
  {
    name: 'value_avg, 1,000 groups',
    correlations: [numeric('value_avg', 1_100_000)],
    rules: 1,
    groups: 1_000,
    values: 5_000,
  },
  {
    name: 'value_percentile, 1,000 groups',
    correlations: [numeric('value_percentile', 1_500_000)],
    rules: 1,
    groups: 1_000,
    values: 5_000,
  },
  {
    name: 'mixed: all of these, each of rules of its own, late by 5 s',
    correlations: [
      count(100),
      distinct(50),
      correlation('temporal', null, 3, '5s'),
      correlation('temporal_ordered', null, 3, '5s'),
      numeric('value_sum', 100_000_000),
      numeric('value_avg', 1_100_000),
      numeric('value_percentile', 1_500_000),
    ].map(spread),
    rules: 14,
    groups: 2_000,
    values: 5_000,
    options: { latenessMs: 5_000 },
    delayMs: 200,
  },
]

/** Gives the correlations of a mix rules two by two, so that most matches feed one or two of them. */
function spread(one: ReturnType<typeof correlation>, at: number): object {
  const rules = one.correlation.rules.map((_, nth) => `r${(at * 2 + nth) % 14}`)
  return { ...one, correlation: { ...one.correlation, rules } }
}

function run(stream: Stream): { perSecond: number; alerts: number } {
  const engine = compile(
    [...named(stream.rules).map((_, at) => base(at)), ...stream.correlations].map(rule =>
      JSON.stringify(rule),
    ),
  )
  const refused = engine.rules.filter(({ refusal }) => refusal !== null)
  if (refused.length > 0) throw new Error(JSON.stringify(refused))
  const random = randomOf(20_260_805)
  const users = Array.from({ length: stream.groups }, (_, at) => `CORP\\user-${at}`)
  const hosts = Array.from({ length: stream.values }, (_, at) => `host-${at}.example.org`)
  const sizes = Array.from({ length: stream.values }, () =>
    String(Math.floor(random() * 2_000_000)),
  )
  const ids = Array.from({ length: idsCount }, (_, at) => `security.jsonl:${at}`)
  const rules = engine.rules.slice(0, stream.rules).map(({ id }) => [id])
  const draw = (below: number): Uint32Array =>
    new Uint32Array(matches).map(() => Math.floor(random() * below))
  const [user, value, rule, delay] = [
    stream.groups,
    stream.values,
    stream.rules,
    stream.delayMs ?? 1,
  ].map(draw) as [Uint32Array, Uint32Array, Uint32Array, Uint32Array]
  const matchOf = (at: number): BaseMatch => {
    const [own, host, size] = [
      users[user[at] as number],
      hosts[value[at] as number],
      sizes[value[at] as number],
    ] as [string, string, string]
    return {
      rules: rules[rule[at] as number] as string[],
      timeMs: begunMs + at - (delay[at] as number),
      id: ids[at % idsCount] as string,
      field: name =>
        name === 'user' ? own : name === 'host' ? host : name === 'bytes' ? size : null,
    }
  }
  let best = Number.POSITIVE_INFINITY
  let alerts = 0
  for (let round = 0; round < rounds; round++) {
    const correlator = engine.correlate(stream.options)
    const begun = process.cpuUsage()
    alerts = 0
    for (let at = 0; at < matches; at++) alerts += correlator.add(matchOf(at)).length
    const { user, system } = process.cpuUsage(begun)
    best = Math.min(best, (user + system) / 1e6)
    alerts += correlator.flush().length
  }
  return { perSecond: matches / best, alerts }
}

/** Numbers from 0 up to 1 that come again with the seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

printMachine(`./okite run sigma/bench/correlations.ts ${process.argv.slice(2).join(' ')}`.trimEnd())
console.log(`${matches.toLocaleString('en')} matches`)
for (const stream of streams.filter(({ name }) => name.includes(only))) {
  const { perSecond, alerts } = run(stream)
  const ratio = perSecond / perSecondMin
  console.log(
    `${ratio >= 1 ? '●' : '▲'} ${stream.name.padEnd(60)} ${Math.round(perSecond).toLocaleString('en').padStart(10)} /s` +
      `   ${ratio.toFixed(2)} ×   ${alerts.toLocaleString('en')} alerts`,
  )
}
