import { createHash } from 'node:crypto'
import { OkiteError } from '../../../core/error.ts'
import type { Instant } from '../../../core/fact.ts'
import { msOf, toInstant } from '../../../core/time.ts'
import { attempt, isThere } from './attempts.ts'
import {
  type Attempt,
  type DeletionTrial,
  isObjectName,
  type Lock,
  objectBytesMax,
  type Repository,
} from './repository.ts'
import { type Answer, type Bucket, isMissing, reasonOf, send } from './s3/send.ts'
import { listObjects, listVersions, type Version } from './s3/versions.ts'
import { readXml, textOf } from './s3/xml.ts'

export type S3Options = Bucket &
  Readonly<{
    /** Before every name; null: the bucket has nothing else. */
    prefix: string | null
    /** Each object is put with it. */
    hold: Readonly<{ mode: 'COMPLIANCE' | 'GOVERNANCE'; days: number }> | null
    /** The bucket is read as it stood then, whatever was laid over it since; nothing is written. */
    asOf: Instant | null
  }>

const bypass = { 'x-amz-bypass-governance-retention': 'true' }
const dayMs = 86_400_000

/**
 * A bucket (Amazon S3 API 2006-03-01). With versions, what is removed or written over stands below a marker or
 * a newer version: what is held is read from there, and is gone only when its versions are.
 */
export function openS3(options: S3Options): Repository {
  const { name, hold, prefix } = options
  const before = prefix === null ? '' : `${prefix}/`
  const asOfMs = options.asOf === null ? Number.POSITIVE_INFINITY : msOf(options.asOf)
  const isVersioned = hold !== null || options.asOf !== null
  const keyOf = (object: string): string => {
    if (!isObjectName(object)) throw new OkiteError('BACKUP_OBJECT_NAME', { repository: name })
    return before + object
  }
  const missing = (object: string) =>
    new OkiteError('BACKUP_OBJECT_MISSING', { repository: name, object })

  async function putVersion(object: string, bytes: Uint8Array): Promise<string | null> {
    if (options.asOf !== null) {
      throw new OkiteError('BACKUP_REPOSITORY_DENIED', { repository: name, why: 'asOf' })
    }
    const key = keyOf(object)
    const headers = hold === null ? {} : heldBy(hold)
    const answer = await send(options, { method: 'PUT', key, headers, payload: bytes })
    // A bucket that is not there.
    if (answer.status !== 200) throw missing(object)
    const isSame = confirms(answer, bytes) ?? (await read(object, null)).equals(bytes)
    if (!isSame) throw new OkiteError('BACKUP_OBJECT_ALTERED', { object })
    return versionIn(answer)
  }

  async function read(object: string, version: string | null): Promise<Buffer> {
    const query = version === null ? {} : { versionId: version }
    const asked = { key: keyOf(object), query, bodyBytesMax: objectBytesMax }
    const answer = await send(options, { method: 'GET', ...asked })
    if (answer.status === 200) return answer.body
    // Somebody may have hidden it: below the marker it is as it was. Not every store says that there is one.
    const below = version === null ? await newest(object).catch(() => null) : null
    if (below !== null) return read(object, below)
    throw missing(object)
  }

  /** The version of an object that counts; null: there is none. */
  async function newest(object: string): Promise<string | null> {
    for await (const version of versionsOf(object)) {
      if (!version.isMarker && version.putAtMs <= asOfMs) return version.id
    }
    return null
  }

  async function* versionsOf(object: string): AsyncIterable<Version> {
    const key = keyOf(object)
    for await (const version of listVersions(options, key)) if (version.key === key) yield version
  }

  const removeVersion = (object: string, version: string | null, headers = {}): Promise<Answer> => {
    const query = version === null ? {} : { versionId: version }
    return send(options, { method: 'DELETE', key: keyOf(object), query, headers })
  }

  return {
    name,
    lock: hold === null ? null : lockOf(options, hold, keyOf, missing),
    async put(object, bytes) {
      await putVersion(object, bytes)
    },
    async get(object) {
      if (options.asOf === null) return read(object, null)
      const version = await newest(object)
      if (version === null) throw missing(object)
      return read(object, version)
    },
    async has(object) {
      const { status } = await send(options, { method: 'HEAD', key: keyOf(object) })
      return status === 200
    },
    async *list(asked) {
      const found = isVersioned ? listVersions : listObjects
      let last = ''
      for await (const { key, isMarker, sizeBytes, putAtMs } of found(options, before + asked)) {
        if (isMarker || key === last || putAtMs > asOfMs) continue
        last = key
        yield { name: key.slice(before.length), sizeBytes, putAtMs }
      }
    },
    async remove(object) {
      const found: Version[] = []
      for await (const version of versionsOf(object)) found.push(version)
      let isGone = true
      for (const { id } of found) {
        const { answer } = await attempt('remove-version', () => removeVersion(object, id))
        if (answer === 'refused') isGone = false
      }
      return isGone
    },
    async tryDeletion(object, bytes, other): Promise<DeletionTrial> {
      const version = await putVersion(object, bytes)
      const own = () => read(object, version)
      if (!(await isThere(own, bytes))) throw missing(object)
      const attempts: Attempt[] = []
      const key = keyOf(object)
      attempts.push(
        await attempt('overwrite', () => send(options, { method: 'PUT', key, payload: other })),
        await attempt('remove', () => removeVersion(object, null)),
      )
      if (version !== null) {
        const soon = toInstant(Date.now() + 60_000)
        if (hold !== null) {
          const shorten = () => putRetention(options, key, version, hold.mode, soon, bypass)
          attempts.push(await attempt('shorten', shorten))
        }
        attempts.push(
          await attempt('remove-version', () => removeVersion(object, version)),
          await attempt('bypass', () => removeVersion(object, version, bypass)),
        )
      }
      const isRefused = await isThere(own, bytes)
      // What was laid over it in the trial; if that stays, it hides nothing but the trial's own object.
      for await (const { id } of versionsOf(object)) {
        if (id !== version) await removeVersion(object, id).catch(() => undefined)
      }
      return { isRefused, attempts }
    },
  }
}

