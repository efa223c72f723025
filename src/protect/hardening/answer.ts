import type { Params, Reason } from '../../core/control/kind.ts'
import type { Holds } from '../../core/control/state.ts'
import type { Instant } from '../../core/fact.ts'
import { msOf, parseDuration, toInstant } from '../../core/time.ts'

/** What a control of this module answers where it does not simply hold. */
type Answer<S> = Readonly<{ status: S; reason: Reason }>

export const broken = (code: string, args: Reason['args'] = {}): Answer<'broken'> => ({
  status: 'broken',
  reason: { code: `hardening.${code}`, args },
})

export const unknown = (code: string, args: Reason['args'] = {}): Answer<'unknown'> => ({
  status: 'unknown',
  reason: { code: `hardening.${code}`, args },
})

const dayMs = 86_400_000
const monthMs = 30 * dayMs

/** An age is no date of a calendar: its days have 24 hours, its months thirty days. */
export function later(at: Instant, age: string): Instant {
  const span = parseDuration(age)
  const days = span.kind === 'clock' ? 0 : span.days * dayMs
  const months = span.kind === 'local' ? span.months * monthMs : 0
  return toInstant(msOf(at) + days + months + (span.kind === 'business' ? 0 : span.ms))
}

/** What a scan counted, against the figures of the control. */
export function counted(
  scan: Readonly<{ rules: number; evaluated: number; failed: number }>,
  params: Params,
): Holds {
  const { rules, evaluated, failed } = scan
  if (failed > Number(params['failedRulesAtMost'])) {
    return broken('rules.failed', { failed, of: rules })
  }
  const open = rules - evaluated
  if (rules === 0 || open > Number(params['unevaluatedRulesAtMost'])) {
    return unknown('rules.unevaluated', { open, of: rules })
  }
  return true
}
