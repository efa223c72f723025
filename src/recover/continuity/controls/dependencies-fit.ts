import { state } from '../../../core/control/state.ts'
import type { Params } from '../../../core/judge.ts'
import { parseDuration } from '../../../core/time.ts'
import { assets } from '../../../identify/asset/facts.ts'
import { serviceListed, targetMeasured } from '../facts.ts'

/**
 * Each service says how soon it must be back and how little it may lose, within what the policy aims at;
 * and what it needs, itself and through others, must be back no later than it, and never waits for it.
 */
export const dependenciesFit = state({
  id: 'recover.continuity.targets-fit-dependencies',
  version: 1,
  owner: 'continuity',
  params: { rtoAtMost: 'PT4H', rpoAtMost: 'PT1H', registerFresh: 'P90D', discoveryFresh: 'P7D' },
  population: assets('service', body => body.inScope !== false),
  slots: {
    target: { type: targetMeasured, byHand: [serviceListed], key: f => f.body.service },
  },
  holds: ({ target }, _now, params) => {
    const { rtoMinutes, rpoMinutes, slowest, isCircular, unlisted } = target.body
    if (rtoMinutes === null || rpoMinutes === null) return broken('continuity.target.missing')
    const [rto, rpo] = [minutesOf(params, 'rtoAtMost'), minutesOf(params, 'rpoAtMost')]
    if (rtoMinutes > rto) return broken('continuity.target.rto', { minutes: rtoMinutes, most: rto })
    if (rpoMinutes > rpo) return broken('continuity.target.rpo', { minutes: rpoMinutes, most: rpo })
    if (isCircular) return broken('continuity.target.circular')
    if (slowest !== null)
      return broken('continuity.target.slower', {
        ...{ needed: slowest.service, theirs: slowest.rtoMinutes, own: rtoMinutes },
      })
    return unlisted === 0 || broken('continuity.target.unlisted', { count: unlisted })
  },
})

const broken = (code: string, args: Readonly<Record<string, string | number>> = {}) => ({
  ...{ status: 'broken' as const, reason: { code, args } },
})

function minutesOf(params: Params, name: string): number {
  const span = parseDuration(String(params[name]))
  return span.kind === 'clock' ? span.ms / 60_000 : span.days * 1_440
}
