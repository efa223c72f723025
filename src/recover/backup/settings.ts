import { z } from 'zod'
import { medium, repositoryName, siteName } from './facts.ts'
import { jobs } from './tools/settings.ts'

const path = z.string().min(1).max(4_096).startsWith('/')
const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)

/** TLS, but on this very machine: what is sent is sealed, who signs it is not hidden otherwise. */
const endpoint = z
  .string()
  .max(300)
  .refine(text => {
    const url = URL.parse(text)
    if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false
    if (url.pathname !== '/' || url.search !== '') return false
    return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
  })

/** A bucket of a store that speaks S3. */
const s3 = z.strictObject({
  endpoint,
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/)
    .default('us-east-1'),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
  /** Before every name, with `/` after it: several installations may share a bucket. */
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}(\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}){0,5}$/)
    .optional(),
  /** The bucket in the path and not in the name of the host. */
  pathStyle: z.boolean().default(false),
  /** Readable by its owner alone; without it the environment is asked. Never a secret in the settings. */
  credentialsFile: path.optional(),
  /** Certificates, in PEM, of who vouches for the endpoint, beside those that the runtime knows. */
  certificatesFile: path.optional(),
  /** For a restore: the bucket as it stood then, whatever was laid over it since. */
  asOf: z.iso.datetime({ precision: 3 }).optional(),
  /** Each object is held against everybody for so long (S3 Object Lock). */
  lock: z
    .strictObject({
      mode: z.enum(['COMPLIANCE', 'GOVERNANCE']),
      // Looked after once a day and renewed when half of it is over: a week without us changes nothing.
      days: z.int().min(14).max(3_650),
    })
    .optional(),
})

/** A folder on a host that speaks SFTP. */
const sftp = z.strictObject({
  host: z.string().regex(/^[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}$/),
  port: z.int().min(1).max(65_535).default(22),
  user: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$/),
  /** A private key without a passphrase, readable by its owner alone. */
  keyFile: path,
  /** Kind and key, as a line of known_hosts has them: with any other host nothing is spoken. */
  hostKey: z
    .string()
    .max(2_000)
    .regex(/^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/]{40,1900}={0,2}$/),
  folder: path,
})

/** A place for backups: one of a folder, a bucket, and a folder of another host. */
export const repositorySettings = z
  .strictObject({
    name: repositoryName,
    /** A folder that is there, on a disk or a share of its own. */
    folder: path.optional(),
    s3: s3.optional(),
    sftp: sftp.optional(),
    medium,
    /** The number of the site in the register of assets. */
    site: siteName,
  })
  .refine(
    ({ folder, s3, sftp }) => [folder, s3, sftp].filter(one => one !== undefined).length === 1,
  )

export type RepositorySettings = z.infer<typeof repositorySettings>

/** Where Okite's own data are backed up. Without a repository nothing is, and the controls say so. */
export const settings = z.strictObject({
  /** Backups of the organisation's data, each looked at by its own program. */
  jobs,
  /** Where the living data are: the number of the site in the register of assets. */
  site: siteName.default('here'),
  repositories: z
    .array(repositorySettings)
    .max(8)
    .default([])
    .refine(all => new Set(all.map(({ name }) => name)).size === all.length),
  /** When a backup of everything begins, in the organisation's zone. */
  times: z
    .array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/))
    .min(1)
    .max(24)
    .default(['00:30', '08:30', '16:30']),
  /** Older backups are taken away; the newest three stay whatever their age. */
  keepDays: z.int().min(1).max(3_650).default(35),
})

export type BackupSettings = z.infer<typeof settings>

/** The name of Okite's own data among the sets. */
export const ownSet = 'okite'
