import { z } from 'zod'
import { repositoryName, setName } from '../facts.ts'

/**
 * Which backups of the organisation's data are looked at, and by which program. Every job is one set of data in
 * one repository, both by their names in the registers. What it says is where; whether it is well, only the
 * repository itself says.
 */

const path = z.string().min(2).max(1_000).startsWith('/').refine(isPlain)
/** Programs are these and no others: whoever may write the settings does not thereby choose what is run. */
const programOf = (name: string) =>
  z
    .enum([`/usr/bin/${name}`, `/usr/local/bin/${name}`, `/opt/${name}/bin/${name}`])
    .default(`/usr/bin/${name}`)

/** A mark that the timer sets, and that nobody sets by hand: without it, who began a backup is not known. */
const scheduleMark = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/)
  .nullable()
  .default(null)

const common = {
  set: setName,
  repository: repositoryName,
  /** In so many days all of the repository is read. */
  readDays: z.int().min(1).max(28).default(7),
  /** Brought back each month, if it is not larger; 0: never. */
  restoreBytesMax: z
    .int()
    .min(0)
    .max(2 ** 45)
    .default(10 * 2 ** 30),
  /** A folder for what is brought back, with room; else the one of the machine. It is emptied again. */
  scratch: path.nullable().default(null),
  /** For listing; a reading may take as long as a day. */
  timeoutSeconds: z.int().min(5).max(3_600).default(120),
}

/** On this machine, or reached by the program itself, which asks its own configuration who it is there. */
const remote = (pattern: RegExp) => z.union([path, z.string().max(400).regex(pattern)])

const restic = z.strictObject({
  ...common,
  tool: z.literal('restic'),
  program: programOf('restic'),
  location: remote(/^(sftp:|rest:https:\/\/|s3:https:\/\/)[A-Za-z0-9][^\s\0]*$/),
  passwordFile: path,
  scheduleMark,
  /** Only its snapshots: of this host, with this tag. */
  host: z.string().min(1).max(200).nullable().default(null),
  tag: z.string().min(1).max(100).nullable().default(null),
  /** The packs are read in so many parts, one after another, all of them in `readDays`. */
  parts: z.int().min(1).max(128).default(1),
})

const borg = z.strictObject({
  ...common,
  tool: z.literal('borg'),
  program: programOf('borg'),
  location: remote(/^ssh:\/\/[A-Za-z0-9][^\s\0]*$/),
  passwordFile: path.nullable().default(null),
  /** Of a repository whose key does not lie in it. */
  keyFile: path.nullable().default(null),
  scheduleMark,
  /** Only archives whose name begins so. */
  prefix: z.string().max(100).default(''),
})

/** How a server is asked. Over a network only by TLS, with a certificate that is verified. */
const database = z.strictObject({
  /** A folder of sockets, or a name. */
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65_535).default(5_432),
  name: z.string().min(1).max(63).default('postgres'),
  user: z.string().min(1).max(63),
  passwordFile: path.nullable().default(null),
  caFile: path.nullable().default(null),
})

export type DatabaseSettings = z.infer<typeof database>

const pgbackrest = z.strictObject({
  ...common,
  tool: z.literal('pgbackrest'),
  program: programOf('pgbackrest'),
  /** Its own configuration, with the cipher's password; nobody else may read it. */
  configFile: path.default('/etc/pgbackrest/pgbackrest.conf'),
  stanza: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/),
  repo: z.int().min(1).max(256).default(1),
  scheduleMark,
  /** The living server: how far its log had come at each look. Without it the newest backup is all that is known. */
  database: database.nullable().default(null),
  /** Writes a record without data at each look, so that an idle server's log moves on. */
  beat: z.boolean().default(false),
})

/** Backed up by Okite itself, under the key of its own backups, into a folder of this set alone. */
const ours = {
  ...common,
  to: path,
  /** When a backup begins, in the organisation's zone. */
  times: z
    .array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/))
    .min(1)
    .max(24)
    .default(['00:30', '08:30', '16:30']),
  /** Older backups are taken away; the newest three stay. */
  keepDays: z.int().min(1).max(3_650).default(35),
}

const folder = z.strictObject({ ...ours, tool: z.literal('folder'), folder: path })

const postgresql = z.strictObject({
  ...ours,
  tool: z.literal('postgresql'),
  /** The folder of `pg_dump` and `pg_restore`, not older than the server. */
  programs: z
    .string()
    .regex(/^(\/usr\/bin|\/usr\/local\/bin|\/usr\/lib\/postgresql\/[1-9]\d\/bin)$/)
    .default('/usr/bin'),
  database,
})

export const jobs = z
  .array(z.discriminatedUnion('tool', [restic, borg, pgbackrest, folder, postgresql]))
  .max(200)
  .default([])
  .refine(all => new Set(all.map(keyOf)).size === all.length)

export type Job = z.infer<typeof jobs>[number]
export type ResticJob = Extract<Job, { tool: 'restic' }>
export type BorgJob = Extract<Job, { tool: 'borg' }>
export type PgbackrestJob = Extract<Job, { tool: 'pgbackrest' }>
export type FolderJob = Extract<Job, { tool: 'folder' }>
export type PostgresqlJob = Extract<Job, { tool: 'postgresql' }>
export type OurJob = FolderJob | PostgresqlJob

export function keyOf({ set, repository }: Readonly<{ set: string; repository: string }>): string {
  return `${set} ${repository}`
}

/** No name in it leads elsewhere, or is taken for two. */
function isPlain(text: string): boolean {
  return !/[\0\n]/.test(text) && !text.split('/').some(part => part === '.' || part === '..')
}

/** What is read of a place of ours would else be said of another's, and the other way round. */
export function isOneNameOnePlace(all: {
  jobs: readonly Job[]
  repositories: readonly Readonly<{ name: string }>[]
}): boolean {
  const own = all.repositories.map(({ name }) => name)
  return !all.jobs.some(({ repository }) => own.includes(repository))
}
