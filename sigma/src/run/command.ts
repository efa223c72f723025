import { availableParallelism } from 'node:os'
import type { RuleState } from '../index.ts'
import { type Correlated, type Correlating, makeCorrelating } from './correlating.ts'
import { runCrew } from './crew.ts'
import { makeEngine } from './engine.ts'
import { type FoundFile, findFiles, readRules } from './files.ts'
import type { Found, Job } from './found.ts'
import { help } from './help.ts'
import { jobsOf } from './jobs.ts'
import { alertLine, matchLines } from './json-lines.ts'
import { emptyLedger, enter, type Ledger } from './ledger.ts'
import { isAtLeast } from './levels.ts'
import { type Options, parseOptions } from './options.ts'
import type { Output, Streams } from './output.ts'
import { coloured, plain } from './paint.ts'
import { progressLine } from './progress.ts'
import { renderTable } from './table.ts'
import { makeTally, type Tally } from './tally.ts'
import { type Ending, statsText, summaryLine, warnings } from './told.ts'

/** Exit codes, as those of grep. */
const matched = 0
const nothing = 1
const trouble = 2

/** Runs the command; resolves to its exit code. What is wrong is told on `err`. */
export async function runCommand(words: readonly string[], streams: Streams): Promise<number> {
  const parsed = parseOptions(words)
  if ('help' in parsed) {
    await streams.out.write(help)
    return 0
  }
  if ('wrong' in parsed) {
    await streams.err.write(
      `sigma-run: ${parsed.wrong}\nsigma-run: --help tells how it is called\n`,
    )
    return trouble
  }
  return await run(parsed.options, streams)
}

async function run(options: Options, { out, err, environment }: Streams): Promise<number> {
  const started = performance.now()
  const say = (line: string): Promise<void> => err.write(`sigma-run: ${line}\n`)
  const ledger = emptyLedger()
  const { rules, unreadable } = readRules(options.rules)
  const events = findFiles(options.events)
  ledger.unreadable.push(...unreadable, ...events.unreadable)
  const jobs = rules.length === 0 ? [] : await jobsOf(events.files, options.format)
  const tally = makeTally(id => known(ruleOf, id))
  const ruleOf = new Map<string, RuleState>()
  const progress = makeProgress(err, { started, ledger, files: events.files, tally })
  const workers = Math.min(options.workers ?? availableParallelism(), jobs.length)
  let correlating: Correlating | null = null
  const alerts: string[] = []
  const alerted = (found: Correlated): void => {
    if (!isAtLeast(found.alert.level, options.levelMin)) return
    const rule = known(ruleOf, found.alert.rule)
    tally.correlated(found, rule)
    if (options.isJson) alerts.push(alertLine(found, rule))
  }
  let loadedAt = started
  /** Lines of a file that lie before the piece whose turn it is. */
  let lineBase = 0
  if (jobs.length > 0) {
    await runCrew(
      jobs,
      {
        workers,
        setup: {
          rules,
          source: options.source,
          levelMin: options.levelMin,
          hasWhy: options.hasWhy,
        },
      },
      {
        async rules(loaded) {
          ledger.rules = loaded
          loadedAt = performance.now()
          for (const state of loaded.states)
            if (state.state.startsWith('runs')) ruleOf.set(state.id, state)
          const hasCorrelations = [...ruleOf.values()].some(({ kind }) => kind === 'correlation')
          if (hasCorrelations) correlating = makeCorrelating(makeEngine(rules), alerted)
        },
        async batch({ input }, found) {
          const lines: string[] = []
          for (const one of found) {
            const place = { file: input.path, line: one.at + lineBase }
            tally.match(place, one)
            correlating?.add(place.file, place.line, one)
            if (options.isJson) lines.push(matchLines(place, one, id => known(ruleOf, id)))
          }
          if (lines.length > 0) await out.write(lines.join(''))
        },
        async done(job, outcome) {
          const isLast = jobs[job.nth + 1]?.input.path !== job.input.path
          enter(ledger, job, { outcome, lineBase, isLast })
          lineBase = isLast ? 0 : lineBase + outcome.lines
        },
        progress: (events, bytes) => progress.see(events, bytes),
      },
    ).finally(progress.end)
  }
  const done = correlating as Correlating | null
  done?.finish()
  await out.write(alerts.join(''))
  ledger.bytes = progress.bytes()
  const ended = performance.now()
  const ending = {
    ms: ended - started,
    matchingMs: ended - loadedAt,
    workers,
    leftOut: done?.leftOut() ?? null,
  }
  await report(options, { out, err, environment, ledger, tally, ending })
  for (const line of warnings(ledger, ending)) await say(line)
  const lacking =
    rules.length === 0
      ? 'there are no rules'
      : jobs.length === 0
        ? 'there are no events'
        : ruleOf.size === 0
          ? 'no rule can run'
          : null
  if (lacking) await say(lacking)
  if (lacking || ledger.unreadable.length > 0) return trouble
  return tally.rows().length > 0 ? matched : nothing
}

function known(rules: ReadonlyMap<string, RuleState>, id: string): RuleState {
  const rule = rules.get(id)
  if (!rule) throw new Error(`no rule ${id}`)
  return rule
}

type Reporting = Streams & Readonly<{ ledger: Ledger; tally: Tally; ending: Ending }>

/** The table, or with `--json` nothing; and the statistics, where they do not disturb. */
async function report(options: Options, reporting: Reporting): Promise<void> {
  const { out, err, environment, ledger, tally, ending } = reporting
  const paintOf = ({ columns }: Output) =>
    columns === null || environment['NO_COLOR'] ? plain : coloured
  if (!options.isJson && ledger.rules) {
    const rows = tally.rows()
    const { columns } = out
    const paint = paintOf(out)
    if (rows.length > 0) {
      await out.write(renderTable(rows, { columns, paint, hasWhy: options.hasWhy }))
      await out.write('\n')
    }
    await out.write(`${paint.dim(summaryLine(rows, ledger, ending))}\n`)
  }
  if (!options.hasStats) return
  const where = options.isJson ? err : out
  await where.write(`${options.isJson ? '' : '\n'}${statsText(ledger, ending, paintOf(where))}`)
}

/** How often the line of progress is written anew. */
const progressMs = 100

/** Counts what was read, and shows it on a terminal. */
function makeProgress(
  err: Output,
  run: {
    started: number
    ledger: Ledger
    files: readonly FoundFile[]
    tally: Tally
  },
) {
  const { started, ledger, files, tally } = run
  let events = 0
  let bytes = 0
  const bytesAll = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const show = (): void => {
    const line = progressLine(
      {
        filesDone: ledger.filesDone,
        files: files.length,
        bytes,
        bytesAll,
        events,
        matches: tally.events(),
        ms: performance.now() - started,
      },
      err.columns ?? 0,
    )
    void err.write(`\r${line}\u001b[K`)
  }
  const timer = err.columns === null ? null : setInterval(show, progressMs)
  return {
    see(moreEvents: number, moreBytes: number): void {
      events += moreEvents
      bytes += moreBytes
    },
    bytes: () => bytes,
    end(): void {
      if (timer === null) return
      clearInterval(timer)
      void err.write('\r\u001b[K')
    },
  }
}
