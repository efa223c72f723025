import type { Probed } from './facts.ts'
import type { Leaf } from './probe/certificate.ts'
import type { EndpointProbe } from './probe/endpoint.ts'

/** 14 KiB: a leaf of the list may have 16, and its envelope needs some (L1). */
const bodyBytesMax = 14 * 1024

/** The fact's body of a probe: each certificate once, and never more than a leaf may hold. */
export function bodyOf(endpoint: string, probe: EndpointProbe, durationMs: number): Probed {
  const leaves = new Map<string, Leaf>()
  const addresses = probe.addresses.map(({ address, versions, certificate }) => {
    const { leaf, ...rest } = certificate
    if (leaf !== undefined) leaves.set(leaf.fingerprint, leaf)
    return {
      address,
      versions,
      certificate: {
        ...rest,
        problems: [...rest.problems],
        ...(leaf === undefined ? {} : { fingerprint: leaf.fingerprint }),
      },
    }
  })
  const body = (leaves: readonly Leaf[]): Probed => ({
    endpoint,
    ...(probe.reason === undefined ? {} : { reason: probe.reason }),
    addressesFound: probe.addressesFound,
    addresses,
    leaves: leaves.map(leaf => ({ ...leaf, names: [...leaf.names] })),
    connections: probe.connections,
    durationMs: Math.round(durationMs),
  })
  // Names and issuers are what a hostile server can make long: the names go first (`namesTotal` still
  // counts them), then the description of the certificates. What the control judges always stays.
  const all = [...leaves.values()]
  const shorter = [all, all.map(leaf => ({ ...leaf, names: [] })), []].map(body)
  const fitting = shorter.find(one => Buffer.byteLength(JSON.stringify(one)) <= bodyBytesMax)
  return fitting ?? (shorter.at(-1) as Probed)
}
