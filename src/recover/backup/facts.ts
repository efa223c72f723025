import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact } from '../../core/fact.ts'
import { importBegun, importEnded } from '../../core/register/import-facts.ts'

/**
 * The fact types of `recover.backup`: which data are protected, where backups are kept, what the jobs
 * did, and what was found when backups were read: of Okite's own data, and of the organisation's as
 * the programs that back them up answer.
 */

const module = 'recover.backup'

/** A set of data that is backed up as one: a database, a volume, a bucket. */
const set = z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,79}$/)
/** A place in which backups stand: one medium on one site. */
const repository = z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,79}$/)
/** The number of the site in the register of assets. */
const site = z.string().min(1).max(60)
const media = z.enum(['disk', 'flash', 'tape', 'optical', 'object-store'])

export { media as medium, repository as repositoryName, set as setName, site as siteName }

const count = z.int().nonnegative()
const instant = z.iso.datetime({ precision: 3 })
/** A code of errors.md, or what the backup program calls it. */
const fault = z.string().regex(/^[A-Za-z0-9_]{1,60}$/)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const part = { part: z.int().positive(), parts: z.int().positive() }
const beside = { unlisted: count, isDeclared: z.boolean(), hash: sha256 }

/** By which a set is backed up; `other`: by something that Okite does not read. */
const tool = z.enum(['restic', 'borg', 'pgbackrest', 'folder', 'postgresql', 'other'])

/**
 * A set must be protected. `service`: what stands on it; `site`: where the living data are; `tool`: what
 * backs it up, as people say it.
 */
export const setListed = defineFact('backup.set.listed', {
  module,
  draft: true,
  slots: ['by'],
  // Of Okite's own data the settings say it.
  trusts: ['record', 'instrument'],
  keys: f => [f.body.set],
  schema: z.strictObject({
    set,
    service: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/)
      .nullable(),
    site,
    tool: tool.nullable().optional(),
  }),
})

export const setRemoved = defineFact('backup.set.removed', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  trusts: ['record'],
  keys: f => [f.body.set],
  schema: z.strictObject({ set }),
})

/** A named person declares the list of protected sets complete as it stands. */
export const setsDeclared = defineFact('backup.set.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ sets: count, hash: sha256 }),
})

/** Databases, volumes and buckets that their servers know were laid beside the list, in parts. */
export const setsCompared = defineFact('backup.set.list.compared', {
  module,
  slots: ['by'],
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({ ...part, seen: z.array(set).max(64), ...beside }),
})

/** A repository is in use. It is said anew when it moves; its medium and site are as declared. */
export const repositoryListed = defineFact('backup.repository.listed', {
  module,
  draft: true,
  slots: ['by'],
  // Of Okite's own data the settings say it.
  trusts: ['record', 'instrument'],
  keys: f => [f.body.repository],
  schema: z.strictObject({ repository, medium: media, site }),
})

export const repositoryRemoved = defineFact('backup.repository.removed', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  // Of Okite's own data the settings say it.
  trusts: ['record', 'instrument'],
  keys: f => [f.body.repository],
  schema: z.strictObject({ repository }),
})

/** A named person declares the list of repositories complete as it stands. */
export const repositoriesDeclared = defineFact('backup.repository.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ repositories: count, hash: sha256 }),
})

/** The targets that backup jobs are set up to write to were laid beside the list, in parts. */
export const repositoriesCompared = defineFact('backup.repository.list.compared', {
  module,
  slots: ['by'],
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({ ...part, seen: z.array(repository).max(64), ...beside }),
})

/**
 * A job ended: who started it, what its program answered, which snapshot stands there since, and by which
 * name it failed. Where only the snapshot was found, nobody heard the answer (null), and who began it is known
 * by a mark of the schedule alone; a snapshot that its own program calls faulty is none.
 */
export const runEnded = defineFact('backup.run.ended', {
  module,
  trusts: ['instrument'],
  keys: f => [f.body.set],
  schema: z.strictObject({
    set,
    repository,
    trigger: z.enum(['schedule', 'person', 'unknown']),
    began: instant,
    exitCode: z.int().nullable(),
    snapshot: z.string().min(1).max(80).nullable(),
    /** Null: the program does not say. */
    bytes: count.nullable(),
    fault: fault.nullable().optional(),
  }),
})

/**
 * The newest copy of a set in a repository was read back from its medium, not merely listed. `point`:
 * the state of the data that it holds; `errors`: blocks that did not match their checksums, or 1 where there
 * was nothing to read; `fault`: the name of the first of them.
 */
export const copyRead = defineFact('backup.copy.read', {
  module,
  trusts: ['instrument'],
  keys: f => [f.body.set],
  schema: z.strictObject({
    ...{ set, repository, point: instant, bytes: count.nullable(), errors: count },
    fault: fault.nullable().optional(),
  }),
})

/** One part of a repository that is read in turns was read; the copy was, once all of them were. */
export const partRead = defineFact('backup.part.read', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.set],
  schema: z.strictObject({
    set,
    repository,
    part: z.int().positive(),
    parts: z.int().positive(),
    /** The newest state that stood there before it was read. */
    point: instant,
    bytes: count.nullable(),
    errors: count,
  }),
})

/**
 * An object was put into a repository and, with the credentials of the very client that makes the backups,
 * everything was tried to do away with it. `isRefused`: its bytes could still be read afterwards, whatever
 * was answered. A marker that hides an object has deleted nothing.
 */
