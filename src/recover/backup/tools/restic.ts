import { z } from 'zod'
import { OkiteError } from '../../../core/error.ts'
import { runProgram, type Said } from './program.ts'
import type { ResticJob } from './settings.ts'
import {
  compareLines,
  moment,
  newestOf,
  otherSecret,
  type Part,
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
 * restic, 0.14 and later. Nothing is locked and nothing is written: a backup that runs meanwhile is seen or
 * not, and one that is being pruned may read as faulty, until it is read again.
 *
 * `check` ends with 0 when a bit of the data has flipped: it looks at what is listed alone. What is read here is
 * the data (`--read-data`), and it was well only if restic says so in words as well.
 */

const snapshotSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  time: moment,
  hostname: z.string().max(500).default(''),
  tags: z.array(z.string()).max(1_000).nullish(),
  paths: z.array(z.string()).max(10_000),
  /** Since 0.17. */
  summary: z
    .object({
      backup_start: moment,
      backup_end: moment,
      data_added_packed: z.int().nonnegative().optional(),
      data_added: z.int().nonnegative().optional(),
    })
    .nullish(),
})

/** `null` of an empty repository is what older versions say. */
const snapshotsSchema = z.array(snapshotSchema).max(100_000).nullable()

/** Version 1 and 2 of the form of a repository know one cipher. */
const configSchema = z.object({
  version: z.union([z.literal(1), z.literal(2)]),
  id: z.string().regex(/^[0-9a-f]{64}$/),
})

const nodeSchema = z.object({
  struct_type: z.string().optional(),
  type: z.string().optional(),
  path: z.string().optional(),
  size: z.int().nonnegative().optional(),
})

export function openRestic(job: ResticJob, ports: ToolPorts): Tool {
  const { program, location, passwordFile } = job
  const run = async (args: readonly string[], more: { secretFile?: string; msMax?: number } = {}) =>
    runProgram({
      program,
      args: ['--no-lock', '--no-cache', ...args],
      env: { RESTIC_REPOSITORY: location, RESTIC_PASSWORD_FILE: '/dev/fd/3' },
      cwd: ports.scratch,
      msMax: more.msMax ?? job.timeoutSeconds * 1_000,
      secretFile: more.secretFile ?? passwordFile,
      signal: ports.signal,
    })
  const answer = async (args: readonly string[], msMax?: number): Promise<string> => {
    const said = await run(args, { ...(msMax !== undefined && { msMax }) })
    if (said.exitCode !== 0) throw failureOf(job, said)
    return said.stdout
  }
  const isOurs = ({ hostname, tags }: z.infer<typeof snapshotSchema>) =>
    (job.host === null || hostname === job.host) &&
    (job.tag === null || (tags ?? []).includes(job.tag))
  return {
    async look() {
      const all = readJson(program, snapshotsSchema, await answer(['snapshots', '--json'])) ?? []
      const snapshots = all.filter(isOurs).map(one => snapshotOf(one, job))
      return {
        snapshots,
        others: all
          .filter(one => !isOurs(one))
          .map(({ id, hostname, paths }) => ({ id, label: `${hostname}:${paths.join(' ')}` })),
        point: newestOf(snapshots),
      }
    },
    async sealing() {
      const config = await answer(['cat', 'config'])
      readJson(program, configSchema, config)
      const lines = (await answer(['list', 'packs'])).split('\n')
      const objects = lines.filter(line => /^[0-9a-f]{64}$/.test(line)).length
      const secretFile = await otherSecret(ports.scratch)
      const other = await run(['cat', 'config'], { secretFile })
      return sealingOf('AES-256', objects, {
        withKeyBytes: Buffer.byteLength(config),
        withOtherBytes: Buffer.byteLength(other.stdout),
      })
    },
    async read(part) {
      const said = await run(['check', subsetOf(part)], { msMax: readMsMax })
      return readingOf(job, said)
    },
    async bringBack(target, { id, began }) {
      const nodes = readJsonLines(
        program,
        nodeSchema,
        await answer(['ls', id, '--json'], readMsMax),
      )
      const sizeBytes = nodes.reduce((sum, { size = 0 }) => sum + size, 0)
      await requireSpace(target, sizeBytes, job.restoreBytesMax)
      const expected = new Map<string, string>()
      for (const { type, path = '', size = 0 } of nodes) {
        if (type === 'file') expected.set(path.slice(1), `file ${size}`)
        if (type === 'symlink') expected.set(path.slice(1), 'link 0')
      }
      const said = await run(['restore', id, '--target', target, '--verify'], { msMax: readMsMax })
      const found = await walk(target, async (_, kind, sizeBytes) => `${kind} ${sizeBytes}`)
      const verified = Number(/finished verifying (\d+) files/.exec(said.stdout)?.[1] ?? 0)
      const files = [...expected.values()].filter(value => value.startsWith('file')).length
      // Contents are verified by restic, name and size by us; a word too few and none of it counts.
      const isVerified = said.exitCode === 0 && verified === files
      if (!isVerified) found.set('', 'not verified')
      return { ...compareLines(expected, found), point: began }
    },
  }
}

const subsetOf = ({ part, parts }: Part): string =>
  parts === 1 ? '--read-data' : `--read-data-subset=${part}/${parts}`

function snapshotOf(one: z.infer<typeof snapshotSchema>, job: ResticJob): Snapshot {
  const { summary } = one
  return {
    id: one.id,
    began: one.time,
    ended: summary?.backup_end ?? null,
    bytes: summary?.data_added_packed ?? summary?.data_added ?? null,
    isMarked: job.scheduleMark !== null && (one.tags ?? []).includes(job.scheduleMark),
    isFaulty: false,
  }
}

const faultsMax = 20

/**
 * What a check has said of the data. Well: it ended with 0, read data, and says that it found nothing.
 *
 * @throws OkiteError where it did not come to the data
 */
export function readingOf(job: ResticJob, said: Said): Reading {
  const { exitCode, stdout, stderr } = said
  const hasRead = /^read (all data|group #\d+ of \d+ data packs)/m.test(stdout)
  const isWell = exitCode === 0 && hasRead && /^no errors were found$/m.test(stdout)
  if (isWell) return { bytes: null, errors: 0, faults: [] }
  const faults = stderr.split('\n').filter(line => line.trim() !== '' && !/^Fatal: /.test(line))
  const hasBegun = /^check all packs$/m.test(stdout)
  if (!hasBegun) throw failureOf(job, said)
  return {
    bytes: null,
    errors: Math.max(1, faults.length),
    faults: faults.slice(0, faultsMax).map(shown),
  }
}

/** What it says, in our words; its own are in nobody's log. */
function failureOf({ program, repository }: ResticJob, { exitCode, stderr }: Said): OkiteError {
  if (exitCode === 12 || /wrong password or no key found/.test(stderr))
    return new OkiteError('BACKUP_TOOL_SECRET', { repository })
  if (exitCode === 10 || /unable to open config file: (?!.*ciphertext)/.test(stderr))
    return new OkiteError('BACKUP_TOOL_AWAY', { repository })
  return new OkiteError('BACKUP_TOOL_FAILED', { program, repository, exitCode })
}
