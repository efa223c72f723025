import { isIP } from 'node:net'
import { type probeKinds, targetCharsMax } from '../facts.ts'

export type ProbeKind = (typeof probeKinds)[number]

export type Place = Readonly<{ host: string; port: number }>
export type Target =
  | Readonly<{ kind: 'http'; url: URL }>
  | Readonly<{ kind: 'tls' | 'tcp' } & Place>

/** Reads a target strictly. @returns why it is none, as a word of the complaint */
export function readTarget(kind: ProbeKind, text: string): Target | string {
  if (text.length > targetCharsMax) return 'too long'
  // A control character or a space in an address means one thing here and another elsewhere.
  if (/[\p{C}\s\\]/u.test(text) || !text.isWellFormed()) return 'odd character'
  if (kind === 'http') {
    const url = readUrl(text)
    return typeof url === 'string' ? url : { kind, url }
  }
  const place = readPlace(text)
  return typeof place === 'string' ? place : { kind, ...place }
}

/** An address of the web without a secret in it: it stands on the list and on screens. */
export function readUrl(text: string): URL | string {
  if (!/^https?:\/\/[^/?#]/i.test(text)) return 'no web address'
  const url = URL.parse(text)
  if (url === null) return 'no web address'
  if (url.username !== '' || url.password !== '' || text.includes('@')) return 'with credentials'
  if (url.hash !== '' || text.includes('#')) return 'with fragment'
  if (!isHost(url.hostname)) return 'no web address'
  return url
}

/** `host:port`, `192.0.2.1:443` or `[2001:db8::1]:443`. */
export function readPlace(text: string): Place | string {
  const [, host = '', digits = ''] = /^([^/?#@]+):([1-9]\d{0,4})$/.exec(text) ?? []
  if (host === '') return 'no host and port'
  const port = Number(digits)
  if (port > 65_535) return 'no host and port'
  // The parser of addresses brings names into ASCII and odd spellings of IPv4 into the dotted one.
  const name = URL.parse(`http://${host}/`)?.hostname ?? ''
  if (!isHost(name)) return 'no host and port'
  return { host: plainHost(name), port }
}

/** Without the brackets that IPv6 has in an address. */
export const plainHost = (host: string): string => host.replace(/^\[(.*)\]$/, '$1')

/** RFC 1123 §2.1, with the underscore that some real servers have; or an address. */
function isHost(name: string): boolean {
  if (isIP(plainHost(name)) !== 0) return true
  const labels = name.replace(/\.$/, '').split('.')
  return (
    name.length <= 253 &&
    labels.every(label => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
  )
}
