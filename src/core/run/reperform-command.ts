import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Closing } from '../closing.ts'
import { compareText } from '../control/match.ts'
import { statementRollup } from '../control/rollup.ts'
import { openDatabase } from '../db/database.ts'
import { OkiteError } from '../error.ts'
import type { Fact, Instant, Pos } from '../fact.ts'
import {
  findingClosed,
  findingOpened,
  occurrenceClosed,
  occurrenceRestated,
  policyAdopted,
  statementVerdictChanged,
  verdictChanged,
} from '../facts.ts'
import type { Params } from '../judge.ts'
import { readFacts, readPositions } from '../ledger/read.ts'
import { printable } from '../policy/complaint.ts'
import { createCalendars, systemClock } from '../time.ts'
import { readFlags } from './arguments.ts'
import { type Call, commandLog } from './call.ts'
import { sourceOf } from './compose.ts'
import { importList } from './copy-command.ts'
import { discoverModules } from './discover.ts'
import { readNamedFile } from './named-file.ts'
import { judgeOf } from './past.ts'
import { AdoptedPolicies } from './policies.ts'
import { type Difference, reperform } from './reperform.ts'

/** What was found of one month. */
export type MonthAgain = Readonly<{
  origin: string
  vkey: string
  /** The key was given and not only read from the list. */
  isTrusted: boolean
  facts: number
  month: Readonly<{ name: string; from: Instant; to: Instant }>
  /** Conclusions of the month that were performed again and are equal, by kind. */
  equal: Readonly<Record<string, number>>
  /** Conclusions of the month that another version of a rule drew; they were not performed. */
  taken: number
  /** How many of these each judge has. */
  takenOf: Readonly<Record<string, number>>
  differs: Readonly<{ pos: Pos; why: string } & Partial<Difference>> | null
}>

/**
 * `./okite reperform FILE --month 2026-10 [--vkey KEY|FILE] [--json]`: an exported list is judged again from its first fact
 * on, in a database of its own that is thrown away, on whatever day this is; each conclusion is compared
 * with the one on the list (V43). Exit code 0 only when all of the month were performed and are equal.
 */
export async function runReperform(args: readonly string[], call: Call): Promise<number> {
  const { flags, words } = readFlags(args, { month: 'value', vkey: 'value', json: 'switch' })
  const [path, ...more] = words
  const month = flags['month']
  if (path === undefined || more.length > 0 || !/^\d{4}-(0[1-9]|1[0-2])$/.test(month ?? '')) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: 'reperform FILE --month 2026-10' })
  }
  const trusted = flags['vkey'] === undefined ? null : vkeyFrom(flags['vkey'])
  const found = await reperformMonth(path, month ?? '', call, trusted)
  call.out(flags['json'] ? `${JSON.stringify(found, null, 2)}\n` : told(found, call))
  return found.differs === null && found.taken === 0 ? 0 : 1
}

/** Longer than any vkey. */
const vkeyBytesMax = 1_024

/** A vkey as it is written, or a file that holds nothing else. @throws OkiteError `LEDGER_VKEY` */
function vkeyFrom(given: string): string {
  if (isVkey.test(given)) return given
  const codes = { missing: 'LEDGER_VKEY', tooLarge: 'LEDGER_VKEY' }
  return Buffer.from(readNamedFile(given, vkeyBytesMax, codes))
    .toString('utf8')
    .trim()
}

const isVkey = /^[^\s+]+\+[0-9a-f]{8}\+/

/** @throws OkiteError `REPERFORM_MONTH`, and those of `importList` */
export async function reperformMonth(
  path: string,
  name: string,
  { source, project }: Pick<Call, 'source' | 'project'>,
  trusted: string | null = null,
): Promise<MonthAgain> {
  const opened = new Closing()
  const dataDir = mkdtempSync(join(tmpdir(), 'okr-'))
  opened.push(async () => rmSync(dataDir, { recursive: true, force: true }))
  let result: MonthAgain
  try {
    const log = commandLog()
    const policies: { current: AdoptedPolicies | null } = { current: null }
    const statements = statementRollup(({ hash }) => policies.current?.statements(hash) ?? null)
    const modules = await discoverModules(source, [statements])
    const database = await openDatabase({ dataDir, create: true, log, clock: systemClock })
    opened.push(() => database.close())
    const { pool } = database
    const { size, ...of } = await importList(pool, path, modules.types, trusted)
    policies.current = new AdoptedPolicies(pool, { project, dataDir })
    const adopted = policies.current
    const month = await monthOf(name, size, pool, adopted)
    const counted = countOf(month)
    const tx = await pool.connect()
    opened.push(async () => tx.release())
    const again = await reperform({
      list: {
        read: (from, count) => readFacts(pool, from, count),
        readPositions: positions => readPositions(pool, positions),
        size: async () => size,
      },
      tx,
      judges: modules.judges,
      defaults: new Map<string, Params>(modules.controls.map(one => [one.id, one.params])),
      packParams: hash => adopted.bound(hash),
      preparePolicy: fact => adopted.prepare(fact),
      sourceOf: judge => sourceOf(source, modules, judge),
      calendars: createCalendars([]),
      until: size,
      compared: counted.compared,
      taken: counted.taken,
    })
    const { differs, why, difference } = again
    result = {
      ...{ ...of, isTrusted: trusted !== null, facts: size, month },
      ...counted.result(),
      differs: differs === null ? null : { pos: differs, why: why ?? '', ...difference },
    }
  } catch (error) {
    return opened.closeAfter(error)
  }
  await opened.close()
  return result
}

