import type { EventSource } from '../rule/logsource.ts'
import { channelServices, eventCategories, serviceAliases } from './taxonomy.ts'

/** The channel of Sysmon on Linux, and that of the RPC firewall: not products of Windows alone. */
const linuxSysmon = 'linux-sysmon/operational'
const rpcFirewall = 'rpcfw'

/**
 * What the channel and number of an event of Windows, and of Sysmon on Linux, tell; null without a
 * channel. A channel that the taxonomy does not know is still one of Windows.
 */
export function channelSource(
  channelText: string,
  eventId: string,
  eventType: string,
): EventSource | null {
  if (channelText === '') return null
  const channel = channelText.toLowerCase()
  if (channel === linuxSysmon) {
    const categories = categoriesOf('sysmon', eventId, eventType)
    return { products: ['linux'], services: ['sysmon'], categories }
  }
  if (channel === rpcFirewall) {
    return { products: ['windows', 'rpc_firewall'], services: [], categories: ['application'] }
  }
  const service = channelServices.get(channel)
  if (service === undefined) return { products: ['windows'], services: [], categories: [] }
  const alias = serviceAliases.get(service)
  return {
    products: ['windows'],
    services: alias === undefined ? [service] : [service, alias],
    categories: categoriesOf(service, eventId, eventType),
  }
}

/** The categories of an event of a service; `eventType` in any case. */
export function categoriesOf(service: string, eventId: string, eventType: string): string[] {
  return eventCategories
    .filter(
      rule =>
        rule.service === service &&
        rule.eventIds.includes(Number(eventId || Number.NaN)) &&
        (rule.eventType === null || rule.eventType === eventType.toLowerCase()),
    )
    .map(rule => rule.category)
}
