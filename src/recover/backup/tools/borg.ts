import { join } from 'node:path'
import { z } from 'zod'
import { OkiteError } from '../../../core/error.ts'
import { openSecret, runProgram, type Said } from './program.ts'
import type { BorgJob } from './settings.ts'
import {
  compareLines,
  hashOfFile,
  moment,
  newestOf,
  otherSecret,
  type Reading,
  readJson,
  readJsonLines,
  readMsMax,
  requireSpace,
  type Snapshot,
  sealingOf,
  shown,
  type Tool,
  type ToolPorts,
  walk,
} from './tool.ts'

/**
 * Borg 1.x. Lists are read without a lock; `check` takes the lock of the repository, so that a backup waits for
 * it, and touches its `config`: without the lock it would call a backup that runs an error.
 *
 * `check` alone compares checksums that anybody can make; `--verify-data` opens every piece under the key.
 */

const listSchema = z.object({
  archives: z
    .array(
      z.object({
        id: z.string().regex(/^[0-9a-f]{64}$/),
        name: z.string().min(1).max(1_000),
        start: moment,
        end: moment.optional(),
        comment: z.string().optional(),
      }),
    )
    .max(100_000),
  encryption: z.object({ mode: z.string().regex(/^[a-z0-9-]{1,40}$/) }),
})

/** As its documentation has them; what is not here is not known. `authenticated` is signed and not encrypted. */
const cipherOfMode: Readonly<Record<string, string>> = {
  repokey: 'AES-256',
  'repokey-blake2': 'AES-256',
  keyfile: 'AES-256',
  'keyfile-blake2': 'AES-256',
  none: 'none',
  authenticated: 'none',
  'authenticated-blake2': 'none',
}

const itemSchema = z.object({
  type: z.string().length(1),
  path: z.string().min(1),
  sha256: z.string().default(''),
  size: z.int().nonnegative().default(0),
  linktarget: z.string().default(''),
  /** A hard link to this path. */
  source: z.string().default(''),
})

const logSchema = z.object({
  type: z.string(),
  message: z.string().default(''),
  levelname: z.string().default(''),
  msgid: z.string().nullish(),
})

const lockWaitSeconds = 60

export function openBorg(job: BorgJob, ports: ToolPorts): Tool {
  const { program, location } = job
  const run = async (
    args: readonly string[],
    more: { secretFile?: string; msMax?: number; cwd?: string } = {},
  ) => {
    if (job.keyFile !== null) await (await openSecret(job.keyFile)).close()
    return runProgram({
      program,
      args: ['--log-json', '--lock-wait', `${lockWaitSeconds}`, ...args],
      env: {
        BORG_REPO: location,
        // It knows no repository here, so that it neither asks nor trusts what it knew of one.
        BORG_BASE_DIR: join(ports.scratch, 'borg'),
        BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
        BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
        BORG_EXIT_CODES: 'modern',
        ...(job.passwordFile !== null && { BORG_PASSPHRASE_FD: '3' }),
        ...(job.keyFile !== null && { BORG_KEY_FILE: job.keyFile }),
      },
      cwd: more.cwd ?? ports.scratch,
      msMax: more.msMax ?? job.timeoutSeconds * 1_000,
      secretFile: more.secretFile ?? job.passwordFile,
      signal: ports.signal,
    })
  }
  const answer = async (args: readonly string[], msMax?: number): Promise<string> => {
    const said = await run(['--bypass-lock', ...args], { ...(msMax !== undefined && { msMax }) })
    if (said.exitCode !== 0) throw failureOf(job, said)
    return said.stdout
  }
  const list = async () =>
    readJson(program, listSchema, await answer(['list', '--json', '--format', '{comment}{end}']))
  // What was broken off stands there under such a name.
  const isWhole = (name: string) => !/\.checkpoint(\.\d+)?$/.test(name)
  const isOurs = (name: string) => name.startsWith(job.prefix)
  return {
    async look() {
      const { archives } = await list()
      const whole = archives.filter(({ name }) => isWhole(name))
      const ours = whole.filter(({ name }) => isOurs(name))
      const snapshots = ours.map(
        ({ id, start, end, comment }): Snapshot => ({
          id,
          began: start,
          ended: end ?? null,
          bytes: null,
          isMarked: job.scheduleMark !== null && comment === job.scheduleMark,
          isFaulty: false,
        }),
      )
      return {
        snapshots,
        others: whole
          .filter(({ name }) => !isOurs(name))
          .map(({ id, name }) => ({ id, label: name })),
        point: newestOf(snapshots),
      }
    },
    async sealing() {
      const text = await answer(['list', '--json'])
      const { archives, encryption } = readJson(program, listSchema, text)
      const secretFile = await otherSecret(ports.scratch)
      const other = await run(['--bypass-lock', 'list', '--json'], { secretFile })
      return sealingOf(cipherOfMode[encryption.mode], archives.length, {
        withKeyBytes: Buffer.byteLength(text),
        withOtherBytes: Buffer.byteLength(other.stdout),
      })
    },
    async read() {
      return readingOf(job, await run(['check', '--verify-data', '--info'], { msMax: readMsMax }))
    },
    async bringBack(target, { id, began }) {
      const { archives } = await list()
      const name = archives.find(one => one.id === id)?.name
      if (name === undefined)
        throw new OkiteError('BACKUP_TOOL_AWAY', { repository: job.repository })
      // Its own SHA-256 of each file, made from what is stored; ours is made from what lies on the disk.
      const format = '{type}{path}{sha256}{size}{linktarget}{source}'
      const lines = await answer(
        ['list', '--json-lines', '--format', format, `::${name}`],
        readMsMax,
      )
      const items = readJsonLines(program, itemSchema, lines)
      const sizeBytes = items.reduce((sum, { size }) => sum + size, 0)
      await requireSpace(target, sizeBytes, job.restoreBytesMax)
      const said = await run(['--bypass-lock', 'extract', `::${name}`], {
        ...{ cwd: target, msMax: readMsMax },
      })
      const hashes = new Map(items.map(({ path, sha256 }) => [path, sha256]))
      const expected = new Map<string, string>()
      for (const { type, path, sha256, source } of items) {
        if (type === 'l') expected.set(path, 'link')
        if (type === '-') expected.set(path, sha256)
        if (type === 'h') expected.set(path, hashes.get(source) ?? '')
      }
      const found = await walk(target, async (path, kind) =>
        kind === 'link' ? 'link' : hashOfFile(path),
      )
      if (said.exitCode !== 0) found.set('', 'not extracted')
      return { ...compareLines(expected, found), point: began }
    },
  }
}

