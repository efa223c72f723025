import { z } from 'zod'
import { medium, repositoryName, siteName } from './facts.ts'
import { jobs } from './tools/settings.ts'

/** Where Okite's own data are backed up. Without a repository nothing is, and the controls say so. */
export const settings = z.strictObject({
  /** Backups of the organisation's data, each looked at by its own program. */
  jobs,
  /** Where the living data are: the number of the site in the register of assets. */
  site: siteName.default('here'),
  repositories: z
    .array(
      z.strictObject({
        name: repositoryName,
        /** A folder that is there, on a disk or a share of its own. */
        folder: z.string().min(1).max(4_096).startsWith('/'),
        medium,
        /** The number of the site in the register of assets. */
        site: siteName,
      }),
    )
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
