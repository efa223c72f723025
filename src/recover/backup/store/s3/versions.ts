import { OkiteError } from '../../../../core/error.ts'
import { type Bucket, send } from './send.ts'
import { type Element, readXml, textOf } from './xml.ts'

/** What a list of a bucket says of one version of one object. A marker says: from here on it is hidden. */
export type Version = Readonly<{
  key: string
  id: string | null
  isMarker: boolean
  sizeBytes: number
  putAtMs: number
}>

/** A million objects by a thousand; a list that never ends is none. */
const pagesMax = 5_000

/** Objects as anybody sees them. */
export const listObjects = (bucket: Bucket, prefix: string): AsyncIterable<Version> =>
  pages(bucket, { 'list-type': '2', prefix }, root => {
    const token = textOf(root, 'NextContinuationToken')
    return token === null ? null : { 'continuation-token': token }
  })

/** Every version of every object, of one name the newest first. */
export const listVersions = (bucket: Bucket, prefix: string): AsyncIterable<Version> =>
  pages(bucket, { versions: '', prefix }, root => {
    const [key, version] = [textOf(root, 'NextKeyMarker'), textOf(root, 'NextVersionIdMarker')]
    if (key === null) return null
    return { 'key-marker': key, ...(version === null ? {} : { 'version-id-marker': version }) }
  })

async function* pages(
  bucket: Bucket,
  query: Readonly<Record<string, string>>,
  nextOf: (root: Element) => Readonly<Record<string, string>> | null,
): AsyncIterable<Version> {
  const told = new Set<string>()
  let more: Readonly<Record<string, string>> | null = {}
  while (more !== null) {
    const { status, body } = await send(bucket, {
      ...{ method: 'GET' as const, key: null, query: { ...query, ...more } },
    })
    const root = status === 200 ? readXml(body.toString()) : null
    if (root === null || !/^List(Bucket|Versions)Result$/.test(root.name)) throw noList(bucket)
    for (const one of root.children) {
      const version = versionOf(one)
      // Of what was not asked for nothing is believed.
      if (version?.key.startsWith(query['prefix']!)) yield version
    }
    const next: Readonly<Record<string, string>> | null =
      textOf(root, 'IsTruncated') === 'true' ? nextOf(root) : null
    const where = JSON.stringify(next)
    if (told.has(where) || told.size >= pagesMax) throw noList(bucket)
    told.add(where)
    more = next
  }
}

const noList = ({ name }: Bucket) =>
  new OkiteError('BACKUP_REPOSITORY_AWAY', { repository: name, why: 'list' })

function versionOf(one: Element): Version | null {
  const isMarker = one.name === 'DeleteMarker'
  if (!isMarker && one.name !== 'Version' && one.name !== 'Contents') return null
  const key = textOf(one, 'Key')
  const putAtMs = Date.parse(textOf(one, 'LastModified') ?? '')
  const size = isMarker ? '0' : (textOf(one, 'Size') ?? '')
  if (key === null || Number.isNaN(putAtMs) || !/^\d{1,15}$/.test(size)) return null
  return { key, id: textOf(one, 'VersionId'), isMarker, sizeBytes: Number(size), putAtMs }
}
