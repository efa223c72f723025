import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { OkiteError } from '../../core/error.ts'

/** Where a TLS server is reached. `key` is the one spelling under which the list knows it. */
export type Endpoint = Readonly<{ key: string; host: string; port: number }>

/** RFC 1035 §2.3.4 with room for a port and brackets; longer text is refused unread. */
const textLengthMax = 512

/**
 * Reads `host:port`, `192.0.2.1:443` or `[2001:db8::1]:443` and answers its one spelling: names in
 * lower-case ASCII (IDNA, RFC 5891), IPv6 as RFC 5952 writes it.
 *
 * @throws OkiteError `NETWORK_ENDPOINT` with `why`
 */
export function parseEndpoint(text: string): Endpoint {
  if (text.length > textLengthMax) refuse('too long', '')
  if (/[\p{C}\s/?#@%\\<>^|"'`]/u.test(text) || !text.isWellFormed()) refuse('character', '')
  const match = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:]*)$/u.exec(text)
  if (match === null) refuse('not host:port', text)
  const [, bracketed, bare, digits] = match as unknown as [string, string?, string?, string?]
  const port = parsePort(digits ?? '', text)
  const host = bracketed === undefined ? parseHost(bare ?? '', text) : parseIpv6(bracketed, text)
  return endpointOf(host, port)
}

/** `host` must be canonical already. */
export function endpointOf(host: string, port: number): Endpoint {
  return { key: `${isIP(host) === 6 ? `[${host}]` : host}:${port}`, host, port }
}

function parsePort(digits: string, text: string): number {
  if (!/^[1-9][0-9]{0,4}$/.test(digits) || Number(digits) > 65_535) refuse('port', text)
  return Number(digits)
}

function parseIpv6(host: string, text: string): string {
  if (isIP(host) !== 6) refuse('address', text)
  const canonical = new URL(`http://[${host}]/`).hostname.slice(1, -1)
  // The same endpoint has a plain spelling, and two keys for one endpoint would count twice.
  if (canonical.startsWith('::ffff:')) refuse('mapped address', text)
  return canonical
}

function parseHost(host: string, text: string): string {
  if (isIP(host) === 4) return host
  const ascii = domainToASCII(host)
  // 0x7f.1 and 2130706433 are addresses to some resolvers: only the dotted form is taken.
  if (isIP(ascii) !== 0) refuse('address', text)
  if (!isHostName(ascii)) refuse('host name', text)
  return ascii
}

/** RFC 1123 §2.1 labels, with the underscore that some real servers have. */
export function isHostName(name: string): boolean {
  if (name.length === 0 || name.length > 253) return false
  const labels = name.split('.')
  return (
    labels.every(label => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)) &&
    !/^[0-9]+$/.test(labels.at(-1) as string)
  )
}

function refuse(why: string, text: string): never {
  throw new OkiteError('NETWORK_ENDPOINT', { why, text: text.slice(0, 100) })
}
