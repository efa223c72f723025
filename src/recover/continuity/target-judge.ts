import { compareText } from '../../core/control/match.ts'
import type { Draft, Fact, Pos } from '../../core/fact.ts'
import { isWake, type Judge } from '../../core/judge.ts'
import { serviceListed, serviceRemoved, targetMeasured } from './facts.ts'
import { needsOf, slowestOf, type Target } from './targets.ts'

type Listed = Target & Readonly<{ pos: Pos; said: string }>

/** One row, because what a service waits for may stand anywhere on the list. */
type Row = Readonly<{ services: Readonly<Record<string, Listed>> }>

/** Services of one organisation; those beyond are not laid beside each other, and their targets stay unknown. */
const servicesMax = 2_000

/**
 * Lays services beside what they need whenever one of them is said anew: of each whose standing has become
 * another it says how it stands now.
 */
export const targetsJudge: Judge<Row> = {
  id: 'recover.continuity.targets',
  version: 1,
  from: [serviceListed, serviceRemoved],
  makes: [targetMeasured],
  keys: () => [''],
  init: () => ({ services: {} }),
  step(before, input, ctx) {
    if (isWake(input)) return { state: before }
    const fact = input as Fact<Target & { service: string }>
    const { service, rtoMinutes, rpoMinutes, dependsOn } = fact.body
    const { [service]: known, ...others } = before.services
    if (fact.type === serviceRemoved.name) return measured(others, fact.pos, ctx.now)
    if (known === undefined && Object.keys(others).length >= servicesMax) return { state: before }
    const listed = { rtoMinutes, rpoMinutes, dependsOn, pos: fact.pos, said: known?.said ?? '' }
    return measured({ ...others, [service]: listed }, fact.pos, ctx.now)
  },
}

function measured(services: Row['services'], cause: Pos, now: string) {
  const facts: Draft[] = []
  const after: Record<string, Listed> = {}
  // A stored row may give its names in another order; what is said has one order.
  for (const service of Object.keys(services).sort(compareText)) {
    const own = services[service] as Listed
    const { needs, isCircular } = needsOf(service, services)
    const slowest = slowestOf(own, needs, services)
    const unlisted = [...needs].filter(one => services[one] === undefined).length
    const { rtoMinutes, rpoMinutes } = own
    const body = { service, rtoMinutes, rpoMinutes, slowest, isCircular, unlisted }
    const said = JSON.stringify(body)
    after[service] = { ...own, said }
    if (said === own.said) continue
    const because = [...new Set([cause, own.pos])].sort((a, b) => b - a)
    facts.push({ type: targetMeasured, occurred: now, because, body })
  }
  return { state: { services: after }, facts }
}