/** The month where the organisation is; the list must have passed it. */
async function monthOf(
  name: string,
  size: number,
  pool: Parameters<typeof readFacts>[0],
  policies: AdoptedPolicies,
): Promise<MonthAgain['month']> {
  const { rows } = await pool.query<{ pos: string }>(
    'select max(pos) as pos from ledger.fact_type where type = $1',
    [policyAdopted.name],
  )
  const [adoption] = rows[0]?.pos == null ? [] : await readPositions(pool, [Number(rows[0].pos)])
  if (adoption !== undefined) await policies.prepare(adoption)
  const zone = policies.byHash((adoption?.body as { hash?: string })?.hash ?? '')?.organisation.zone
  const month = createCalendars().named('P1M', zone ?? 'UTC', name)
  const [last] = await readPositions(pool, [size - 1])
  if (month === null || last === undefined || last.recorded < month.to) {
    throw new OkiteError('REPERFORM_MONTH', { month: name, until: last?.recorded ?? '' })
  }
  return month
}

const kinds = new Map(
  [
    ['verdicts', verdictChanged, statementVerdictChanged] as const,
    ['findings', findingOpened, findingClosed] as const,
    ['occurrences', occurrenceClosed, occurrenceRestated] as const,
  ].flatMap(([kind, ...types]) => types.map(type => [type.name, kind] as const)),
)

/** Of the month is what was recorded in it, and an occurrence that ended in it, whenever it was closed. */
function countOf({ from, to }: MonthAgain['month']) {
  const equal: Record<string, number> = { verdicts: 0, findings: 0, occurrences: 0, others: 0 }
  const left = new Map<string, number>()
  const isOfMonth = ({ type, recorded, body }: Fact): boolean => {
    const at = type === occurrenceClosed.name ? (body as { to: Instant }).to : recorded
    return at > from && at <= to
  }
  return {
    compared(fact: Fact): void {
      const kind = kinds.get(fact.type) ?? 'others'
      if (isOfMonth(fact)) equal[kind] = (equal[kind] ?? 0) + 1
    },
    taken(fact: Fact): void {
      if (!isOfMonth(fact)) return
      const judge = judgeOf(fact)
      left.set(judge, (left.get(judge) ?? 0) + 1)
    },
    result: () => ({
      equal,
      taken: left.values().reduce((sum, count) => sum + count, 0),
      takenOf: Object.fromEntries([...left].sort(([a], [b]) => compareText(a, b))),
    }),
  }
}

function told(
  { origin, vkey, isTrusted, facts, month, equal, taken, takenOf, differs }: MonthAgain,
  { say }: Call,
): string {
  const lines = [
    say(isTrusted ? 'cli.reperform.trusted' : 'cli.reperform.list', { origin, vkey, facts }),
    `${differs === null ? '●' : '▲'} ${say('cli.reperform.month', { month: month.name, ...equal })}`,
  ]
  if (taken > 0) lines.push(`○ ${say('cli.reperform.taken', { count: taken })}`)
  // All of them: which rules were not performed is what the reader must look into.
  for (const [judge, count] of Object.entries(takenOf)) {
    lines.push(`  ${printable(judge)}  ${count}`)
  }
  if (differs === null) return `${lines.join('\n')}\n`
  const { pos, why, place, listed, again } = differs
  lines.push(`  ${say('cli.fsck.at', { pos })}  ${why}`)
  if (place !== undefined) lines.push(`  ${say('cli.reperform.differs', { place, listed, again })}`)
  return `${lines.join('\n')}\n`
}
