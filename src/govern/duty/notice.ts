import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { compareText, plusMs } from '../../core/control/match.ts'
import type { Instant, Observation } from '../../core/fact.ts'
import type { Collector, Ports } from '../../core/module.ts'
import { lastInstant, toInstant } from '../../core/time.ts'
import { readSaid } from './board.ts'
import { type Days, readDays } from './days.ts'
import { type Duty, dutiesMax, readDuties } from './duty.ts'
import { noticeIssued, urgencies } from './facts.ts'
import type { PersonRow } from './show.ts'
import { lastRole, readOffices, todayOf } from './who.ts'

type Item = z.infer<typeof noticeIssued.schema>['items'][number]
type Urgency = (typeof urgencies)[number]

/** Business days before its time at which a duty becomes more pressing. */
const [weekDays, soonDays] = [7, 2]
/** Items of one notice; what is left over is told the next day. */
export const itemsMax = 40

/**
 * Says whom to tell what: each morning one notice a person, of what has become more pressing since he was
 * last told of it; and at once of what was escalated to him. The day, or what was escalated, is its
 * identity, so that nobody is told twice, whatever ends in between.
 */
export const notices: Collector = {
  name: 'duty-notices',
  sizeBytesMax: 16_384,
  // Everybody of a large organisation in the morning.
  perMinuteMax: 20_000,
  every: 'PT10M',
  asksListAlone: true,
  async *run(ports) {
    for (const one of await noticesNow(ports)) yield one
  },
}

async function noticesNow(ports: Ports): Promise<readonly Observation[]> {
  const now = toInstant(ports.clock.nowMs())
  const hour = Temporal.Instant.from(now).toZonedDateTimeISO(ports.policy.organisation.zone).hour
  const isMorning = hour >= Number(ports.settings['digestHour'])
  const told = await readTold(ports)
  const day = todayOf(ports)
  const all = await itemsByPerson(ports, now)
  return [...all].flatMap(([person, items]) => {
    const fresh = items
      .filter(item => placeOf(item.urgency) > (told.get(`${person} ${idOfItem(item)}`) ?? -1))
      .sort(byUrgency)
    const urgent = fresh.filter(({ urgency }) => placeOf(urgency) >= placeOf('office'))
    const calm = fresh.filter(item => !urgent.includes(item))
    const say = (chosen: readonly Item[], isUrgent: boolean): Observation[] => {
      const some = chosen.slice(0, itemsMax)
      if (some.length === 0) return []
      return [
        {
          ...{ type: noticeIssued, source: 'okite duty', occurred: now, observed: now },
          trust: 'instrument',
          body: { person, isUrgent, day, items: some },
          identity: isUrgent ? urgentIdentity(person, some) : `digest ${person} ${day}`,
        },
      ]
    }
    return [...say(urgent, true), ...(isMorning ? say(calm, false) : [])]
  })
}

/** What is told at once is known again by what it says; hashed, as forty names are longer than an identity may be. */
export const urgentIdentity = (person: string, items: readonly Item[]): string =>
  `urgent ${person} ${createHash('sha256')
    .update(items.map(item => `${idOfItem(item)} ${item.urgency}`).join('\n'))
    .digest('hex')}`

const placeOf = (urgency: Urgency): number => urgencies.indexOf(urgency)

const idOfItem = ({ control, occurrence, subject }: Item): string =>
  [control, occurrence, ...(subject === 'org' ? [] : [subject])].join('/')

/** The most pressing first, then by time. */
const byUrgency = (a: Item, b: Item): number =>
  placeOf(b.urgency) - placeOf(a.urgency) ||
  compareText(a.due ?? lastInstant, b.due ?? lastInstant) ||
  compareText(idOfItem(a), idOfItem(b))

async function readTold({ reader }: Ports): Promise<ReadonlyMap<string, number>> {
  const rows = await reader.query<{ person: string; duty: string; urgency: number }>(
    'select * from duty_told',
  )
  return new Map(rows.map(({ person, duty, urgency }) => [`${person} ${duty}`, urgency]))
}

/** What everybody owes now, and how pressing it is: who does it for another is told, and no one in his place. */
async function itemsByPerson(
  ports: Ports,
  now: Instant,
): Promise<ReadonlyMap<string, readonly Item[]>> {
  const duties = await readDuties(ports, { all: false, late: false, countMax: dutiesMax })
  const [said, offices, days, people] = await Promise.all([
    readSaid(
      duties.map(({ id }) => id),
      ports,
    ),
    readOffices(ports),
    readDays(ports),
    ports.reader.query<PersonRow>('select * from duty_person where not has_left'),
  ])
  const refs = new Map(people.map(({ person, ref }) => [person, ref]))
  const found = new Map<string, Item[]>()
  const add = (person: string, item: Item) => {
    const items = found.get(person) ?? []
    items.push(item)
    found.set(person, items)
  }
  for (const duty of duties) {
    const row = said.get(duty.id)
    const delegate = row?.delegated_to ?? null
    const isDelegated = delegate !== null
    const named = duty.claim === null ? null : await ports.reader.fact(duty.claim)
    // Who is named in a claim is not asked to stand for it.
    const isNamed = (person: string) =>
      Object.values(named?.refs ?? {}).some(ref => ref === refs.get(person))
    const item = (urgency: Urgency) => ({ ...itemOf(duty, urgency), isDelegated })
    const asked = delegate === null ? offices.of(duty.role).people : [delegate]
    for (const person of asked.filter(one => !isNamed(one)))
      add(person, item(urgencyOf(duty, now, days)))
    const level = row?.level ?? 0
    const above = level === 2 ? offices.of(lastRole) : level === 1 ? offices.of(duty.role) : null
    for (const person of above?.people ?? []) add(person, item(level === 2 ? 'last' : 'office'))
  }
  return found
}

const itemOf = (duty: Duty, urgency: Urgency): Omit<Item, 'isDelegated'> => ({
  ...{ control: duty.control.id, subject: duty.subject, due: duty.due, what: duty.what, urgency },
  // A claim is named by where it stands.
  occurrence: duty.claim === null ? duty.occurrence : `claim-${duty.claim}`,
})

function urgencyOf({ isLate, due }: Duty, now: Instant, days: Days): Urgency {
  if (isLate) return 'late'
  if (due === null) return 'new'
  // A period ends at midnight: its last instant is of the day before.
  const last = plusMs(due, -1)
  if (last <= days.endAfter(now, 0)) return 'today'
  if (last <= days.endAfter(now, soonDays)) return 'soon'
  return last <= days.endAfter(now, weekDays) ? 'week' : 'new'
}
