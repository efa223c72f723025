import { BlockList, isIP } from 'node:net'

/**
 * Addresses that a registered target must not lead to. Who may register targets could otherwise make this
 * program ask what only this machine can reach (SSRF): the metadata of its cloud, and what listens on
 * loopback alone. Addresses are looked at after names are resolved, and the one that was looked at is the
 * one that is connected to, so a name that changes in between changes nothing.
 */
export type AddressRules = Readonly<{ loopback: boolean; linkLocal: boolean }>

const listOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

/** Nobody answers there: this host, multicast, reserved (RFC 6890). */
const never = listOf(['0.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4', '::', 'ff00::/8'])
const loopback = listOf(['127.0.0.0/8', '::1'])
/** Link-local, and where clouds put their metadata outside of it: AWS (IPv6), Alibaba, Oracle, Azure. */
const linkLocal = listOf([
  ...['169.254.0.0/16', 'fe80::/10'],
  ...['fd00:ec2::254', '100.100.100.200', '192.0.0.192', '168.63.129.16'],
])

export function isRefused(address: string, rules: AddressRules): boolean {
  const plain = embedded(address)
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(plain) === 0 || never.check(plain, family)) return true
  if (!rules.loopback && loopback.check(plain, family)) return true
  return !rules.linkLocal && linkLocal.check(plain, family)
}

/** The IPv4 address within one of IPv6: mapped (RFC 4291 §2.5.5.2) and NAT64 (RFC 6052). */
function embedded(address: string): string {
  if (isIP(address) !== 6) return address
  const written = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1) ?? ''
  const [, high, low] = /^(?:::ffff|64:ff9b:):([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(written) ?? []
  if (high === undefined || low === undefined) return written
  const number = [high, low].map(part => Number.parseInt(part, 16))
  return number.flatMap(part => [part >> 8, part & 255]).join('.')
}
