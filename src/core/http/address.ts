import { isIPv4, isIPv6 } from 'node:net'

/**
 * An IP address in its one spelling; null: it is none. An IPv4 address that a socket of both families
 * tells as `::ffff:…` (RFC 4291, 2.5.5.2) is the IPv4 address it is, or a list of proxies would not know it.
 */
export function readAddress(text: string): string | null {
  if (isIPv4(text)) return text
  // A zone (`%eth0`) means something on one machine only.
  if (!isIPv6(text) || text.includes('%')) return null
  const address = new URL(`http://[${text}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address)
  if (!mapped) return address
  const halves = mapped.slice(1).map(half => Number.parseInt(half, 16))
  return halves.flatMap(half => [half >> 8, half & 0xff]).join('.')
}

/**
 * Whom a limit counts. Who has one address of IPv6 has the 2^64 of its network too (RFC 4291, 2.5.1), so
 * they are one.
 */
export function clientOf(peer: string): string {
  const address = readAddress(peer.replace(/%.*$/, ''))
  if (address === null || !address.includes(':')) return address ?? peer
  const [head = '', tail] = address.split('::')
  const words = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - words.length - after.length
  return [...words, ...Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':')
}
