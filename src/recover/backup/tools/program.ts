import { spawn } from 'node:child_process'
import { constants, promises as fs } from 'node:fs'
import { OkiteError } from '../../../core/error.ts'

/**
 * Runs a program of somebody else, to hear what it says: an argument array and no shell, an environment of our
 * own, an end in time and size. What it says is not trusted, and that it ended well says nothing yet.
 */

export type Run = Readonly<{
  program: string
  args: readonly string[]
  /** Besides what every program gets. */
  env?: Readonly<Record<string, string>>
  cwd: string
  msMax: number
  /** Of what it says on each of its two ways. */
  bytesMax?: number
  /** A file with a password: the program reads it as descriptor 3, and it stands in no argument. */
  secretFile?: string | null
  /** What it says is handed over piece by piece, of whatever size, and not kept. */
  take?: (bytes: Buffer) => Promise<void>
  signal: AbortSignal
}>

export type Said = Readonly<{ exitCode: number; stdout: string; stderr: string }>

/** A list of ten thousand snapshots is some five megabytes. */
const bytesMaxDefault = 32 * 2 ** 20
/** Between asking it to end and ending it. */
const graceMs = 5_000

/** sbin for ssh and its kind is not needed; nothing else is found. */
const path = '/usr/local/bin:/usr/bin:/bin'

/**
 * @throws OkiteError `BACKUP_TOOL_MISSING`, `BACKUP_TOOL_TIMEOUT`, `BACKUP_TOOL_OUTPUT`, `BACKUP_SECRET_FILE`,
 *   `BACKUP_TOOL_KILLED`
 */
export async function runProgram(options: Run): Promise<Said> {
  const { program, args, env = {}, cwd, msMax, bytesMax = bytesMaxDefault, signal, take } = options
  const secret = options.secretFile ? await openSecret(options.secretFile) : null
  try {
    signal.throwIfAborted()
    const child = spawn(program, [...args], {
      cwd,
      env: { PATH: path, HOME: cwd, TMPDIR: cwd, TZ: 'UTC', LC_ALL: 'C.UTF-8', ...env },
      stdio: ['ignore', 'pipe', 'pipe', secret === null ? 'ignore' : secret.fd],
      // A group of its own, so that what it started ends with it.
      detached: true,
    })
    let refusal: OkiteError | null = null
    const end = (error: OkiteError | null) => {
      refusal ??= error
      killGroup(child.pid, 'SIGTERM')
      setTimeout(() => killGroup(child.pid, 'SIGKILL'), graceMs).unref()
    }
    const timer = setTimeout(
      () =>
        end(new OkiteError('BACKUP_TOOL_TIMEOUT', { program, seconds: Math.round(msMax / 1_000) })),
      msMax,
    )
    const stopped = () => end(null)
    signal.addEventListener('abort', stopped, { once: true })
    const ended = new Promise<{ exitCode: number | null; error: Error | null }>(resolve => {
      child.on('error', error => resolve({ exitCode: null, error }))
      child.on('close', exitCode => resolve({ exitCode, error: null }))
    })
    const tooMuch = () => end(new OkiteError('BACKUP_TOOL_OUTPUT', { program, bytesMax }))
    try {
      const [stdout, stderr] = await Promise.all([
        take === undefined ? gather(child.stdout!, bytesMax, tooMuch) : hand(child.stdout!, take),
        gather(child.stderr!, bytesMax, tooMuch),
      ]).catch(async (error: unknown) => {
        end(null)
        await ended
        throw error
      })
      const { exitCode, error } = await ended
      const refused = refusal as OkiteError | null
      if (refused !== null) throw refused
      signal.throwIfAborted()
      if (error !== null) {
        const why = (error as NodeJS.ErrnoException).code ?? 'unknown'
        throw new OkiteError('BACKUP_TOOL_MISSING', { program, why })
      }
      if (exitCode === null) throw new OkiteError('BACKUP_TOOL_KILLED', { program })
      return { exitCode, stdout, stderr }
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stopped)
    }
  } finally {
    await secret?.close()
  }
}

async function gather(
  stream: NodeJS.ReadableStream,
  bytesMax: number,
  tooMuch: () => void,
): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of stream as AsyncIterable<Buffer>) {
    size += piece.length
    // Read on until it ends, and kept no more: a full pipe would hold it.
    if (size > bytesMax) tooMuch()
    else pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

async function hand(
  stream: NodeJS.ReadableStream,
  take: (bytes: Buffer) => Promise<void>,
): Promise<string> {
  for await (const piece of stream as AsyncIterable<Buffer>) await take(piece)
  return ''
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It has ended.
  }
}

const secretBytesMax = 65_536

/**
 * Opened before it is looked at, so that both are the same file; its owner and a group may read it, others not.
 *
 * @throws OkiteError `BACKUP_SECRET_FILE`
 */
export async function openSecret(path: string): Promise<fs.FileHandle> {
  const refused = (why: string) => new OkiteError('BACKUP_SECRET_FILE', { path, why })
  const file = await fs
    .open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    .catch(error => {
      throw refused(error.code ?? 'unknown')
    })
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw refused('no file')
    if (stat.size > secretBytesMax) throw refused('too large')
    if ((stat.mode & 0o027) !== 0) throw refused('mode')
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The first line of it, as the programs read it. @throws OkiteError `BACKUP_SECRET_FILE` */
export async function readSecret(path: string): Promise<string> {
  const file = await openSecret(path)
  try {
    return (await file.readFile('utf8')).replace(/\r?\n[^]*$/, '')
  } finally {
    await file.close()
  }
}
