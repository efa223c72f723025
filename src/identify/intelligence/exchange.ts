import type { Fact } from '../../core/fact.ts'
import type { Params } from '../../core/judge.ts'
import type { Exchange } from './facts.ts'
import { msOfSpan } from './span.ts'

/**
 * Something went each way: enough was given, as much of it was taken by the other side, and enough
 * was received; counted over no longer than the time in which it must happen.
 */
export function wentBothWays({ body }: Fact<Exchange>, params: Params): boolean {
  const { from, until, given, acknowledged, received } = body
  const spanMs = Date.parse(until) - Date.parse(from)
  if (spanMs <= 0 || spanMs > msOfSpan(String(params['every']))) return false
  const least = Number(params['itemsGivenAtLeast'])
  if (total(given) < least || acknowledged < least) return false
  return total(received) >= Number(params['itemsReceivedAtLeast'])
}

const total = ({ incidents, threats, lessons }: Exchange['given']): number =>
  incidents + threats + lessons
