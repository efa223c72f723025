import type { Reason } from '../../../core/control/kind.ts'
import type { Params } from '../../../core/judge.ts'
import type { Probed } from '../facts.ts'

type Address = Probed['addresses'][number]
type VersionId = keyof Address['versions']
type VersionProbed = Address['versions'][VersionId]

/** What a probe means under the parameters of the control. */
type Assessment =
  | true
  | Readonly<{ status: 'broken'; reason: Reason }>
  | Readonly<{ status: 'unknown'; reason: Reason }>

/** Oldest first, with the numbers that people say. */
const numbers: readonly (readonly [VersionId, string])[] = [
  ['ssl3', 'SSL 3.0'],
  ['tls10', 'TLS 1.0'],
  ['tls11', 'TLS 1.1'],
  ['tls12', 'TLS 1.2'],
  ['tls13', 'TLS 1.3'],
]

/**
 * Judges one probe: broken as soon as one address proves it, else unknown as soon as one needed
 * answer is missing, else kept. An endpoint is as bad as its worst address.
 */
export function assess(probe: Probed, params: Params): Assessment {
  const minimum = numbers.findIndex(([, name]) => name === `TLS ${params['minimumVersion']}`)
  if (minimum < 0) return unknown('tls.unknown.parameter', { parameter: 'minimumVersion' })
  const wantsCertificate = params['certificate'] !== false
  const found = probe.addresses.flatMap(address => {
    const args = { address: address.address }
    return [
      ...judgeVersions(address, minimum, args),
      ...(wantsCertificate ? judgeCertificate(address, probe, args) : []),
    ]
  })
  const broken = found.find(one => one.status === 'broken')
  if (broken !== undefined) return broken
  if (probe.addresses.length === 0) {
    return unknown(`tls.unknown.${probe.reason ?? 'name.unresolved'}`, {})
  }
  if (probe.addressesFound > probe.addresses.length) {
    const args = { asked: probe.addresses.length, found: probe.addressesFound }
    return unknown('tls.unknown.addresses', args)
  }
  return found[0] ?? true
}

type Found = Exclude<Assessment, true>
type Args = Readonly<Record<string, string | number>>

const broken = (code: string, args: Args): Found => ({ status: 'broken', reason: { code, args } })
const unknown = (code: string, args: Args): Found => ({ status: 'unknown', reason: { code, args } })

function judgeVersions(address: Address, minimum: number, args: Args): Found[] {
  const found: Found[] = []
  const enough = numbers.slice(minimum).map(([id]) => address.versions[id])
  numbers.forEach(([id, version], index) => {
    const probed = address.versions[id]
    const named = { ...args, version }
    if (index < minimum && probed.accepted === 'yes') {
      found.push(broken('tls.version.accepted', named))
    }
    if (index >= minimum && probed.plain === 'yes') {
      found.push(broken('tls.exchange.plain', { ...named, suite: probed.plainSuite ?? '' }))
    }
    if (index >= minimum) found.push(...judgePrime(probed, named))
    const isClear = probed.accepted !== 'unknown' && (index < minimum || probed.plain !== 'unknown')
    if (!isClear) found.push(unclear(probed.reason, named))
  })
  if (enough.every(probed => probed.forward === 'no')) {
    const [, version] = numbers[minimum] as (typeof numbers)[number]
    const isAccepted = enough.some(probed => probed.accepted === 'yes')
    found.push(
      broken(isAccepted ? 'tls.exchange.none' : 'tls.version.missing', { ...args, version }),
    )
  } else if (!enough.some(probed => probed.forward === 'yes')) {
    const probed = enough.find(one => one.forward === 'unknown')
    const [, version] = numbers[minimum] as (typeof numbers)[number]
    found.push(unclear(probed?.reason, { ...args, version }))
  }
  return found
}

/**
 * NIST SP 800-57: a prime below 2048 bits is within reach, and the past with it (Logjam). One of which
 * nobody measured the length shows nothing.
 */
function judgePrime({ forward, suite, group }: VersionProbed, named: Args): Found[] {
  const bits = /^(?:dh|ffdhe)(\d+)$/.exec(group ?? '')?.[1]
  if (bits !== undefined) {
    return Number(bits) < 2048
      ? [broken('tls.exchange.weak', { ...named, bits: Number(bits) })]
      : []
  }
  const isFinite = /^TLS_(DHE|PSK_DHE)_/.test(suite ?? '')
  return isFinite && forward === 'yes' ? [unknown('tls.unknown.prime', named)] : []
}

/** A reason of the prober may carry the name of an alert behind its code. */
function unclear(reason: string | undefined, args: Args): Found {
  const [code = 'stopped', detail = ''] = (reason ?? 'stopped').split(' ')
  return unknown(`tls.unknown.${code}`, detail === '' ? args : { ...args, alert: detail })
}

function judgeCertificate(address: Address, probe: Probed, args: Args): Found[] {
  const { status, problems, reason, fingerprint } = address.certificate
  if (status === 'valid' && problems.length === 0) return []
  const leaf = probe.leaves.find(one => one.fingerprint === fingerprint)
  const named = { ...args, until: leaf?.notAfter ?? '', issuer: leaf?.issuer ?? '' }
  if (status === 'unknown') {
    const [code = 'stopped'] = (reason ?? 'stopped').split(' ')
    return [unknown(`tls.unknown.${code}`, args)]
  }
  // Said to be invalid without a word why, it is no less invalid.
  const all = problems.length === 0 ? ['certificate.invalid'] : problems
  return all.map(problem => broken(`tls.${problem}`, named))
}
