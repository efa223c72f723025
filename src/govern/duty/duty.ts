import type { z } from 'zod'
import { compareText, is } from '../../core/control/match.ts'
import { OkiteError } from '../../core/error.ts'
import type { Fact, FactType, Instant } from '../../core/fact.ts'
import { occurrenceClosed, occurrenceRestated } from '../../core/facts.ts'
import type { ControlAtWork, OwedBy, Ports, Reader } from '../../core/module.ts'
import { lastInstant, toInstant } from '../../core/time.ts'
import { dutyDone } from './facts.ts'

/** Something that a named role must do by a time: control × subject × period, leg or exercise. */
export type Duty = Readonly<{
  /** Says the three of them, and can be typed. */
  id: string
  control: ControlAtWork
  /** Who is to do it: the owner of the control, or of the list. */
  role: string
  subject: string
  occurrence: string
  /** What people record to do it. */
  types: readonly FactType[]
  /** How much of it has been done, where it takes more than one doing. */
  done: number
  /** `accept`: a second person says whether the claim at `claim` is to be believed. */
  what: 'do' | 'accept'
  state: 'open' | 'missed' | 'unknown'
  /** Its time is over, and it is still not done. */
  isLate: boolean
  from: Instant
  due: Instant | null
  claim: number | null
}>

/** Duties listed at once: more than anybody works off. */
export const dutiesMax = 10_000

/** The key of a control that has but one subject. */
export const organisation = 'org'

/**
 * The id of a duty, `control/occurrence` or `control/occurrence/subject`. A claim that waits has a
 * duty of its own, named by where it stands: `control/claim-41/subject`.
 */
const idOfOwed = ({ control, subject, owed }: OwedBy): string =>
  idOf({
    control,
    subject,
    occurrence: owed.claim === undefined ? owed.name : `claim-${owed.claim}`,
  })

export const idOf = (
  duty: Readonly<{ control: string; occurrence: string; subject: string }>,
): string =>
  [duty.control, duty.occurrence, ...(duty.subject === organisation ? [] : [duty.subject])].join(
    '/',
  )

/** That the list of a control's subjects is declared and compared: of the row that no subject has. */
const isOfList = (occurrence: string | null): boolean =>
  /^(list|comparison)-(1|after-\d+)$/.test(occurrence ?? '')

/** What people can record for a control, of its subjects and of their list. */
export const typesOf = ({ byHand, lists }: ControlAtWork): readonly FactType[] => [
  ...new Set([...byHand, ...(lists?.types ?? [])]),
]

/** Controls for which people can do something; what only machines can do is nobody's duty. */
export const controlsByHand = ({ controls }: Pick<Ports, 'controls'>): readonly ControlAtWork[] =>
  controls.filter(control => typesOf(control).length > 0)

/** Every role that people act in. */
export const rolesOf = (ports: Pick<Ports, 'controls'>): readonly string[] =>
  [
    ...new Set(
      controlsByHand(ports).flatMap(({ byHand, owner, lists }) => [
        ...(byHand.length > 0 ? [owner] : []),
        ...(lists === null ? [] : [lists.owner]),
      ]),
    ),
  ].sort()

/** Whose duties are asked for. */
export type Asked = Readonly<{
  /** Of these roles alone; absent: of all. */
  roles?: readonly string[]
  /** Also of controls on which no sentence of the policy in force rests. */
  all: boolean
  countMax: number
}>

function controlsOf(
  ports: Pick<Ports, 'controls' | 'policy'>,
  { roles, all }: Asked,
): readonly ControlAtWork[] {
  const bound = ports.policy.controls()
  return controlsByHand(ports).filter(
    ({ id, owner }) => (roles?.includes(owner) ?? true) && (all || bound.has(id)),
  )
}

/** Lists that are looked after: a few for each control there is. */
const listsMax = 1_000

/**
 * What is owed of lists. Controls of the same list ask for the same; it is said once, for the one that
 * asks soonest, and done for all of them.
 */
async function readLists(
  ports: Pick<Ports, 'controls' | 'policy' | 'reader'>,
  {
    roles,
    all,
    late,
    now,
  }: Pick<Asked, 'roles' | 'all'> & Readonly<{ late: boolean; now: Instant }>,
): Promise<readonly Duty[]> {
  const controls = controlsOf(ports, { all, countMax: listsMax }).filter(one => one.lists !== null)
  const found = await ports.reader.owed({
    controls: controls.map(control => control.id),
    subject: '',
    now,
    countMax: listsMax,
    ...(late && { dueBy: now }),
  })
  const seen = new Set<string>()
  const named = byId(controls)
  return found.flatMap(one => {
    const name = `${one.owed.list?.id} ${one.owed.name}`
    const duty = dutyOf(one, named, now)
    if (seen.has(name) || duty.types.length === 0) return []
    seen.add(name)
    return (roles?.includes(duty.role) ?? true) ? [duty] : []
  })
}

