import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import * as tls from 'node:tls'
import { parseDocument } from 'yaml'
import { codeOf, OkiteError } from '../../core/error.ts'
import { readPrivateFile } from '../../core/ledger/private-file.ts'
import { type RepositorySettings, repositorySettings } from './settings.ts'
import { openLocal } from './store/local.ts'
import type { Repository } from './store/repository.ts'
import { patientMs } from './store/s3/send.ts'
import type { Credentials } from './store/s3/sign.ts'
import { openS3 } from './store/s3.ts'
import { openSftp } from './store/sftp.ts'

/**
 * A place for backups as the settings describe it. Nothing is asked of it yet; files with what opens it are
 * read anew each time, so what was renewed is taken up.
 *
 * @throws OkiteError `BACKUP_CREDENTIALS`
 */
export function openRepository(place: RepositorySettings): Repository {
  const { name, folder, s3, sftp } = place
  if (s3 !== undefined) {
    const { endpoint, region, bucket, pathStyle, prefix = null, lock = null, asOf = null } = s3
    const certificates =
      s3.certificatesFile === undefined
        ? null
        : [
            ...tls.getCACertificates('default'),
            readOf(name, () => readFileSync(s3.certificatesFile!, 'utf8')),
          ]
    const credentials = readCredentials(name, s3.credentialsFile ?? null)
    return openS3({
      ...{ name, endpoint, region, bucket, pathStyle, prefix, hold: lock, asOf },
      ...{ credentials, certificates, againMs: patientMs },
    })
  }
  if (sftp !== undefined) {
    const { keyFile, ...more } = sftp
    return openSftp({ ...more, name, privateKey: readOf(name, () => readPrivateFile(keyFile)) })
  }
  return openLocal(name, folder!)
}

/**
 * The place that `./okite restore --from` names: a folder, or a file with one repository as `okite.yaml` has it.
 *
 * @throws OkiteError `BACKUP_PLACE`
 */
export function readPlace(from: string, cwd: string): RepositorySettings {
  const path = resolve(cwd, from)
  const asFolder = { name: placeName, medium: 'disk', site: 'here', folder: path } as const
  const refused = (why: string) => new OkiteError('BACKUP_PLACE', { path, why })
  const stat = statSync(path, { throwIfNoEntry: false })
  // A folder that is not there is away, and says so when it is read.
  if (!stat?.isFile()) return asFolder
  if (stat.size > placeBytesMax) throw refused('size')
  let given: unknown
  try {
    const document = parseDocument(readFileSync(path, 'utf8'), { uniqueKeys: true, strict: true })
    if (document.errors.length > 0) throw refused('syntax')
    given = document.toJS({ maxAliasCount: 0 })
  } catch (error) {
    throw error instanceof OkiteError ? error : refused(codeOf(error))
  }
  const named = { name: placeName, medium: 'disk', site: 'here', ...(given as object) }
  const found = repositorySettings.safeParse(named)
  if (!found.success) {
    throw refused(found.error.issues.map(({ path }) => path.join('.') || 'form').join(' '))
  }
  return found.data
}

/** A place as one line, as `readPlace` takes it from a file; a folder by its path. No secret is in it. */
export const placeText = ({ folder, s3, sftp }: RepositorySettings): string =>
  folder ?? JSON.stringify(s3 === undefined ? { sftp } : { s3 })

const placeName = 'place'
const placeBytesMax = 65_536

/** Without a file the environment is asked, as every client of S3 does. */
function readCredentials(name: string, path: string | null): Credentials {
  const given =
    path === null
      ? process.env
      : Object.fromEntries(
          readOf(name, () => readPrivateFile(path))
            .split('\n')
            .map(line => /^\s*([A-Za-z_]{1,40})\s*=\s*(\S{1,2000})\s*$/.exec(line))
            .filter(found => found !== null)
            .map(([, word, value]) => [word!.toUpperCase(), value]),
        )
  const accessKeyId = given['AWS_ACCESS_KEY_ID']
  const secretAccessKey = given['AWS_SECRET_ACCESS_KEY']
  if (!accessKeyId || !secretAccessKey) {
    throw new OkiteError('BACKUP_CREDENTIALS', { repository: name, why: 'missing' })
  }
  return { accessKeyId, secretAccessKey, sessionToken: given['AWS_SESSION_TOKEN'] ?? null }
}

/** @throws OkiteError `BACKUP_CREDENTIALS`, with the system's reason and nothing of what is in the file */
function readOf(repository: string, read: () => string): string {
  try {
    return read()
  } catch (error) {
    const why = error instanceof OkiteError ? (error.data['why'] ?? error.code) : codeOf(error)
    throw new OkiteError('BACKUP_CREDENTIALS', { repository, why }, { cause: error })
  }
}
