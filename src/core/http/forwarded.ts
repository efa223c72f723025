import { isIPv4 } from 'node:net'
import { OkiteError } from '../error.ts'
import { readAddress } from './address.ts'
import type { TrustedProxies } from './proxies.ts'

/** What trusted proxies say of a request: from where, over what, to which host. */
export type Told = Readonly<{
  client: string
  protos: readonly string[]
  /** Empty: nobody says it, and the field `Host` does. */
  hosts: readonly string[]
}>

/** Which fields the proxies set. The other ones are whatever a client has sent, and are never read. */
export const proxyHeaders = ['x-forwarded', 'forwarded'] as const
export type ProxyHeader = (typeof proxyHeaders)[number]

/** Nobody has more proxies in a row; what is longer is made up. */
const hopsMax = 32

/**
 * Each proxy adds at the end whom it talked to, so a chain is read from its end: past the proxies that are
 * trusted, up to the first address that is not one of them. What stands before it that client may have
 * written himself, and is nobody's word.
 *
 * @throws OkiteError `HTTP_FORWARDED` when the fields are not there or do not say it in one way
 */
export function toldBy(kind: ProxyHeader, headers: Headers, proxies: TrustedProxies): Told {
  const told = kind === 'forwarded' ? readRfc7239(headers, proxies) : readX(headers, proxies)
  if (told === null) throw new OkiteError('HTTP_FORWARDED')
  return told
}

function readX(headers: Headers, proxies: TrustedProxies): Told | null {
  const list = (name: string) => {
    const text = headers.get(name)
    return text === null ? [] : text.split(',').map(one => one.trim().toLowerCase())
  }
  const chain = list('x-forwarded-for')
  const at = clientAt(chain, proxies)
  if (at === null) return null
  return {
    client: at.address,
    protos: list('x-forwarded-proto'),
    hosts: list('x-forwarded-host'),
  }
}

function readRfc7239(headers: Headers, proxies: TrustedProxies): Told | null {
  const elements = readForwarded(headers.get('forwarded') ?? '')
  const at =
    elements &&
    clientAt(
      elements.map(element => element.get('for') ?? ''),
      proxies,
    )
  // Who wrote down the client wrote down what he asked for too.
  const element = at === null || elements === null ? undefined : elements[at.index]
  if (!at || element === undefined) return null
  const list = (name: string) => {
    const value = element.get(name)
    return value === undefined ? [] : [value.toLowerCase()]
  }
  return { client: at.address, protos: list('proto'), hosts: list('host') }
}

function clientAt(
  chain: readonly string[],
  proxies: TrustedProxies,
): Readonly<{ index: number; address: string }> | null {
  for (let index = chain.length - 1; index >= Math.max(0, chain.length - hopsMax); index -= 1) {
    const address = readNode(chain[index] ?? '')
    // `unknown` and made-up names (RFC 7239, 6.2 and 6.3) of a trusted proxy leave nobody to count.
    if (address === null) return null
    if (index === 0 || !proxies.has(address)) return { index, address }
  }
  return null
}

/** An address, IPv6 in brackets or bare, with or without a port (RFC 7239, 6). */
function readNode(text: string): string | null {
  const [, bracketed, plain = text] = /^(?:\[([^\]]*)\]|([0-9.]+))(?::\d{1,5})?$/.exec(text) ?? []
  if (bracketed === undefined) return readAddress(plain)
  return isIPv4(bracketed) ? null : readAddress(bracketed)
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const pair = new RegExp(
  `[ \\t]*(${token})=(?:(${token})|"((?:[\\t !\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\t -~])*)")[ \\t]*([;,]|$)`,
  'y',
)

/**
 * The field `Forwarded` (RFC 7239, 4), whole or not at all: half of one could be read as something else.
 *
 * @returns null when it is not of that form, says a parameter twice or has too many hops
 */
export function readForwarded(text: string): readonly ReadonlyMap<string, string>[] | null {
  const elements: Map<string, string>[] = []
  let element = new Map<string, string>()
  pair.lastIndex = 0
  for (;;) {
    const match = pair.exec(text)
    if (match === null) return null
    const [, name = '', bare, quoted = '', end] = match
    const key = name.toLowerCase()
    if (element.has(key)) return null
    element.set(key, bare ?? quoted.replaceAll(/\\(.)/g, '$1'))
    if (end === ';') continue
    elements.push(element)
    if (end === '') return elements
    if (elements.length >= hopsMax) return null
    element = new Map()
  }
}