const heldBy = ({ mode, days }: NonNullable<S3Options['hold']>) => ({
  'x-amz-object-lock-mode': mode,
  'x-amz-object-lock-retain-until-date': toInstant(Date.now() + days * dayMs),
})

const versionIn = ({ headers }: Answer): string | null => {
  const id = headers['x-amz-version-id']
  return typeof id === 'string' && id !== 'null' ? id : null
}

/** Whether the store says that it has these very bytes; null: it says nothing that could be compared. */
function confirms({ headers }: Answer, bytes: Uint8Array): boolean | null {
  const sha256 = headers['x-amz-checksum-sha256']
  if (typeof sha256 === 'string') {
    return sha256 === createHash('sha256').update(bytes).digest('base64')
  }
  const etag = /^"?([0-9a-f]{32})"?$/.exec(headers.etag ?? '')
  // Encrypted under a key of its customer's, a store gives another tag.
  const isTag = etag !== null && headers['x-amz-server-side-encryption'] !== 'aws:kms'
  return isTag ? etag[1] === createHash('md5').update(bytes).digest('hex') : null
}

function lockOf(
  bucket: Bucket,
  { days, mode }: NonNullable<S3Options['hold']>,
  keyOf: (object: string) => string,
  missing: (object: string) => OkiteError,
): Lock {
  return {
    days,
    async until(object) {
      const query = { retention: '' }
      const answer = await send(bucket, { method: 'GET', key: keyOf(object), query })
      if (isMissing(answer)) {
        // Stores have several words for an object without a lock.
        if (reasonOf(answer) !== 'NoSuchKey') return null
        throw missing(object)
      }
      const root = readXml(answer.body.toString())
      const untilMs = Date.parse((root && textOf(root, 'RetainUntilDate')) ?? '')
      return Number.isNaN(untilMs) ? null : toInstant(untilMs)
    },
    async extend(object, until) {
      const answer = await putRetention(bucket, keyOf(object), null, mode, until, {})
      if (answer.status !== 200) throw missing(object)
      // Yes is not enough: it is asked until when.
      const found = await this.until(object)
      // The store may keep whole seconds.
      if (found === null || msOf(found) < msOf(until) - 1_000) {
        throw new OkiteError('BACKUP_OBJECT_ALTERED', { object })
      }
    },
  }
}

function putRetention(
  bucket: Bucket,
  key: string,
  version: string | null,
  mode: string,
  until: Instant,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const text =
    '<Retention xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    `<Mode>${mode}</Mode><RetainUntilDate>${until}</RetainUntilDate></Retention>`
  const query = { retention: '', ...(version === null ? {} : { versionId: version }) }
  return send(bucket, { method: 'PUT', key, query, headers, payload: Buffer.from(text) })
}
