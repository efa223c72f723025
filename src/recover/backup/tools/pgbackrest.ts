import { z } from 'zod'
import { OkiteError } from '../../../core/error.ts'
import { type LogMark, newestCovered } from './log-marks.ts'
import { readManifest } from './pgbackrest-manifest.ts'
import { openSecret, runProgram, type Said } from './program.ts'
import type { PgbackrestJob } from './settings.ts'
import {
  type Back,
  compareLines,
  hashOfFile,
  type Reading,
  readJson,
  readMsMax,
  requireSpace,
  type Snapshot,
  sealingOf,
  seconds,
  type Tool,
  type ToolPorts,
  walk,
} from './tool.ts'

/**
 * pgBackRest, 2.45 and later. Nothing is locked or written. `verify` ends with 0 whatever it finds: what counts
 * is what it says of every backup and of the log, and a word that we do not know is no good word.
 */

const segment = z.string().regex(/^[0-9A-F]{24}$/)
const status = z.object({ code: z.int(), message: z.string().default('') })

const infoSchema = z
  .array(
    z.object({
      name: z.string().min(1).max(200),
      status,
      archive: z
        .array(
          z.object({
            database: z.object({ id: z.int(), 'repo-key': z.int() }),
            min: segment.nullable(),
            max: segment.nullable(),
          }),
        )
        .max(1_000),
      backup: z
        .array(
          z.object({
            label: z.string().regex(/^\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?$/),
            annotation: z.record(z.string(), z.string()).optional(),
            database: z.object({ 'repo-key': z.int() }),
            error: z.boolean().default(false),
            info: z.object({ repository: z.object({ delta: z.int().nonnegative().optional() }) }),
            timestamp: z.object({ start: seconds, stop: seconds }),
          }),
        )
        .max(100_000),
      db: z
        .array(z.object({ id: z.int(), 'repo-key': z.int(), 'system-id': z.number() }))
        .max(1_000),
      repo: z.array(z.object({ key: z.int(), cipher: z.string().max(40), status })).max(256),
    }),
  )
  .max(1_000)

const listBytesMax = 32 * 2 ** 20
/** A million files. */
const manifestBytesMax = 256 * 2 ** 20

type Stanza = z.infer<typeof infoSchema>[number]

const cipherNames: Readonly<Record<string, string>> = { 'aes-256-cbc': 'AES-256', none: 'none' }

type RunPgbackrest = (
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
  msMax?: number,
  bytesMax?: number,
) => Promise<Said>