/** What is owed now, the soonest first. */
export async function readDuties(
  ports: Pick<Ports, 'clock' | 'controls' | 'policy' | 'reader'>,
  asked: Asked & Readonly<{ late: boolean }>,
): Promise<readonly Duty[]> {
  const now = toInstant(ports.clock.nowMs())
  const controls = controlsOf(ports, asked)
  const found = await ports.reader.owed({
    controls: controls.map(control => control.id),
    now,
    countMax: asked.countMax,
    ...(asked.late && { dueBy: now }),
  })
  const named = byId(controls)
  const ofSubjects = found.map(one => dutyOf(one, named, now))
  const ofLists = await readLists(ports, { ...asked, now })
  const due = (duty: Duty) => duty.due ?? lastInstant
  return [...ofSubjects, ...ofLists]
    .sort((a, b) => compareText(due(a), due(b)) || compareText(a.id, b.id))
    .slice(0, asked.countMax)
}

/** Whether its time is over. Missed is missed, whatever the time. */
export const isLateAt = ({ state, due }: Pick<Duty, 'state' | 'due'>, now: Instant): boolean =>
  state === 'missed' || (due !== null && due < now)

type ById = ReadonlyMap<string, ControlAtWork>

const byId = (controls: readonly ControlAtWork[]): ById =>
  new Map(controls.map(control => [control.id, control]))

function dutyOf(one: OwedBy, controls: ById, now: Instant): Duty {
  const { owed } = one
  const control = controls.get(one.control)!
  // A list is of no subject; what is noted of it is of the organisation.
  const subject = one.subject === '' ? organisation : one.subject
  const types = isOfList(owed.name) ? (control.lists?.types ?? []) : control.byHand
  return {
    id: idOfOwed({ ...one, subject }),
    control,
    role: owed.list?.owner ?? control.owner,
    types:
      owed.types === undefined ? types : types.filter(({ name }) => owed.types?.includes(name)),
    done: owed.done ?? 0,
    subject,
    occurrence: owed.name,
    what: owed.what,
    state: owed.state,
    isLate: isLateAt(owed, now),
    from: owed.from,
    due: owed.due,
    claim: owed.claim ?? null,
  }
}

/** What is owed for one subject of all controls that the policy in force binds: of a person, for instance. */
export async function readOfSubject(
  ports: Pick<Ports, 'clock' | 'controls' | 'policy' | 'reader'>,
  subject: string,
): Promise<readonly Duty[]> {
  const now = toInstant(ports.clock.nowMs())
  const controls = controlsOf(ports, { all: false, countMax: ofOneMax })
  const asked = { controls: controls.map(({ id }) => id), subject, now, countMax: ofOneMax }
  const named = byId(controls)
  return (await ports.reader.owed(asked)).map(one => dutyOf(one, named, now))
}

/** What an id names, whether or not it is owed now. */
export type Named = Readonly<{ control: ControlAtWork; occurrence: string | null; subject: string }>

/** @throws OkiteError `DUTY_UNKNOWN` */
export function nameOf(id: string, ports: Pick<Ports, 'controls'>): Named {
  const [controlId = '', occurrence = null, ...rest] = id.split('/')
  const control = controlsByHand(ports).find(one => one.id === controlId)
  if (control === undefined) throw new OkiteError('DUTY_UNKNOWN', { duty: id.slice(0, 200) })
  return { control, occurrence, subject: rest.join('/') || organisation }
}

/** Duties of one subject: its periods of thirteen months, if they are days. */
const ofOneMax = 1_000

/** What is owed for one subject of a control. */
export async function dutiesOf(
  { control, subject }: Pick<Named, 'control' | 'subject'>,
  ports: Pick<Ports, 'clock' | 'reader'>,
): Promise<readonly Duty[]> {
  const now = toInstant(ports.clock.nowMs())
  const rows = subject === organisation ? [organisation, ''] : [subject]
  const asked = { controls: [control.id], now, countMax: ofOneMax }
  const found = await Promise.all(rows.map(row => ports.reader.owed({ ...asked, subject: row })))
  const named = byId([control])
  return found.flat().map(one => dutyOf(one, named, now))
}

/** The row of the control in which it is owed. */
export const rowOf = ({ occurrence, subject }: Pick<Duty, 'occurrence' | 'subject'>): string =>
  isOfList(occurrence) ? '' : subject

