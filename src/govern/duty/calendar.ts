import { createHash } from 'node:crypto'
import ical, { ICalCalendarMethod, ICalEventStatus, ICalEventTransparency } from 'ical-generator'
import { plusMs } from '../../core/control/match.ts'
import type { Locale } from '../../core/i18n/locale.ts'
import type { Ports } from '../../core/module.ts'
import { readSaidOf } from './board.ts'
import { type Duty, idOf } from './duty.ts'
import { readView } from './relation.ts'
import type { SaidRow } from './show.ts'
import { occurrenceOf } from './text.ts'
import type { Me } from './who.ts'
import { type Words, wordsOf } from './words.ts'

/**
 * What one person owes, as a calendar reads it (RFC 5545). It names nobody: a calendar is synchronised to
 * places of which we know nothing. One event stands for all subjects of a period; what is done is
 * cancelled for a while, so that a calendar that keeps old events learns of it.
 */

/** More than this is no calendar any more; the soonest are in it. */
const eventsMax = 500
/** Duties that are read for it. */
const readMax = 5_000
/** What was done is told as cancelled for so long. */
const cancelledMs = 30 * 86_400_000
const cancelledMax = 200

type Event = Readonly<{
  control: string
  occurrence: string
  count: number
  due: string
  sequence: number
  state: 'open' | 'late' | 'done'
  link: string
}>

export async function writeCalendar(me: Me, locale: Locale, ports: Ports): Promise<string> {
  const words = wordsOf({ ...ports, locale })
  const open = await openEvents(me, ports)
  const names = new Set(open.map(uidOf))
  const done = (await doneEvents(me, ports)).filter(event => !names.has(uidOf(event)))
  const calendar = ical({
    prodId: { company: 'okite', product: 'duties', language: locale.toUpperCase() },
    name: words.t('duty.title'),
    method: ICalCalendarMethod.PUBLISH,
    // How often it is worth asking again (RFC 7986 §5.7).
    ttl: 3_600,
  })
  const stamp = new Date(ports.clock.nowMs())
  const { zone } = ports.policy.organisation
  for (const event of [...open, ...done]) {
    const { start, isAllDay } = placeOf(event.due, zone)
    calendar.createEvent({
      ...{ id: uidOf(event), sequence: event.sequence, stamp, start, allDay: isAllDay },
      summary: titleOf(event, words),
      url: event.link,
      status: event.state === 'done' ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
      // It takes none of his time: nobody who looks for a free hour is kept off it.
      transparency: ICalEventTransparency.TRANSPARENT,
    })
  }
  // The last line ends as every line does (RFC 5545 §3.1), which the library leaves out.
  return `${calendar.toString()}\r\n`
}

/** The same for as long as it is owed, and after: of whose list it is does not matter to one calendar. */
const uidOf = ({ control, occurrence }: Pick<Event, 'control' | 'occurrence'>): string =>
  `${createHash('sha256').update(`${control}/${occurrence}`).digest('hex').slice(0, 32)}@okite`

const titleOf = ({ control, occurrence, count, state }: Event, words: Words): string => {
  const title = words.control(control)
  const name = occurrenceOf(occurrence, words)
  return words.t(`duty.calendar.${state}`, { title, occurrence: name, count })
}

/** What ends at midnight ends on the day before, and has no hour; all else has its minute. */
function placeOf(due: string, zone: string): Readonly<{ start: Date; isAllDay: boolean }> {
  const local = Temporal.Instant.from(due).toZonedDateTimeISO(zone)
  const isMidnight = local.equals(local.startOfDay())
  if (!isMidnight) return { start: new Date(due), isAllDay: false }
  const day = Temporal.Instant.from(plusMs(due, -1)).toZonedDateTimeISO(zone).toPlainDate()
  return { start: new Date(`${day.toString()}T00:00:00.000Z`), isAllDay: true }
}

async function openEvents(me: Me, ports: Ports): Promise<Event[]> {
  const duties = (await readView('mine', me, ports, readMax)).filter(({ due }) => due !== null)
  const groups = [
    ...Map.groupBy(duties, duty => uidOf({ ...duty, control: duty.control.id })).values(),
  ]
  const newest = await readNewest(duties, ports)
  return groups.slice(0, eventsMax).flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    const sequence = Math.max(...group.map(newest))
    return [
      {
        ...{ control: first.control.id, occurrence: first.occurrence, count: group.length },
        // The soonest comes first.
        ...({ due: first.due!, sequence, state: first.isLate ? 'late' : 'open' } as const),
        link: linkTo(first, ports),
      },
    ]
  })
}

/** No number of a person leaves in an address either: what is about one leads to the list. */
const linkTo = ({ id, subject }: Readonly<{ id: string; subject: string }>, ports: Ports): string =>
  ports.link(
    subject.startsWith('p-')
      ? '/duties'
      : `/duties/${id.split('/').map(encodeURIComponent).join('/')}`,
  )

/**
 * SEQUENCE: where the newest fact about a duty or its subject stands on the list. It grows with every change
 * and never falls, whatever a due time does, and nothing has to be remembered for it.
 */
async function readNewest(duties: readonly Duty[], ports: Ports): Promise<(duty: Duty) => number> {
  const said = await readSaidOf(duties, ports)
  const rows = await ports.reader.query<{ key: string; pos: string }>(
    'select key, max(pos) as pos from ledger.fact_key where key = any($1) group by key',
    [[...new Set(duties.map(({ subject }) => subject))]],
  )
  const newest = new Map(rows.map(({ key, pos }) => [key, Number(pos)]))
  return ({ id, subject }) => Math.max(newest.get(subject) ?? 0, Number(said.get(id)?.changed ?? 0))
}

/** What he has done lately. */
async function doneEvents({ ref }: Me, ports: Ports): Promise<Event[]> {
  const since = new Date(ports.clock.nowMs() - cancelledMs).toISOString()
  const rows = await ports.reader.query<SaidRow>(
    `select * from duty_said where doings @> $1::jsonb order by changed desc limit $2`,
    [JSON.stringify([{ by: ref }]), cancelledMax],
  )
  return rows.flatMap(row => {
    const last = row.doings.filter(({ at, by }) => by === ref && at >= since).at(-1)
    if (last === undefined) return []
    const { control, occurrence, changed } = row
    return [
      {
        ...{ control, occurrence, count: 1, due: last.at, sequence: Number(changed) },
        ...({ state: 'done' } as const),
        link: linkTo({ id: idOf(row), subject: row.subject }, ports),
      },
    ]
  })
}
