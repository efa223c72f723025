import { createHash, createHmac } from 'node:crypto'

/**
 * AWS Signature Version 4 for S3, in headers. Two hashes and one string: every client library that has them
 * brings along a way to send requests that is not ours.
 */
export type Credentials = Readonly<{
  accessKeyId: string
  secretAccessKey: string
  /** Of credentials that are lent for a while. */
  sessionToken: string | null
}>

export type Signing = Readonly<{
  method: string
  /** As it is sent: the path with each name encoded once, the query by name. */
  url: URL
  headers: Readonly<Record<string, string>>
  payload: Uint8Array
  region: string
  credentials: Credentials
  nowMs: number
}>

const algorithm = 'AWS4-HMAC-SHA256'

const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex')
const hmac = (key: Uint8Array | string, text: string) =>
  createHmac('sha256', key).update(text).digest()

/** By RFC 3986, as the signature is computed: `!'()*` too. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/** The headers to send: those that were given, and what signs them. */
export function signed(request: Signing): Record<string, string> {
  const { method, url, payload, region, credentials, nowMs } = request
  const at = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
  const scope = `${at.slice(0, 8)}/${region}/s3/aws4_request`
  const { sessionToken } = credentials
  const headers: Record<string, string> = {
    ...request.headers,
    host: url.host,
    'x-amz-content-sha256': sha256(payload),
    'x-amz-date': at,
    ...(sessionToken === null ? {} : { 'x-amz-security-token': sessionToken }),
  }
  const names = Object.keys(headers).sort()
  const canonical = [
    method,
    url.pathname,
    url.search.slice(1),
    ...names.map(name => `${name}:${headers[name]!.trim()}`),
    '',
    names.join(';'),
    headers['x-amz-content-sha256'],
  ].join('\n')
  const key = [at.slice(0, 8), region, 's3', 'aws4_request'].reduce<Uint8Array | string>(
    (before, part) => hmac(before, part),
    `AWS4${credentials.secretAccessKey}`,
  )
  const signature = hmac(key, [algorithm, at, scope, sha256(canonical)].join('\n')).toString('hex')
  const authorization =
    `${algorithm} Credential=${credentials.accessKeyId}/${scope}, ` +
    `SignedHeaders=${names.join(';')}, Signature=${signature}`
  return { ...headers, authorization }
}