/** Those that are owed now and go by this name; all of a control where it names no period. */
export async function findDuties(
  named: Named,
  ports: Pick<Ports, 'clock' | 'reader'>,
): Promise<readonly Duty[]> {
  const { occurrence } = named
  const claim = /^claim-(\d+)$/.exec(occurrence ?? '')?.[1]
  return (await dutiesOf(named, ports)).filter(duty =>
    claim === undefined
      ? duty.what === 'do' && (occurrence === null || duty.occurrence === occurrence)
      : duty.claim === Number(claim),
  )
}

/** What the list says of an occurrence, in order: it was missed, and later made up; both stay. */
export type Past = Readonly<{
  pos: number
  outcome: string
  /** What a restatement changed. */
  was: string | null
  recorded: Instant
}>

/** One fact about an occurrence, or null. */
function pastOf(fact: Fact): Past | null {
  const { pos, recorded } = fact
  if (is(fact, occurrenceClosed)) return { pos, recorded, outcome: fact.body.outcome, was: null }
  if (!is(fact, occurrenceRestated)) return null
  return { pos, recorded, outcome: fact.body.now, was: fact.body.was }
}

/** Facts about one subject, newest first; a subject has some for each of its controls and periods. */
const factsMax = 5_000

/** What the facts have that are read of a subject. */
type About = Readonly<{ control: string; occurrence: string }>

async function aboutSubject(
  reader: Reader,
  subject: string,
  types: readonly string[],
): Promise<readonly Fact<About>[]> {
  const rows = await reader.query<{ pos: string }>(
    `select pos from ledger.fact_key where key = $1 and type = any($2) order by pos desc limit $3`,
    [subject, types, factsMax],
  )
  const facts = await reader.facts(rows.map(row => Number(row.pos)))
  return facts.toReversed() as Fact<About>[]
}

type Doing = z.infer<typeof dutyDone.schema>

/** How an occurrence has been closed, and what was done for it. */
export async function readPast(
  { control, occurrence, subject }: Named,
  reader: Reader,
): Promise<Readonly<{ past: readonly Past[]; doings: readonly Fact<Doing>[] }>> {
  const types = [occurrenceClosed, occurrenceRestated, dutyDone].map(type => type.name)
  const facts = (await aboutSubject(reader, subject, types))
    .filter(({ body }) => body.control === control.id && body.occurrence === occurrence)
    .reverse()
  return {
    past: facts.flatMap(fact => pastOf(fact) ?? []),
    doings: facts.filter((fact: Fact): fact is Fact<Doing> => is(fact, dutyDone)),
  }
}

/** An occurrence that has closed, as its facts tell it. */
export type Closed = Readonly<{
  control: ControlAtWork
  subject: string
  occurrence: string
  past: readonly Past[]
}>

/** The newest occurrences that have closed, of the controls asked for. */
export async function readClosed(
  ports: Pick<Ports, 'controls' | 'policy' | 'reader'>,
  asked: Asked,
): Promise<Readonly<{ closed: readonly Closed[]; isCut: boolean }>> {
  const controls = new Map(controlsOf(ports, asked).map(control => [control.id, control]))
  const types = [occurrenceClosed.name, occurrenceRestated.name]
  // By control before any limit: what others closed since must not push these out.
  const rows = await ports.reader.query<{ pos: string; leaf: string }>(
    `select pos, leaf from (
       select t.pos, convert_from(e.leaf, 'UTF8') as leaf
       from ledger.fact_type t join ledger.entry e on e.idx = t.pos where t.type = any($1)
     ) as closing
     where leaf::json #>> '{body,control}' = any($2) order by pos desc limit $3`,
    [types, [...controls.keys()], closingsMax + 1],
  )
  const found = new Map<string, { -readonly [K in keyof Closed]: Closed[K] }>()
  for (const { pos, leaf } of rows.slice(0, closingsMax).reverse()) {
    const fact = { ...JSON.parse(leaf), pos: Number(pos) } as Fact<About & { subject: string }>
    const { control: id, subject, occurrence } = fact.body
    const [control, past] = [controls.get(id), pastOf(fact)]
    if (control === undefined || past === null) continue
    const key = `${id}/${occurrence}/${subject}`
    const before = found.get(key)?.past ?? []
    found.delete(key)
    found.set(key, { control, subject, occurrence, past: [...before, past] })
  }
  const isCut = rows.length > closingsMax || found.size > asked.countMax
  return { closed: [...found.values()].reverse().slice(0, asked.countMax), isCut }
}

/** Facts that are read to list what has closed: each occurrence has one, and few have more. */
const closingsMax = 2 * dutiesMax
