import { createHash, randomBytes } from 'node:crypto'
import { promises as fs } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { OkiteError } from '../../../core/error.ts'
import type { Instant } from '../../../core/fact.ts'
import type { Log } from '../../../core/log.ts'
import { type Clock, toInstant } from '../../../core/time.ts'

/** A backup that stands in a repository, as its program lists it. */
export type Snapshot = Readonly<{
  id: string
  /** The state of the data that it holds. */
  began: Instant
  /** null: the program does not say. */
  ended: Instant | null
  bytes: number | null
  /** It bears the mark that only the schedule sets. */
  isMarked: boolean
  /** The program itself says that something in it is wrong. */
  isFaulty: boolean
}>

export type Look = Readonly<{
  snapshots: readonly Snapshot[]
  /** What else stands there: by an identity within the repository, and as people know it. */
  others: readonly Readonly<{ id: string; label: string }>[]
  /** The newest state that can be brought back; null: none. */
  point: Instant | null
}>

/**
 * `objects`: things that the program says are encrypted so; `unread`: of which it does not say how; `trial`: what
 * the key opened, and what another one did; null: there was nothing to try.
 */
export type Sealing = Readonly<{
  ciphers: readonly Readonly<{ cipher: string; objects: number }>[]
  unread: number
  trial: Trial | null
}>

/** @param cipher what we call it; undefined: a word of the program that we do not know */
export function sealingOf(cipher: string | undefined, objects: number, trial: Trial): Sealing {
  if (objects === 0) return { ciphers: [], unread: 0, trial: null }
  if (cipher === undefined) return { ciphers: [], unread: objects, trial }
  return { ciphers: [{ cipher, objects }], unread: 0, trial }
}

/** The state of the data that the newest backup without a fault holds. */
export function newestOf(snapshots: readonly Snapshot[]): Instant | null {
  const good = snapshots.filter(({ isFaulty }) => !isFaulty)
  return good
    .map(({ began }) => began)
    .reduce((a: Instant | null, b) => (a !== null && a > b ? a : b), null)
}

/** What a reading of the data found; `faults` names some of what was wrong. */
export type Reading = Readonly<{
  bytes: number | null
  errors: number
  faults: readonly string[]
}>

export type Trial = Readonly<{ withKeyBytes: number; withOtherBytes: number }>

/** What came back beside what should: `point` is the state of the data that it was. */
export type Back = Readonly<{
  point: Instant
  items: number
  differing: number
  expected: string
  found: string
}>

export type Part = Readonly<{ part: number; parts: number }>

/** A repository in which one set of data is backed up, through the program that does it. */
export type Tool = Readonly<{
  look(): Promise<Look>
  /** How what is stored is encrypted, and a trial with the key and with another one. */
  sealing(): Promise<Sealing>
  /** Reads what is stored and not only the lists of it. */
  read(part: Part): Promise<Reading>
  /** Brings the newest backup back into a folder of its own, and compares what came with what went. */
  bringBack(target: string, newest: Snapshot): Promise<Back>
}>

export type ToolPorts = Readonly<{
  clock: Clock
  log: Log
  signal: AbortSignal
  /** A folder of this run alone, which is taken away after it. */
  scratch: string
}>

/** A reading of some terabytes. */
export const readMsMax = 24 * 60 * 60_000

/** What was brought back is the organisation's data in the clear: a folder of our own, gone whatever happens. */
export async function withScratch<T>(
  below: string | null,
  work: (scratch: string) => Promise<T>,
): Promise<T> {
  const scratch = await fs.mkdtemp(join(below ?? tmpdir(), 'okite-backup-'))
  try {
    return await work(scratch)
  } finally {
    await fs.rm(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** A password that nobody has, for the trial that it opens nothing. */
export async function otherSecret(scratch: string): Promise<string> {
  const path = join(scratch, 'other')
  await fs.writeFile(path, `${randomBytes(16).toString('hex')}\n`, { mode: 0o600 })
  return path
}

/** @throws OkiteError `BACKUP_SPACE` before anything is written */
export async function requireSpace(target: string, sizeBytes: number, max: number): Promise<void> {
  const { bavail, bsize } = await fs.statfs(target)
  // As much again stays free for others.
  if (sizeBytes > max || sizeBytes * 2 > bavail * bsize)
    throw new OkiteError('BACKUP_SPACE', { path: target, sizeBytes })
}

/**
 * What a program says, as the form that we know. Fields that we do not ask for may come and go.
 *
 * @throws OkiteError `BACKUP_TOOL_FORM` where it is cut off, or of a form that we do not know
 */
export function readJson<S extends z.ZodType>(
  program: string,
  schema: S,
  text: string,
): z.infer<S> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new OkiteError('BACKUP_TOOL_FORM', { program, field: '' }, { cause })
  }
  const found = schema.safeParse(value)
  if (found.success) return found.data
  const field = found.error.issues[0]?.path.join('.').slice(0, 80) ?? ''
  throw new OkiteError('BACKUP_TOOL_FORM', { program, field })
}

/** Lines of JSON, each complete. @throws OkiteError `BACKUP_TOOL_FORM` */
export const readJsonLines = <S extends z.ZodType>(
  program: string,
  schema: S,
  text: string,
): z.infer<S>[] =>
  text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => readJson(program, schema, line))

/** A time with its zone, or one of UTC, in which the programs are run; to the millisecond, rounded down. */
export const moment = z
  .string()
  .max(60)
  .transform((text, context): Instant => {
    const stamp = /[Zz]$|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`
    try {
      return toInstant(Temporal.Instant.from(stamp).epochMilliseconds)
    } catch {
      context.addIssue({ code: 'custom', message: 'no time' })
      return z.NEVER
    }
  })

export const seconds = z
  .int()
  .nonnegative()
  .max(100_000_000_000)
  .transform(count => toInstant(count * 1_000))

/** Names in a fact are short and of printable letters. */
export const shown = (text: string): string =>
  text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 80) || '?'

/** Lines of both sides laid beside each other by their first word, and the hash of each side. */
export function compareLines(
  expected: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): Omit<Back, 'point'> {
  const differing = [...expected].filter(([name, value]) => found.get(name) !== value).length
  const more = [...found.keys()].filter(name => !expected.has(name)).length
  const hash = (lines: ReadonlyMap<string, string>) => {
    const digest = createHash('sha256')
    for (const name of [...lines.keys()].sort())
      digest.update(JSON.stringify([name, lines.get(name)]))
    return digest.digest('hex')
  }
  return {
    items: expected.size,
    differing: differing + more,
    expected: hash(expected),
    found: hash(found),
  }
}

/** Every file and link below a folder, by its path: what `of` says of it. */
export async function walk(
  root: string,
  of: (path: string, kind: 'file' | 'link', sizeBytes: number) => Promise<string>,
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const stack = ['']
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    for (const entry of await fs.readdir(join(root, at), { withFileTypes: true })) {
      const below = at === '' ? entry.name : `${at}/${entry.name}`
      const path = join(root, below)
      if (entry.isDirectory()) stack.push(below)
      else if (entry.isSymbolicLink()) found.set(below, await of(path, 'link', 0))
      else if (entry.isFile()) found.set(below, await of(path, 'file', (await fs.lstat(path)).size))
    }
  }
  return found
}

export async function hashOfFile(path: string, algorithm = 'sha256'): Promise<string> {
  const file = await fs.open(path, 'r')
  try {
    const digest = createHash(algorithm)
    for await (const piece of file.createReadStream({ autoClose: false })) digest.update(piece)
    return digest.digest('hex')
  } finally {
    await file.close()
  }
}
