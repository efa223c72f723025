import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { ask, type Target } from './ask.ts'
import { type CertificateProbe, probeCertificate, type TrustAnchors } from './certificate.ts'
import { type Answer, type UnknownReason, unknown } from './dialogue.ts'
import {
  type Exchange,
  type Suite,
  suiteOf,
  suites,
  suites13,
  type VersionId,
  versionIds,
} from './names.ts'

export type Yes = 'yes' | 'no' | 'unknown'

/** What one address answered about one version. */
type VersionProbe = Readonly<{
  accepted: Yes
  /** Accepted with a forward-secret exchange. */
  forward: Yes
  /** Accepted with an exchange that is not. */
  plain: Yes
  /** IANA names of what it selected. */
  suite?: string
  group?: string
  plainSuite?: string
  /** The alert or version by which it refused, or why nobody knows. */
  reason?: string
}>

export type AddressProbe = Readonly<{
  address: string
  versions: Readonly<Record<VersionId, VersionProbe>>
  certificate: CertificateProbe
}>

/** All that one probe of an endpoint found. It is as bad as its worst address. */
export type EndpointProbe = Readonly<{
  host: string
  port: number
  /** Set when no address could be asked at all. */
  reason?: UnknownReason
  /** How many addresses the name has; those above the limit were not asked. */
  addressesFound: number
  addresses: readonly AddressProbe[]
  connections: number
}>

/** Of one endpoint. A name with more addresses reads unknown, never kept. */
const addressesMax = 8

/** All questions to one address together; then the rest is `time.exhausted`. */
const addressMsMax = 90_000

/** Old servers choke on more suites than this in one ClientHello, and refuse what they would take. */
const suitesPerHelloMax = 64

type ProbeRequest = Readonly<{
  host: string
  port: number
  /** For SNI and for the names in the certificate; by default the host, without SNI if it is an address. */
  serverName?: string | null
  timeoutMs: number
  signal: AbortSignal
  anchors: TrustAnchors
  nowMs: number
}>

/** Asks an endpoint for every version and key exchange, one connection after another. */
export async function probeEndpoint(asked: ProbeRequest): Promise<EndpointProbe> {
  const { host, port } = asked
  const serverName = asked.serverName ?? (isIP(host) === 0 ? host : null)
  const request = { ...asked, serverName }
  const addresses = await resolve(request)
  if (!Array.isArray(addresses)) {
    return { host, port, reason: addresses, addressesFound: 0, addresses: [], connections: 0 }
  }
  const probes: AddressProbe[] = []
  let connections = 0
  for (const address of addresses.slice(0, addressesMax)) {
    const asker = createAsker({ address, port }, request)
    probes.push(await probeAddress(asker, request))
    connections += asker.connections()
  }
  const answering = withoutVacant(probes)
  const addressesFound = addresses.length - (probes.length - answering.length)
  return { host, port, addressesFound, addresses: answering, connections }
}

/**
 * `localhost` has two addresses and most servers listen on one of them. A refused connection on the
 * loopback interface is this host's own word that nobody listens there, so such an address is left
 * out while another one answers. Anywhere else a refusal may come from a filter, and stays unknown.
 */
function withoutVacant(probes: readonly AddressProbe[]): readonly AddressProbe[] {
  const isVacant = ({ address, versions }: AddressProbe) =>
    (address === '::1' || /^127\./.test(address)) && versions.tls13.reason === 'connect.refused'
  const answering = probes.filter(probe => !isVacant(probe))
  return answering.length > 0 ? answering : probes
}

type Request = ProbeRequest & Readonly<{ serverName: string | null }>

async function resolve(request: Request): Promise<string[] | UnknownReason> {
  if (isIP(request.host) !== 0) return [request.host]
  const late = AbortSignal.any([request.signal, AbortSignal.timeout(request.timeoutMs)])
  const stopped = new Promise<null>(done => {
    late.addEventListener('abort', () => done(null), { once: true })
  })
  try {
    const found = await Promise.race([lookup(request.host, { all: true }), stopped])
    if (found === null) return request.signal.aborted ? 'stopped' : 'name.unresolved'
    return [...new Set(found.map(entry => entry.address))].sort()
  } catch {
    return 'name.unresolved'
  }
}

type Asker = Readonly<{
  target: Target
  ask(version: VersionId, offered: readonly Suite[]): Promise<Answer>
  connections(): number
  /** The last certificates sent in the clear. */
  certificates(): readonly Buffer[]
  /** Set once it is clear that asking further would only annoy: every later answer is this one. */
  halted(): Answer | null
}>