/** @param marks how far the living server's log had come at earlier looks; null: it is not asked */
export function openPgbackrest(
  job: PgbackrestJob,
  ports: ToolPorts,
  marks: readonly LogMark[] | null,
): Tool {
  const { program, repository, stanza: name, repo } = job
  const run: RunPgbackrest = async (
    args,
    env = {},
    msMax = job.timeoutSeconds * 1_000,
    bytesMax = listBytesMax,
  ) => {
    // It holds the password of the repository.
    await (await openSecret(job.configFile)).close()
    return runProgram({
      program,
      args: [
        ...[`--config=${job.configFile}`, `--log-path=${ports.scratch}`],
        ...['--log-level-file=off', '--log-level-console=off', '--log-level-stderr=error', ...args],
      ],
      ...{ env, msMax, bytesMax, cwd: ports.scratch, signal: ports.signal },
    })
  }
  const info = async (): Promise<readonly Stanza[]> => {
    const said = await run([`--repo=${repo}`, 'info', '--output=json'])
    if (said.exitCode !== 0) throw failureOf(job, said)
    return readJson(program, infoSchema, said.stdout)
  }
  /** @throws OkiteError where there is none, or it cannot be opened */
  const ours = (all: readonly Stanza[]): Stanza => {
    const found = all.find(one => one.name === name)
    const here = found?.repo.find(({ key }) => key === repo)
    if (found === undefined || here === undefined || [1, 3].includes(here.status.code))
      throw new OkiteError('BACKUP_TOOL_AWAY', { repository })
    // 2: it has no backup yet, which is no failure to look. 99 is what it says of a key that does not fit.
    if (here.status.code === 99 && /FormatError|CryptoError/.test(here.status.message))
      throw new OkiteError('BACKUP_TOOL_SECRET', { repository })
    if (![0, 2, 4].includes(here.status.code))
      throw new OkiteError('BACKUP_TOOL_FAILED', {
        program,
        repository,
        exitCode: here.status.code,
      })
    return found
  }
  return {
    async look() {
      const all = await info()
      const found = ours(all)
      const backups = found.backup.filter(one => one.database['repo-key'] === repo)
      const snapshots = backups.map(
        ({ label, timestamp, info, annotation, error }): Snapshot => ({
          id: label,
          began: timestamp.start,
          ended: timestamp.stop,
          bytes: info.repository.delta ?? null,
          isMarked: job.scheduleMark !== null && annotation?.['trigger'] === job.scheduleMark,
          isFaulty: error,
        }),
      )
      const good = snapshots.filter(({ isFaulty }) => !isFaulty)
      const newest =
        good
          .map(({ ended }) => ended ?? '')
          .sort()
          .at(-1) ?? null
      const covered = marks === null ? null : newestCovered(marks, archivesOf(found, repo))
      return {
        snapshots,
        others: all
          .filter(one => one.name !== name && one.backup.length > 0)
          .map(one => ({ id: one.name, label: one.name })),
        // The log leads on from a backup; without one it leads nowhere.
        point: newest === null || covered === null || covered < newest ? newest : covered,
      }
    },
    async sealing() {
      const found = ours(await info())
      const backups = found.backup.filter(one => one.database['repo-key'] === repo)
      const cipher = found.repo.find(({ key }) => key === repo)?.cipher ?? ''
      const env = { [`PGBACKREST_REPO${repo}_CIPHER_PASS`]: 'another password' }
      // What it says then is no JSON: it quotes what it could not read. A label can stand there only if it was read.
      const { stdout } = await run([`--repo=${repo}`, 'info', '--output=json'], env)
      const hasOpened = backups.some(({ label }) => stdout.includes(label))
      return sealingOf(cipherNames[cipher], backups.length, {
        withKeyBytes: Buffer.byteLength(JSON.stringify(backups)),
        withOtherBytes: hasOpened ? Buffer.byteLength(stdout) : 0,
      })
    },
    async read() {
      const found = ours(await info())
      const bytes = found.backup
        .filter(one => one.database['repo-key'] === repo)
        .reduce((sum, one) => sum + (one.info.repository.delta ?? 0), 0)
      const args = [`--repo=${repo}`, `--stanza=${name}`, 'verify', '--output=text', '--verbose']
      const said = await run(args, {}, readMsMax)
      if (said.exitCode !== 0) throw failureOf(job, said)
      const labels = found.backup.map(({ label }) => label)
      return { ...readingOf(job, said.stdout, labels), bytes }
    },
    bringBack: (target, newest) => bringBack(job, ports, run, target, newest),
  }
}

/** Out of the repository into a folder, without a server: each file is laid beside the backup's own list. */
async function bringBack(
  job: PgbackrestJob,
  ports: ToolPorts,
  run: RunPgbackrest,
  target: string,
  { id, began }: Snapshot,
): Promise<Back> {
  const { program, stanza: name, repo } = job
  // What is read here holds a key: it is kept nowhere.
  const path = `backup/${name}/${id}/backup.manifest`
  const said = await run([`--repo=${repo}`, 'repo-get', path], {}, readMsMax, manifestBytesMax)
  if (said.exitCode !== 0) throw failureOf(job, said)
  const files = readManifest(program, said.stdout)
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  await requireSpace(target, sizeBytes, job.restoreBytesMax)
  const restore = [
    ...[`--repo=${repo}`, `--stanza=${name}`, `--set=${id}`, `--pg1-path=${target}`],
    // On this machine and nowhere else, into this folder alone, and no server will start on it.
    ...['--reset-pg1-host', `--tablespace-map-all=${ports.scratch}/tablespaces`],
    ...['--type=none', '--archive-mode=off', `--lock-path=${ports.scratch}`, 'restore'],
  ]
  const ended = await run(restore, {}, readMsMax)
  const expected = new Map(files.map(file => [file.path, file.sha1]))
  const found = await walk(target, async path => hashOfFile(path, 'sha1'))
  for (const path of found.keys()) if (!expected.has(path)) found.delete(path)
  if (ended.exitCode !== 0) found.set('', 'not restored')
  return { ...compareLines(expected, found), point: began }
}

