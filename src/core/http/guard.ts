import { OkiteError } from '../error.ts'
import type { HttpLimits } from './limits.ts'

/** The names of this program, as requests must spell them. */
export type Ours = Readonly<{ scheme: 'http' | 'https'; authorities: readonly string[] }>

/**
 * What every request must pass before anything else looks at it: it is meant for us (DNS rebinding),
 * it comes from our own page (CSRF), and its path is spelled in one way only (traversal, OpenBao
 * CVE-2026-3605). `raw` is the request target as it came over the wire, before any parser touched it.
 *
 * @throws OkiteError `HTTP_URL_TOO_LONG`, `HTTP_PATH`, `HTTP_HOST`, `HTTP_ORIGIN`
 */
export function guard(
  request: Request,
  raw: string,
  hosts: readonly (string | null)[],
  ours: Ours,
  limits: HttpLimits,
): void {
  if (raw.length > limits.urlCharsMax) throw new OkiteError('HTTP_URL_TOO_LONG')
  checkPath(raw)
  for (const host of hosts) checkHost(host, ours)
  if (request.method !== 'GET' && request.method !== 'HEAD') checkOrigin(request.headers, ours)
  else if (raw.startsWith('/api/')) checkSite(request.headers)
}

function checkPath(raw: string): void {
  const [path = ''] = raw.split(/[?#]/, 1)
  const plain = /^\/[A-Za-z0-9/_.~:@!$&'()*+,;=%-]*$/.test(path)
  // Our paths need no escapes; those of a dot, a slash, a backslash or a control never do any good.
  const escaped = /%(?![0-9a-f]{2})|%(2e|2f|5c|25|0.|1.|7f)/i.test(path)
  const dots = path.split('/').some(part => part === '.' || part === '..')
  if (!plain || escaped || dots || path.includes('//')) throw new OkiteError('HTTP_PATH')
}

/** Names under which a browser on this machine reaches us. No other name resolves to us honestly. */
const hostNames = ['localhost', '127.0.0.1', '[::1]']

/** @param origin null: plain HTTP on loopback, at this port */
export function oursOf(origin: string | null, port: number): Ours {
  if (origin === null) {
    const authorities = hostNames.flatMap(name => spellings(name, port, 80))
    return { scheme: 'http', authorities }
  }
  const { hostname, port: own } = new URL(origin)
  return { scheme: 'https', authorities: spellings(hostname, Number(own || 443), 443) }
}

const spellings = (name: string, port: number, plain: number): string[] =>
  port === plain ? [name, `${name}:${port}`] : [`${name}:${port}`]

function checkHost(host: string | null, { authorities }: Ours): void {
  if (host === null || !authorities.includes(host.toLowerCase())) {
    throw new OkiteError('HTTP_HOST')
  }
}

/**
 * Reads are safe from other origins because browsers show them nothing (CORS, CORP). Another port of
 * this machine is the same site, though, and its pages are sent our cookie: they are not even answered.
 */
function checkSite(headers: Headers): void {
  const site = headers.get('sec-fetch-site')
  if (site === 'cross-site' || site === 'same-site') throw new OkiteError('HTTP_ORIGIN')
}

/**
 * Origin must be ours and, where the browser says it, so must Sec-Fetch-Site. A request with neither
 * does not come from a browser's page, so no page can have forged it; a program must then hold the
 * cookie itself.
 */
function checkOrigin(headers: Headers, { scheme, authorities }: Ours): void {
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  const ours = authorities.map(authority => `${scheme}://${authority}`)
  if (origin !== null && !ours.includes(origin.toLowerCase())) throw new OkiteError('HTTP_ORIGIN')
  if (site !== null && site !== 'same-origin') throw new OkiteError('HTTP_ORIGIN')
  if (origin === null && site !== null) throw new OkiteError('HTTP_ORIGIN')
}