export const deletionTried = defineFact('backup.deletion.tried', {
  module,
  trusts: ['instrument'],
  keys: f => [f.body.repository],
  schema: z.strictObject({
    repository,
    isRefused: z.boolean(),
    attempts: z
      .array(
        z.strictObject({
          how: z.enum(['overwrite', 'remove', 'remove-version', 'bypass', 'shorten']),
          answer: z.enum(['refused', 'done']),
        }),
      )
      .max(10),
  }),
})

/**
 * What the newest backup of a repository needs was looked at: until when each object is held, and what was
 * held for longer. `loose`: objects that are not held, or could not be held for longer; `until`: the first
 * of the others that ends, null: there is none.
 */
export const retentionExtended = defineFact('backup.retention.extended', {
  module,
  trusts: ['instrument'],
  keys: f => [f.body.repository],
  schema: z.strictObject({
    repository,
    objects: count,
    extended: count,
    loose: count,
    until: instant.nullable(),
    fault: fault.nullable(),
  }),
})

/**
 * A repository could not be looked at, read or tried, or a backup of ours was not made: why, by the code of
 * the error; or reading found something wrong, which `fault` names.
 */
export const jobFailed = defineFact('backup.job.failed', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.set],
  schema: z.strictObject({
    set,
    repository,
    step: z.enum(['list', 'read', 'restore', 'backup']),
    code: z.string().regex(/^[A-Za-z0-9_]{1,60}$/),
    fault: z.string().min(1).max(80).nullable(),
  }),
})

/**
 * The newest state to which a set could be brought back now, by whatever means: snapshot, archived
 * log, replica. Said anew every few minutes, whether or not it has moved.
 */
export const pointSeen = defineFact('backup.point.seen', {
  module,
  trusts: ['instrument'],
  keys: f => [f.body.set],
  schema: z.strictObject({ set, point: instant }),
})

/**
 * How the objects of a repository are encrypted, as their own headers say, and what a trial showed:
 * how many bytes could be read with the key, and how many with another one.
 */
export const cipherRead = defineFact('backup.cipher.read', {
  module,
  trusts: ['instrument'],
  keys: f => [f.body.repository],
  schema: z.strictObject({
    repository,
    ciphers: z
      .array(
        z.strictObject({
          /** `AES-256`; `none` where an object is not encrypted. */
          cipher: z.string().regex(/^[A-Za-z0-9-]{1,40}$/),
          objects: z.int().positive(),
        }),
      )
      .max(16),
    /** Objects whose header could not be read. */
    unread: count,
    trial: z.strictObject({ withKeyBytes: count, withOtherBytes: count }).nullable(),
  }),
})

/** Millionths of a degree, north and east positive; null: nobody has said where it lies. */
const place = z
  .strictObject({
    latitude: z.int().min(-90_000_000).max(90_000_000),
    longitude: z.int().min(-180_000_000).max(180_000_000),
  })
  .nullable()

/**
 * All copies of one set, joined from what is known of the set, of the repositories, of where their sites lie,
 * of where jobs wrote it, of the last time that each copy was read and of the last attempt to delete there.
 * `medium` and `site` are null where the repository is on no list.
 */
export const copiesMeasured = defineFact('backup.copies.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.set],
  schema: z.strictObject({
    set,
    home: site.nullable(),
    homePlace: place,
    copies: z
      .array(
        z.strictObject({
          repository,
          medium: media.nullable(),
          site: site.nullable(),
          place,
          /** null: it was written and has never been read back. */
          readAt: instant.nullable(),
          errors: count,
          fault: fault.nullable(),
          /** When deletion was tried there last; null: never. */
          triedAt: instant.nullable(),
          /** Deletion was refused, and everything that the newest backup needs is held. */
          isHeld: z.boolean(),
        }),
      )
      .max(16),
  }),
})

const confirms = ({ body }: Fact<any>): boolean | null => {
  if (body.unlisted > 0 || !body.isDeclared) return false
  return body.part === body.parts ? true : null
}

/**
 * The protected sets as a population: complete while a named person has declared the list and the
 * servers that hold the data know of no other. Freshness is said by two parameters of the control.
 */
export function protectedSets(): Population {
  const key = (f: Fact<{ set: string }>) => f.body.set
  return {
    id: 'recover.backup.sets',
    enter: { type: setListed, key },
    leave: { type: setRemoved, key },
    complete: { type: setsDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: setsCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms,
      each: true,
    },
  }
}

/** The repositories as a population, in the same way. */
export function repositories(): Population {
  const key = (f: Fact<{ repository: string }>) => f.body.repository
  return {
    id: 'recover.backup.repositories',
    enter: { type: repositoryListed, key },
    leave: { type: repositoryRemoved, key },
    complete: { type: repositoriesDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: repositoriesCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms,
      each: true,
    },
  }
}

export type Copies = z.infer<typeof copiesMeasured.schema>
export type Medium = z.infer<typeof media>

/** A file as the whole list of one source: that its import begins, and that all of it is in. */
export const setImportBegun = importBegun('backup.set.import.begun', module)
export const setImportEnded = importEnded('backup.set.import.ended', module)
export const repositoryImportBegun = importBegun('backup.repository.import.begun', module)
export const repositoryImportEnded = importEnded('backup.repository.import.ended', module)
