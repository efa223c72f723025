import { organisation } from '../../core/control/match.ts'
import type { Instant, Observation } from '../../core/fact.ts'
import type { Collector, Ports } from '../../core/module.ts'
import { toInstant } from '../../core/time.ts'
import { readSaid } from './board.ts'
import { readDays } from './days.ts'
import { type Duty, readDuties } from './duty.ts'
import { dutyEscalated } from './facts.ts'
import { lastRole } from './who.ts'

/** Late duties that are looked at in one round; those that have waited longest come first. */
const lateMax = 5_000

/** Each waits for a disk: after a long stop there are thousands. */
const togetherMax = 256

/**
 * Says of what is late that it is escalated: first to the office that answers for it, later to the last
 * one. It is said once for each level of a duty, because its identity is both.
 */
export const escalation: Collector = {
  name: 'duty-escalation',
  sizeBytesMax: 4_096,
  // Every late duty of a large organisation in its first round after a long stop.
  perMinuteMax: lateMax * 2,
  every: 'PT5M',
  asksListAlone: true,
  async *run(ports) {
    const all = await escalations(ports)
    for (let at = 0; at < all.length; at += togetherMax) yield all.slice(at, at + togetherMax)
  },
}

export async function escalations(ports: Ports): Promise<readonly Observation[]> {
  const late = (await readDuties(ports, { all: false, late: true, countMax: lateMax })).filter(
    ({ what, due }) => what === 'do' && due !== null,
  )
  const said = await readSaid(
    late.map(({ id }) => id),
    ports,
  )
  const days = await readDays(ports)
  const now = toInstant(ports.clock.nowMs())
  const after = (setting: string) => Number(ports.settings[setting])
  return late.flatMap(duty => {
    const level = said.get(duty.id)?.level ?? 0
    const due = duty.due!
    const isOver = (setting: string) => days.endAfter(due, after(setting)) <= now
    if (level < 2 && isOver('escalateToLastAfterDays')) return [saidOf(duty, 2, lastRole, due, now)]
    if (level < 1 && isOver('escalateAfterDays')) return [saidOf(duty, 1, duty.role, due, now)]
    return []
  })
}

const saidOf = (
  { control, subject, occurrence, id }: Duty,
  level: 1 | 2,
  to: string,
  due: Instant,
  now: Instant,
): Observation => ({
  ...{ type: dutyEscalated, source: 'okite duty', occurred: now, observed: now },
  trust: 'instrument',
  body: { control: control.id, subject: subject || organisation, occurrence, level, to, due },
  identity: `escalate ${id} ${level}`,
})