/** Asks one address, and stops asking when it is unreachable, silent twice, or out of time. */
function createAsker(target: Target, request: Request): Asker {
  const until = performance.now() + Math.min(addressMsMax, request.timeoutMs * 20)
  let connections = 0
  let silences = 0
  let halted: Answer | null = null
  let certificates: readonly Buffer[] = []
  return {
    target,
    connections: () => connections,
    certificates: () => certificates,
    halted: () => halted,
    async ask(version, offered) {
      const first = await askOnce(version, offered)
      if (first.kind !== 'refused' || !first.needsSecond) return first
      const second = await askOnce(version, offered)
      // Two different answers to one question: an acceptance stands, anything else is no answer.
      if (second.kind === 'accepted' || second.kind === 'refused') return second
      return unknown('alert.other', first.by)
    },
  }

  async function askOnce(version: VersionId, offered: readonly Suite[]): Promise<Answer> {
    if (halted !== null) return halted
    if (request.signal.aborted) return unknown('stopped')
    if (performance.now() >= until) return (halted = unknown('time.exhausted'))
    connections += 1
    const answer = await ask(
      target,
      { version, suites: offered, serverName: request.serverName },
      request,
    )
    if (answer.kind === 'accepted' && answer.certificates.length > 0) {
      certificates = answer.certificates
    }
    if (answer.kind === 'unknown') {
      const isSilent = answer.reason === 'answer.silent' || answer.reason === 'answer.slow'
      silences = isSilent ? silences + 1 : 0
      if (answer.reason.startsWith('connect.') || silences === 2) halted = answer
      if (answer.reason === 'answer.not.tls') halted = answer
    }
    return answer
  }
}

async function probeAddress(asker: Asker, request: Request): Promise<AddressProbe> {
  const found = {} as Record<VersionId, VersionProbe>
  for (const version of [...versionIds].reverse()) {
    found[version] =
      version === 'tls13' ? await askVersion13(asker) : await askVersion(asker, version)
  }
  const halted = asker.halted()
  const certificate =
    halted?.kind === 'unknown'
      ? { status: 'unknown' as const, problems: [], reason: halted.reason }
      : await probeCertificate(asker.target, asker.certificates(), request)
  return { address: asker.target.address, versions: inOrder(found), certificate }
}

const inOrder = (found: Record<VersionId, VersionProbe>) =>
  Object.fromEntries(versionIds.map(id => [id, found[id]])) as Record<VersionId, VersionProbe>

/**
 * RFC 8446 has one exchange without forward secrecy: a pre-shared key alone. It needs a key that we
 * do not have, so it is not asked; what a stranger gets is (EC)DHE with a certificate or nothing.
 */
async function askVersion13(asker: Asker): Promise<VersionProbe> {
  const answer = await asker.ask('tls13', suites13)
  switch (answer.kind) {
    case 'accepted':
      return { accepted: 'yes', forward: 'yes', plain: 'no', ...selected(answer) }
    case 'refused':
      return { accepted: 'no', forward: 'no', plain: 'no', reason: answer.by }
    case 'unknown':
      return { accepted: 'unknown', forward: 'unknown', plain: 'unknown', reason: why(answer) }
  }
}

async function askVersion(asker: Asker, version: VersionId): Promise<VersionProbe> {
  const forward = await askExchange(asker, version, 'forward')
  // The server spoke of the version itself: no suite would change its mind.
  const plain =
    forward.kind === 'refused' && forward.ofVersion
      ? forward
      : await askExchange(asker, version, 'plain')
  const answers = [yes(forward), yes(plain)]
  const accepted: Yes = answers.includes('yes')
    ? 'yes'
    : answers.includes('unknown')
      ? 'unknown'
      : 'no'
  const unclear = [forward, plain].find(answer => answer.kind === 'unknown')
  const reason = unclear
    ? why(unclear as Answer & { kind: 'unknown' })
    : accepted === 'no' && forward.kind === 'refused'
      ? forward.by
      : null
  return {
    accepted,
    forward: yes(forward),
    plain: yes(plain),
    ...(forward.kind === 'accepted' ? selected(forward) : {}),
    ...(plain.kind === 'accepted' ? { plainSuite: nameOfSuite(plain.suite) } : {}),
    ...(reason === null ? {} : { reason }),
  }
}

/** Refused means that every batch was refused; the first acceptance ends the question. */
async function askExchange(asker: Asker, version: VersionId, exchange: Exchange): Promise<Answer> {
  const offered = suites.filter(
    suite => suite.exchange === exchange && (version === 'tls12' || !suite.since12),
  )
  let worst: Answer | null = null
  for (let at = 0; at < offered.length; at += suitesPerHelloMax) {
    const answer = await asker.ask(version, offered.slice(at, at + suitesPerHelloMax))
    if (answer.kind === 'accepted') return answer
    if (answer.kind === 'refused' && answer.ofVersion && worst?.kind !== 'unknown') return answer
    if (worst === null || answer.kind === 'unknown') worst = answer
  }
  return worst as Answer
}

const yes = (answer: Answer): Yes =>
  answer.kind === 'accepted' ? 'yes' : answer.kind === 'refused' ? 'no' : 'unknown'

const why = (answer: Answer & { kind: 'unknown' }): string =>
  answer.detail === null ? answer.reason : `${answer.reason} ${answer.detail}`

const selected = (answer: Answer & { kind: 'accepted' }) => ({
  suite: nameOfSuite(answer.suite),
  ...(answer.group === null ? {} : { group: answer.group }),
})

const nameOfSuite = (suite: number): string => suiteOf(suite)?.name ?? `suite${suite}`
