import { availableParallelism } from 'node:os'
import { findFiles, readRules } from './files.ts'
import { help } from './help.ts'
import { jobsOf } from './jobs.ts'
import { emptyLedger, type Ledger } from './ledger.ts'
import { makeMatching } from './matching.ts'
import { type Options, parseOptions } from './options.ts'
import type { Output, Streams } from './output.ts'
import { coloured, type Paint, plain } from './paint.ts'
import { makeProgress } from './progress.ts'
import { renderTable } from './table.ts'
import type { Tally } from './tally.ts'
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
  try {
    return await run(parsed.options, streams)
  } catch (error) {
    // A bug, or a thread without memory: to end with 1 would say that nothing matched.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    await streams.err.write(`sigma-run: ${text}\n`)
    return trouble
  }
}

async function run(options: Options, { out, err, environment }: Streams): Promise<number> {
  const startedAt = performance.now()
  const ledger = emptyLedger()
  const { rules, unreadable } = readRules(options.rules)
  const events = findFiles(options.events)
  ledger.unreadable.push(...unreadable, ...events.unreadable)
  const jobs = rules.length === 0 ? [] : await jobsOf(events.files, options.format)
  const workers = Math.min(options.workers ?? availableParallelism(), jobs.length)
  const progress = makeProgress(err, { startedAt, ledger, files: events.files })
  const matching = makeMatching(options, { rules, ledger, out, progress: progress.see })
  if (jobs.length > 0) {
    // On one terminal the lines of matches and that of progress would run into each other.
    if (!options.isJson || out.columns === null) progress.show(matching.tally)
    await matching.run(jobs, workers).finally(progress.end)
  }
  const endedAt = performance.now()
  const ending = {
    ms: endedAt - startedAt,
    matchingMs: endedAt - (matching.loadedAt() ?? startedAt),
    workers,
    leftOut: matching.leftOut(),
  }
  ledger.bytes = progress.bytes()
  await report(options, { out, err, environment, ledger, tally: matching.tally, ending })
  const lacking = lack({ rules: rules.length, jobs: jobs.length, running: matching.running() })
  const told = [...warnings(ledger, ending), ...(lacking === null ? [] : [lacking])]
  await err.write(told.map(line => `sigma-run: ${line}\n`).join(''))
  if (lacking !== null || ledger.unreadable.length > 0) return trouble
  return matching.tally.rows().length > 0 ? matched : nothing
}

/** What keeps a run from meaning anything; null if nothing does. */
function lack(have: { rules: number; jobs: number; running: number }): string | null {
  if (have.rules === 0) return 'there are no rules'
  if (have.jobs === 0) return 'there are no events'
  return have.running === 0 ? 'no rule can run' : null
}

type Reporting = Streams & Readonly<{ ledger: Ledger; tally: Tally; ending: Ending }>

/** The table, or with `--json` nothing; and the statistics, where they do not disturb. */
async function report(options: Options, reporting: Reporting): Promise<void> {
  const { out, err, environment, ledger, tally, ending } = reporting
  const paintOf = ({ columns }: Output): Paint =>
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