const faultsMax = 20

/**
 * What a check has said of the data. Well: it ended with 0, says so of repository, pieces and archives, and
 * warned of nothing.
 *
 * @throws OkiteError where it did not come to the data
 */
export function readingOf(job: BorgJob, said: Said): Reading {
  const lines = logOf(job, said)
  const has = (pattern: RegExp) => lines.some(({ message }) => pattern.test(message))
  const faults = lines.filter(({ levelname }) => /^(WARNING|ERROR|CRITICAL)$/.test(levelname))
  const isWell =
    said.exitCode === 0 &&
    faults.length === 0 &&
    has(/^Finished full repository check, no problems found/) &&
    has(/verified \d+ chunks with 0 integrity errors/) &&
    has(/^Archive consistency check complete, no problems found/)
  if (isWell) return { bytes: null, errors: 0, faults: [] }
  const hasBegun =
    has(/^Starting repository check/) && !faults.some(({ msgid }) => isOurFault(msgid))
  if (!hasBegun) throw failureOf(job, said)
  const shownFaults = faults.slice(0, faultsMax).map(({ message }) => shown(message))
  return { bytes: null, errors: Math.max(1, faults.length), faults: shownFaults }
}

/** Lines that are no JSON are of a program that it starts: they say nothing that we know. */
const logOf = ({ program }: BorgJob, { stderr }: Said) =>
  readJsonLines(
    program,
    logSchema,
    stderr
      .split('\n')
      .filter(line => line.startsWith('{'))
      .join('\n'),
  )

const isOurFault = (msgid: string | null | undefined): boolean =>
  /^(PassphraseWrong|Repository\.(DoesNotExist|InvalidRepository)|Lock|ConnectionClosed)/.test(
    msgid ?? '',
  )

/** What it says, in our words; its own are in nobody's log. */
function failureOf(job: BorgJob, said: Said): OkiteError {
  const { program, repository } = job
  const ids = logOf(job, said).map(({ msgid }) => msgid ?? '')
  if (ids.some(id => /^(PassphraseWrong|NoPassphraseFailure|KeyfileNotFound)/.test(id)))
    return new OkiteError('BACKUP_TOOL_SECRET', { repository })
  if (ids.some(id => /^(Repository\.(DoesNotExist|InvalidRepository)|ConnectionClosed)/.test(id)))
    return new OkiteError('BACKUP_TOOL_AWAY', { repository })
  return new OkiteError('BACKUP_TOOL_FAILED', { program, repository, exitCode: said.exitCode })
}
