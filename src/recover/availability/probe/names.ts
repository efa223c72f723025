import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import { Answered, blind, failed } from './answer.ts'

/** Asked of one server; the second time it may take a little longer. */
const askMsMax = 2_000
/** Enough for a name with two families; who has more answers at the first ones. */
const addressesPerFamilyMax = 2

export type Names = Readonly<{
  /** Addresses of a host, the families in turn. @throws Answered where there are none */
  addressesOf(host: string): Promise<readonly string[]>
}>

/**
 * Names as the world resolves them: by DNS, every minute anew, and never by this machine's hosts file.
 * `getaddrinfo` would do otherwise, and its four threads stand still together when a server is silent.
 *
 * @param servers of the resolver; none: those of the system
 */
export function createNames(servers: readonly string[], msMax = askMsMax): Names {
  const resolver = new Resolver({ timeout: msMax, tries: 2 })
  if (servers.length > 0) resolver.setServers([...servers])

  /** Any word of the resolver shows that it is there: then it is the name that nobody answers for. */
  const isThere = async (): Promise<boolean> => {
    try {
      await resolver.resolveNs('.')
      return true
    } catch (error) {
      return !isSilence(error)
    }
  }
  return {
    async addressesOf(host) {
      if (isIP(host) !== 0) return [host]
      // RFC 6761 §6.3: no server is asked for these.
      if (/(^|\.)localhost\.?$/.test(host)) return ['127.0.0.1', '::1']
      const asked = [resolver.resolve4(host), resolver.resolve6(host)]
      const found = await Promise.allSettled(asked)
      const [four = [], six = []] = found.map(one =>
        one.status === 'fulfilled' ? one.value.slice(0, addressesPerFamilyMax) : [],
      )
      const addresses = Array.from({ length: addressesPerFamilyMax }, (_, nth) => [
        ...four.slice(nth, nth + 1),
        ...six.slice(nth, nth + 1),
      ]).flat()
      if (addresses.length > 0) return addresses
      const errors = found.flatMap(one =>
        one.status === 'rejected' ? [one.reason as unknown] : [],
      )
      if (errors.every(error => /^E(NOTFOUND|NODATA)$/.test(codeOf(error))))
        throw new Answered(failed('name.unknown'))
      if (errors.some(isSilence) && !(await isThere())) throw new Answered(blind('resolver.silent'))
      throw new Answered(failed('name.failed'))
    },
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | null)?.code ?? ''

/** Nobody answered, or nobody could be asked. */
const isSilence = (error: unknown): boolean =>
  /^E(TIMEOUT|CONNREFUSED|CANCELLED|NOTINITIALIZED|LOADIPHLPAPI|NOMEM)$/.test(codeOf(error))
