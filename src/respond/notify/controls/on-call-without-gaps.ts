import { state } from '../../../core/control/state.ts'
import { rosterRead } from '../facts.ts'

/** From when it was read, the roster has somebody on call in every minute of the days that are asked for. */
export const onCallWithoutGaps = state({
  id: 'respond.notify.on-call-without-gaps',
  version: 1,
  owner: 'incident-response',
  params: { rosterDays: 14, rosterGapMinutes: 0, fresh: 'P1D' },
  slots: { roster: { type: rosterRead, byHand: [rosterRead], fresh: p => String(p['fresh']) } },
  holds: ({ roster }, _now, params) => {
    const from = Date.parse(roster.when)
    const until = from + Number(params['rosterDays']) * 86_400_000
    const { minutes, first } = gapsOf(roster.body.shifts, from, until)
    if (minutes <= Number(params['rosterGapMinutes'])) return true
    const args = { minutes, first: new Date(first).toISOString() }
    return { status: 'broken', reason: { code: 'notify.roster.gap', args } }
  },
})

type Shift = Readonly<{ from: string; until: string }>

/** Minutes that no shift covers, and when the first of them begins. */
function gapsOf(shifts: readonly Shift[], from: number, until: number) {
  const spans = shifts
    .map(shift => [Date.parse(shift.from), Date.parse(shift.until)] as const)
    .sort((a, b) => a[0] - b[0])
  let covered = from
  let gap = 0
  let first = until
  for (const [begin, end] of [...spans, [until, until] as const]) {
    if (begin > covered && covered < until) {
      first = Math.min(first, covered)
      gap += Math.min(begin, until) - covered
    }
    covered = Math.max(covered, end)
  }
  return { minutes: Math.ceil(gap / 60_000), first }
}
