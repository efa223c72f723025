import { OkiteError } from '../error.ts'
import { clientOf, readAddress } from './address.ts'
import type { Exposure } from './exposure.ts'
import { toldBy } from './forwarded.ts'

/** Whence a request comes and which hosts it names: all of them must be ours. */
export type Arrival = Readonly<{ client: string; hosts: readonly (string | null)[] }>

/**
 * Behind proxies nobody is answered who does not come through one, over TLS: else a client could say of
 * himself what only a proxy may say, and a session could cross a network in the clear. Nothing is
 * redirected either (ASVS 4.1.2): a program that talks in the clear is to fail, not to be helped.
 *
 * @param peer the address at the other end of the socket
 * @throws OkiteError `HTTP_PROXY`, `HTTP_FORWARDED`, `HTTP_PLAIN`
 */
export function arrivalOf(headers: Headers, peer: string, { proxies }: Exposure): Arrival {
  if (proxies === null) return { client: clientOf(peer), hosts: [headers.get('host')] }
  const address = readAddress(peer)
  if (address === null || !proxies.has(address)) throw new OkiteError('HTTP_PROXY')
  const { client, protos, hosts } = toldBy(proxies.header, headers, proxies)
  if (protos.length === 0 || protos.some(proto => proto !== 'https')) {
    throw new OkiteError('HTTP_PLAIN')
  }
  return { client: clientOf(client), hosts: hosts.length === 0 ? [headers.get('host')] : hosts }
}
