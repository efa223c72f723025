import type { Engine } from '../index.ts'

/**
 * The rules that feed correlations, each with the fields that the correlations read of its events.
 *
 * A correlator is asked, with an event for each rule: it notes what it reads, and keeps the event
 * waiting if it is fed by the rule. So nothing of its making has to be known here.
 */
export function fedRules(engine: Engine): Map<string, readonly string[]> {
  const ids = engine.rules.flatMap(({ id, kind, state }) =>
    kind === 'detection' && state.startsWith('runs') ? [id] : [],
  )
  const hasCorrelations = engine.rules.some(
    ({ kind, state }) => kind === 'correlation' && state.startsWith('runs'),
  )
  if (!hasCorrelations) return new Map()
  const correlator = engine.correlate({
    latenessMs: Number.MAX_SAFE_INTEGER,
    pendingMax: Number.POSITIVE_INFINITY,
  })
  const read = ids.map((id, timeMs) => {
    const names = new Set<string>()
    const field = (name: string): string => {
      names.add(name)
      // A number, so that it can be counted and added up.
      return '1'
    }
    correlator.add({ rules: [id], timeMs, id, field })
    return [...names]
  })
  return new Map(
    correlator
      .save()
      .pending.map(({ timeMs }) => [ids[timeMs] as string, read[timeMs] as readonly string[]]),
  )
}
