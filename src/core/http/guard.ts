import { OkiteError } from '../error.ts'
import type { HttpLimits } from './limits.ts'

/**
 * What every request must pass before anything else looks at it: it is meant for us (DNS rebinding),
 * it comes from our own page (CSRF), and its path is spelled in one way only (traversal, OpenBao
 * CVE-2026-3605). `raw` is the request target as it came over the wire, before any parser touched it.
 *
 * @throws OkiteError `HTTP_URL_TOO_LONG`, `HTTP_PATH`, `HTTP_HOST`, `HTTP_ORIGIN`
 */
export function guard(request: Request, raw: string, port: number, limits: HttpLimits): void {
  if (raw.length > limits.urlCharsMax) throw new OkiteError('HTTP_URL_TOO_LONG')
  checkPath(raw)
  checkHost(request.headers.get('host'), port)
  if (request.method !== 'GET' && request.method !== 'HEAD') checkOrigin(request.headers, port)
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

const authorities = (port: number): string[] =>
  hostNames.flatMap(name => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]))

function checkHost(host: string | null, port: number): void {
  if (host === null || !authorities(port).includes(host.toLowerCase())) {
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
function checkOrigin(headers: Headers, port: number): void {
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  const ours = authorities(port).map(authority => `http://${authority}`)
  if (origin !== null && !ours.includes(origin.toLowerCase())) throw new OkiteError('HTTP_ORIGIN')
  if (site !== null && site !== 'same-origin') throw new OkiteError('HTTP_ORIGIN')
  if (origin === null && site !== null) throw new OkiteError('HTTP_ORIGIN')
}
