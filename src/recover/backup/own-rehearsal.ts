import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findInstance, type RunningInstance } from '../../core/db/instance.ts'
import { codeOf, OkiteError } from '../../core/error.ts'
import type { Instant } from '../../core/fact.ts'
import { provenFact } from '../../core/ledger/proven.ts'
import type { Ports } from '../../core/module.ts'
import type { Integrity } from '../../core/run/integrity.ts'
import { toInstant } from '../../core/time.ts'

/** `answered`: the first right answer; null: there was none. `faults`: what deriving everything again found. */
export type Rehearsed = Readonly<{ answered: Instant | null; faults: number }>

const main = join(import.meta.dirname, '../../main.ts')

/** A start that takes longer is none: the whole restoration may take four hours. */
const startMsMax = 30 * 60_000
/** Deriving a list of some ten million facts again. */
const checkMsMax = 4 * 60 * 60_000
const pollMs = 100
/** The program's own end takes half a minute at the most. */
const endMsMax = 60_000

/**
 * A real start of the program on a folder that was brought back, which collects, sends and publishes nothing.
 * It is asked over HTTP, and for the newest fact with its proof; then it derives everything again. What it
 * answers is laid beside the living list.
 */
export async function rehearse(
  options: Readonly<{ target: string; pos: number }> &
    Pick<Ports, 'reader' | 'clock' | 'log' | 'signal'>,
): Promise<Rehearsed> {
  const { target, pos, clock, log, signal } = options
  const child = spawn(process.execPath, [main, 'start', '--rehearsal', '--data', target], {
    env: environment(),
    // It ends with this program, whose channel it watches, however this one ends.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const ended = new Promise<void>(resolve => {
    child.once('exit', () => resolve()).once('error', () => resolve())
  })
  let answered: Instant | null = null
  try {
    const url = await readyOf(child, ended, signal)
    await requireRight(url, options)
    answered = toInstant(clock.nowMs())
    return { answered, faults: await faultsIn(target, signal) }
  } catch (error) {
    log.error('backup.rehearsal.failed', { pos, code: codeOf(error) })
    return { answered, faults: 1 }
  } finally {
    child.kill('SIGTERM')
    const late = AbortSignal.timeout(endMsMax)
    await Promise.race([ended, new Promise(resolve => late.addEventListener('abort', resolve))])
    child.kill('SIGKILL')
  }
}

/** No setting of the living program goes along, least of all its database; nor how a test was started. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => name === 'OKITE_WEB_OUT' || !/^(OKITE|NODE)_/.test(name),
    ),
  )

/** What it says to people is read for its address, and what it complains of for its code. */
const saidCharsMax = 20_000

async function readyOf(
  child: ChildProcess,
  ended: Promise<void>,
  signal: AbortSignal,
): Promise<string> {
  let [said, complained] = ['', '']
  const ready = new Promise<string>(resolve => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-saidCharsMax)
      const url = /^ready (http:\S+)$/m.exec(said)?.[1]
      if (url !== undefined) resolve(url)
    })
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complained = (complained + text).slice(-saidCharsMax)
  })
  const given = AbortSignal.any([signal, AbortSignal.timeout(startMsMax)])
  const late = new Promise<null>(resolve => {
    given.addEventListener('abort', () => resolve(null))
  })
  const url = await Promise.race([ready, ended.then(() => null), late])
  if (url !== null) return url
  const why = /^okite: ([A-Z_]+)/m.exec(complained)?.[1] ?? 'none'
  throw new OkiteError('REHEARSAL_START', { why })
}

/**
 * Right is what the living list says too: the same leaf, under a proof that its key has signed.
 *
 * @throws OkiteError `REHEARSAL_ANSWER`, and those of `provenFact`
 */
async function requireRight(
  url: string,
  { target, pos, reader, signal }: Parameters<typeof rehearse>[0],
): Promise<void> {
  const page = await fetch(new URL('api/openapi.json', url), { signal })
  await page.body?.cancel()
  const told = (await runningOn(target).ask('POST', '/prove', { pos })) as {
    proven: { leaf: string; proof: string } | null
  }
  const living = await reader.prove(pos)
  if (!page.ok || told.proven === null || told.proven.leaf !== living?.leaf)
    throw new OkiteError('REHEARSAL_ANSWER', { status: page.status })
  await provenFact({ pos, ...told.proven, vkey: (await reader.ledger()).vkey })
}

function runningOn(target: string): RunningInstance {
  const running = findInstance(target)
  if (running === null) throw new OkiteError('REHEARSAL_START', { why: 'gone' })
  return running
}

async function faultsIn(target: string, signal: AbortSignal): Promise<number> {
  const program = runningOn(target)
  await program.ask('POST', '/fsck')
  const deadline = performance.now() + checkMsMax
  for (;;) {
    const { result, running: isAtWork } = (await program.ask('GET', '/fsck')) as {
      result: Integrity | null
      running: boolean
    }
    if (result !== null) {
      const { list, judges, rows, tables, files } = result
      return [
        list.faultCount + (judges.differs === null ? 0 : 1),
        ...[rows.differing, tables.differing, files.missing, files.altered].map(all => all.length),
      ].reduce((sum, count) => sum + count, 0)
    }
    if (!isAtWork || performance.now() > deadline) throw new OkiteError('FSCK_FAILED')
    await sleep(pollMs, undefined, { signal })
  }
}
