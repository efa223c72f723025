import { createHash } from 'node:crypto'
import * as http from 'node:http'
import * as https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf, OkiteError } from '../../../../core/error.ts'
import { type Credentials, encode, signed } from './sign.ts'
import { readXml, textOf } from './xml.ts'

/** A bucket, and how it is reached. */
export type Bucket = Readonly<{
  /** As people call it. */
  name: string
  endpoint: string
  region: string
  bucket: string
  pathStyle: boolean
  credentials: Credentials
  /** PEM of who vouches for the endpoint; null: whom the runtime knows. */
  certificates: readonly string[] | null
  /** How long to wait before each further try. */
  againMs: readonly number[]
}>

export type Request = Readonly<{
  method: 'GET' | 'HEAD' | 'PUT' | 'DELETE'
  /** The whole name of the object; null: the bucket itself. */
  key: string | null
  query?: Readonly<Record<string, string>>
  headers?: Readonly<Record<string, string>>
  payload?: Uint8Array
  /** More of an answer than this is refused. */
  bodyBytesMax?: number
}>

export type Answer = Readonly<{
  status: number
  headers: http.IncomingHttpHeaders
  body: Buffer
}>

/** Nothing came or went for so long. */
const idleMsMax = 30_000
/** Of one try: the largest object over a slow line; who drips bytes holds nobody up for ever. */
const tryMsMax = 300_000
/** A store that asks for patience gets some, and is away after that. */
export const patientMs: readonly number[] = [100, 500, 2_000]
/** An answer of words; a page of a list has a thousand names. */
export const wordsBytesMax = 4 * 1024 * 1024
/** All of these may be good a moment later, and nothing that is asked for is another the second time. */
const againStatus = new Set([429, 500, 502, 503, 504])

/**
 * Asks, and asks again where that may help. Answers what was found, or that it was not (404); everything else
 * is an error.
 *
 * @throws OkiteError `BACKUP_REPOSITORY_AWAY`, `BACKUP_REPOSITORY_DENIED`, `BACKUP_REPOSITORY_FULL`,
 *   `BACKUP_OBJECT_ALTERED`
 */
export async function send(bucket: Bucket, request: Request): Promise<Answer> {
  for (let nth = 0; ; nth++) {
    const waitMs = bucket.againMs[nth]
    try {
      const answer = await sendOnce(bucket, request)
      if (waitMs === undefined || !againStatus.has(answer.status)) return judged(bucket, answer)
    } catch (error) {
      if (error instanceof OkiteError) throw error
      if (waitMs === undefined || !isPassing(error)) throw away(bucket, codeOf(error))
    }
    await sleep(waitMs)
  }
}

/** A certificate that does not fit today fits no better in a second. */
const isPassing = (error: unknown): boolean =>
  /^(E[A-Z]+|UND_\w+|HPE_\w+|TimeoutError|AbortError)$/.test(codeOf(error))

const away = ({ name }: Bucket, why: string) =>
  new OkiteError('BACKUP_REPOSITORY_AWAY', { repository: name, why })

async function sendOnce(bucket: Bucket, request: Request): Promise<Answer> {
  const { method, payload = new Uint8Array(), bodyBytesMax = wordsBytesMax } = request
  const url = urlOf(bucket, request)
  const { region, credentials, certificates } = bucket
  const headers = signed({
    ...{ method, url, payload, region, credentials, nowMs: Date.now() },
    headers: { ...request.headers, ...(payload.length > 0 ? checksumsOf(payload) : {}) },
  })
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const call = url.protocol === 'https:' ? https.request : http.request
  const sent = call(url, {
    ...{ method, headers: { ...headers, 'content-length': payload.length } },
    ...{ timeout: idleMsMax, signal: AbortSignal.timeout(tryMsMax), minVersion: 'TLSv1.2' },
    ...(certificates === null ? {} : { ca: [...certificates] }),
  })
  sent.on('timeout', () => sent.destroy(Object.assign(new Error('idle'), { code: 'ETIMEDOUT' })))
  sent.on('error', reject)
  sent.on('response', response => {
    const parts: Buffer[] = []
    let size = 0
    response.on('data', (part: Buffer) => {
      size += part.length
      if (size > bodyBytesMax) {
        const object = request.key ?? 'list'
        reject(new OkiteError('BACKUP_OBJECT_ALTERED', { object }))
        sent.destroy()
      } else parts.push(part)
    })
    response.on('error', reject)
    response.on('end', () => {
      const { statusCode: status = 0, headers } = response
      resolve({ status, headers, body: Buffer.concat(parts) })
    })
  })
  sent.end(payload)
  return promise
}

function urlOf({ endpoint, bucket, pathStyle }: Bucket, { key, query = {} }: Request): URL {
  const url = new URL(endpoint)
  if (!pathStyle) url.hostname = `${bucket}.${url.hostname}`
  const path = (key ?? '').split('/').map(encode).join('/')
  url.pathname = pathStyle ? `/${bucket}/${path}` : `/${path}`
  const names = Object.keys(query).sort()
  url.search = names.map(name => `${encode(name)}=${encode(query[name]!)}`).join('&')
  return url
}

/** Both: stores are older than SHA-256 in headers, and a lock asks for one of them. */
const checksumsOf = (payload: Uint8Array) => ({
  'content-md5': createHash('md5').update(payload).digest('base64'),
  'x-amz-checksum-sha256': createHash('sha256').update(payload).digest('base64'),
})

const fullCodes = /^(QuotaExceeded|InsufficientStorage|.*StorageFull|InsufficientCapacity)$/

function judged(bucket: Bucket, answer: Answer): Answer {
  const { status } = answer
  if ((status >= 200 && status < 300) || isMissing(answer)) return answer
  const why = reasonOf(answer) ?? `HTTP ${status}`
  const data = { repository: bucket.name, why }
  if (status === 507 || fullCodes.test(why)) throw new OkiteError('BACKUP_REPOSITORY_FULL', data)
  if (status === 401 || status === 403) throw new OkiteError('BACKUP_REPOSITORY_DENIED', data)
  throw new OkiteError('BACKUP_REPOSITORY_AWAY', data)
}

/** An object that is not there. Of a bucket that is not there it is not known what it has. */
export const isMissing = (answer: Answer): boolean =>
  answer.status === 404 && reasonOf(answer) !== 'NoSuchBucket'

/** The store's own word for what was wrong; null: it gave none that could be repeated. */
export function reasonOf({ body }: Answer): string | null {
  const root = body.length > 65_536 ? null : readXml(body.toString())
  const code = root?.name === 'Error' ? textOf(root, 'Code') : null
  return code !== null && /^[A-Za-z0-9]{1,60}$/.test(code) ? code : null
}
