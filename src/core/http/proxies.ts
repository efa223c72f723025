import { BlockList } from 'node:net'
import { OkiteError } from '../error.ts'
import { readAddress } from './address.ts'

/** Whose word about a client is taken: it is trusted completely for that, and for nothing else. */
export type TrustedProxies = Readonly<{ has(address: string): boolean }>

/** A shorter prefix names a piece of the internet and no network of one's own. */
const prefixMin = { ipv4: 8, ipv6: 16 }

/**
 * Reads addresses and CIDR blocks (RFC 4632).
 *
 * @throws OkiteError `LISTEN_PROXY`
 */
export function readProxies(names: readonly string[]): TrustedProxies {
  const list = new BlockList()
  for (const name of names) {
    const [, text = '', digits] = /^([0-9A-Fa-f.:]{2,45})(?:\/(\d{1,3}))?$/.exec(name) ?? []
    const address = readAddress(text)
    const family = familyOf(address ?? '')
    const bits = family === 'ipv4' ? 32 : 128
    const prefix = digits === undefined ? bits : Number(digits)
    if (address === null || prefix < prefixMin[family] || prefix > bits) {
      throw new OkiteError('LISTEN_PROXY', { text: name.slice(0, 50) })
    }
    list.addSubnet(address, prefix, family)
  }
  return { has: address => list.check(address, familyOf(address)) }
}

const familyOf = (address: string) => (address.includes(':') ? 'ipv6' : 'ipv4')
