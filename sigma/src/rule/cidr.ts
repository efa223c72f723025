import { isDigits } from '../decimal.ts'

/** A network as the bits of an IPv6 address; IPv4 lies in ::ffff:0:0/96, so both are one space. */
export type Network = Readonly<{ address: bigint; prefixBits: number }>

/** Where the addresses of IPv4 begin. */
export const v4Mapped = 0xffffn << 32n

/** Reads `address/prefix`; null if it is none or if bits of the host are set. */
export function parseNetwork(text: string): Network | null {
  const slash = text.lastIndexOf('/')
  const addressText = slash < 0 ? text : text.slice(0, slash)
  const address = parseAddress(addressText)
  if (address === null) return null
  const bits = addressText.includes(':') ? 128 : 32
  const prefix = slash < 0 ? bits : parsePrefix(text.slice(slash + 1))
  if (prefix === null || prefix > bits) return null
  const prefixBits = 128 - bits + prefix
  const hostBits = BigInt(128 - prefixBits)
  return address & ((1n << hostBits) - 1n) ? null : { address, prefixBits }
}

export function isInside(address: bigint, network: Network): boolean {
  const hostBits = BigInt(128 - network.prefixBits)
  return address >> hostBits === network.address >> hostBits
}

/**
 * The bits of an IPv4 or IPv6 address in any usual form, a zone behind `%` left out; null if the
 * text is no address. Leading zeros in IPv4 are refused: they are octal to some.
 */
export function parseAddress(text: string): bigint | null {
  if (!text.includes(':')) {
    const v4 = parseV4(text)
    return v4 === null ? null : v4Mapped | v4
  }
  const zone = text.indexOf('%')
  const address = zone < 0 ? text : text.slice(0, zone)
  return address.length > 45 ? null : parseV6(address)
}

function parsePrefix(text: string): number | null {
  const isNumber = text !== '' && text.length <= 3 && isDigits(text)
  return isNumber ? Number(text) : null
}

function parseV4(text: string): bigint | null {
  if (text.length > 15) return null
  const parts = text.split('.')
  if (parts.length !== 4) return null
  let address = 0n
  for (const part of parts) {
    const isNumber = part !== '' && part.length <= 3 && isDigits(part)
    if (!isNumber || Number(part) > 255 || (part[0] === '0' && part !== '0')) return null
    address = (address << 8n) | BigInt(part)
  }
  return address
}

function parseV6(text: string): bigint | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const groups = halves.map(half => (half === '' ? [] : groupsOf(half)))
  const [head, tail] = groups
  if (head == null || tail === null) return null
  const missing = 8 - head.length - (tail?.length ?? 0)
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const all: number[] = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])]
  return all.reduce((address, group) => (address << 16n) | BigInt(group), 0n)
}

/** The 16-bit groups of one side of `::`, a dotted IPv4 address at its end among them. */
function groupsOf(text: string): number[] | null {
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && index === parts.length - 1) {
      const v4 = parseV4(part)
      if (v4 === null) return null
      groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn))
    } else {
      const isHex = part !== '' && part.length <= 4 && Array.from(part).every(isHexDigit)
      if (!isHex) return null
      groups.push(Number.parseInt(part, 16))
    }
  }
  return groups
}

const isHexDigit = (char: string): boolean => '0123456789abcdefABCDEF'.includes(char)