/** The newest finished segment of each database that the repository has the log of. */
function archivesOf({ archive, db }: Stanza, repo: number) {
  return archive.flatMap(({ database, max }) => {
    const system = db.find(one => one.id === database.id && one['repo-key'] === repo)
    return database['repo-key'] === repo && max !== null && system !== undefined
      ? [{ system: system['system-id'], max }]
      : []
  })
}

const countsLine = /^missing: (\d+), checksum invalid: (\d+), size invalid: (\d+), other: (\d+)$/
const walLine = /^archiveId: \S+, total WAL checked: (\d+), total valid WAL: (\d+)$/
const backupLine =
  /^backup: (\S+), status: ([a-z ]+), total files checked: (\d+), total valid files: (\d+)$/

/**
 * What `verify` says, line by line. Well: `status: ok`, no count of anything wrong, everything that was checked
 * valid, and every backup that is listed among what was checked.
 *
 * @throws OkiteError `BACKUP_TOOL_FORM` of a line that is not known
 */
export function readingOf(
  { program, stanza }: Pick<PgbackrestJob, 'program' | 'stanza'>,
  text: string,
  labels: readonly string[],
): Omit<Reading, 'bytes'> {
  const unknown = (field: string) => new OkiteError('BACKUP_TOOL_FORM', { program, field })
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  if (lines[0] !== `stanza: ${stanza}`) throw unknown('stanza')
  const [, isOk] = /^status: (ok|error)$/.exec(lines[1] ?? '') ?? []
  if (isOk === undefined) throw unknown('status')
  const faults: string[] = []
  const checked = new Set<string>()
  let errors = 0
  let about = stanza
  for (const line of lines.slice(2)) {
    const wal = walLine.exec(line)
    const backup = backupLine.exec(line)
    const counts = countsLine.exec(line)
    if (wal) {
      about = 'archive'
      errors += shortBy(wal[1], wal[2])
      if (shortBy(wal[1], wal[2]) > 0) faults.push(about)
    } else if (backup) {
      about = backup[1] ?? ''
      if (Number(backup[3]) > 0 && backup[2] === 'valid') checked.add(about)
      errors += shortBy(backup[3], backup[4])
      if (backup[2] !== 'valid' || backup[3] !== backup[4]) faults.push(about)
    } else if (counts) {
      // What is missing was not checked, and is counted nowhere else.
      errors += Number(counts[1])
      if (counts.slice(1).some(count => count !== '0')) faults.push(about)
    } else if (/^No usable (backup|archive)\.info file$/.test(line)) {
      errors += 1
      faults.push(line)
    } else if (
      /^(checksum invalid|size invalid|other): \d+(, (size invalid|other): \d+)*$/.test(line)
    ) {
      // Without `--verbose` only what is not nought is said, of files that are short above.
      faults.push(about)
    } else throw unknown(line.slice(0, 80))
  }
  const unseen = labels.filter(label => !checked.has(label))
  faults.push(...unseen)
  errors = Math.max(errors, faults.length > 0 || isOk === 'error' ? 1 : 0)
  return { errors, faults: [...new Set(faults)].slice(0, 20) }
}

const shortBy = (all: string | undefined, valid: string | undefined): number =>
  Math.max(0, Number(all) - Number(valid))

/** What it says, in our words; its own are in nobody's log. */
function failureOf({ program, repository }: PgbackrestJob, { exitCode, stderr }: Said): OkiteError {
  // 55: a file is missing, which its configuration may be; 95: it cannot decrypt; 32: no such repository.
  if (exitCode === 95) return new OkiteError('BACKUP_TOOL_SECRET', { repository })
  if (exitCode === 32 || exitCode === 55 || /unable to (open|list)/.test(stderr))
    return new OkiteError('BACKUP_TOOL_AWAY', { repository })
  return new OkiteError('BACKUP_TOOL_FAILED', { program, repository, exitCode })
}
