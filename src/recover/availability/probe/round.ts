import { readFileSync } from 'node:fs'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { type Answer, answered, blind } from './answer.ts'
import { ask, type Probe } from './ask.ts'
import { connectAny } from './connect.ts'
import { createNames } from './names.ts'
import type { Tools } from './reach.ts'
import { readPlace } from './target.ts'

/** Services that are probed; those beyond, in the order of their numbers, are blind and it is said. */
export const probesMax = 500
/** All questions of a minute are over by then, so that the next minute finds nobody at work. */
const roundMsMax = 45_000
const widthMin = 32

export type Rounds = Readonly<{
  /** Asks everything once, at the same time as far as the minute allows. */
  askAll(
    probes: ReadonlyMap<string, Probe>,
    stop: AbortSignal,
  ): Promise<ReadonlyMap<string, Answer>>
}>

type RoundOptions = Readonly<{
  timeoutMs: number
  loopback: boolean
  linkLocal: boolean
  resolvers: readonly string[]
  caFile: string | null
  reference: readonly string[]
}>

export function createRounds(options: RoundOptions): Rounds {
  const { timeoutMs, loopback, linkLocal } = options
  const known = { rules: { loopback, linkLocal }, trust: trustOf(options.caFile), timeoutMs }
  return {
    async askAll(probes, stop) {
      // Anew each time: a machine that moves to another network has other resolvers.
      const tools: Tools = { ...known, names: createNames(options.resolvers) }
      const found = new Map<string, Answer>()
      const waiting = [...probes].sort(([a], [b]) => (a < b ? -1 : 1))
      for (const [service] of waiting.splice(probesMax)) found.set(service, blind('probes.many'))
      const width = Math.max(widthMin, Math.ceil((waiting.length * timeoutMs) / roundMsMax))
      const worker = async () => {
        for (let one = waiting.shift(); one !== undefined; one = waiting.shift())
          found.set(one[0], await ask(one[1], tools, stop))
      }
      await Promise.all(Array.from({ length: Math.min(width, waiting.length) }, worker))
      const isAnyFailed = [...found.values()].some(({ kind }) => kind === 'failed')
      if (!isAnyFailed || (await hasWayOut(options.reference, tools, stop))) return found
      // Failures that we cannot tell from our own: whatever else answered did answer.
      return new Map(
        [...found].map(([service, answer]) => [
          service,
          answer.kind === 'failed' ? blind('reference.silent') : answer,
        ]),
      )
    },
  }
}

/** Whom this machine trusts, and the authorities of one's own. @throws what the system says of the file */
export function trustOf(caFile: string | null): SecureContext {
  const authorities = new Set([...getCACertificates('default'), ...getCACertificates('system')])
  if (caFile !== null) authorities.add(readFileSync(caFile, 'utf8'))
  return createSecureContext({ ca: [...authorities] })
}

/** Whether one of the places of others takes a connection; true where none is named. */
async function hasWayOut(
  reference: readonly string[],
  { names, timeoutMs }: Tools,
  stop: AbortSignal,
): Promise<boolean> {
  if (reference.length === 0) return true
  const signal = AbortSignal.any([stop, AbortSignal.timeout(Math.min(timeoutMs, 5_000))])
  const looks = reference.map(async text => {
    const place = readPlace(text)
    if (typeof place === 'string') throw new Error(place)
    const socket = await connectAny(await names.addressesOf(place.host), place.port, signal)
    socket.on('error', () => {})
    socket.destroy()
    return answered
  })
  return Promise.any(looks).then(
    () => true,
    () => false,
  )
}
