import { OkiteError } from '../../../core/error.ts'
import type { FactType } from '../../../core/fact.ts'
import type { HandPorts } from '../../../core/module.ts'
import { dayIn, toInstant } from '../../../core/time.ts'
import { inTurn } from '../../../core/turn.ts'
import { dutyDelegated } from '../../../govern/duty/facts.ts'
import { itemDone, itemOpened } from '../../../govern/policy/facts.ts'
import { lessonDrawn } from '../facts.ts'
import { readOffices } from './people.ts'
import { drillOf } from './run.ts'

/** Lessons of one drill: more than this nobody carries out. */
const lessonsMax = 64

type LessonAsked = Readonly<{
  drill: string
  text: string
  owner: string
  due: string
  by: string
}>

export type Drawn = Readonly<{
  item: string
  person: string | null
  /** Who was asked sees it among his duties. */
  isDelegated: boolean
}>

/**
 * What a drill taught becomes an improvement with its day, which its control asks for as a duty; whoever
 * holds the office that answers has it delegated to him. What is said already is not said again, so that the
 * same call after a crash adds the rest.
 *
 * @throws OkiteError `DRILL_UNKNOWN`, `DRILL_LESSON_DUE`, `DRILL_OFFICE`, `DRILL_TOO_LARGE`
 */
export function drawLesson(asked: LessonAsked, ports: HandPorts): Promise<Drawn> {
  return inTurn('drill', async () => {
    await ports.shown()
    const { reader, clock, policy } = ports
    const { drill } = await drillOf(asked.drill, reader)
    const today = dayIn(clock.nowMs(), policy.organisation.zone)
    if (asked.due < today) throw new OkiteError('DRILL_LESSON_DUE', { due: asked.due })
    const offices = await readOffices(ports)
    if (!policy.roles.has(asked.owner) && !offices.known.has(asked.owner))
      throw new OkiteError('DRILL_OFFICE', { owner: asked.owner })
    const person = offices.holder(asked.owner)
    const { item, isKnown } = await itemFor(drill, asked, ports)
    if (!isKnown) await tell(drill, item, person, asked, ports)
    await openItem(item, asked, ports)
    const isDelegated = person !== null && (await delegate(item, person, asked, ports))
    return { item, person, isDelegated }
  })
}

/** The number of the improvement: that of a lesson in the same words, or the next one of the drill. */
async function itemFor(
  drill: string,
  { text, due, owner }: LessonAsked,
  { reader }: HandPorts,
): Promise<Readonly<{ item: string; isKnown: boolean }>> {
  const rows = await reader.query<{ item: string; pos: string; due: string; owner: string }>(
    'select item, pos, due, owner from drill_lesson where drill = $1 order by item',
    [drill],
  )
  const texts = await reader.discloseAll(
    rows.map(({ pos }) => Number(pos)),
    ['text'],
  )
  const same = rows.find(
    row => texts.get(Number(row.pos))?.['text'] === text && row.due === due && row.owner === owner,
  )
  if (same !== undefined) return { item: same.item, isKnown: true }
  if (rows.length >= lessonsMax) throw new OkiteError('DRILL_TOO_LARGE', { max: lessonsMax })
  // An improvement's number is shorter than that of a drill may be.
  const nth = String(rows.length + 1).padStart(2, '0')
  return { item: `${drill.replaceAll(':', '-').slice(0, 56)}-l${nth}`, isKnown: false }
}

async function tell(
  drill: string,
  item: string,
  person: string | null,
  { text, owner, due, by }: LessonAsked,
  ports: HandPorts,
): Promise<void> {
  const now = toInstant(ports.clock.nowMs())
  const { pos } = await ports.submit({
    ...{ type: lessonDrawn, source: 'okite drill', occurred: now, observed: now, trust: 'record' },
    body: { drill, item, owner, person, due },
    private: { by: { value: by, person: by }, text: { value: text, person: null } },
    identity: item,
  })
  await ports.judged(pos)
}

/** The improvement itself, as a person would record it: said twice, it stands once. */
async function openItem(item: string, { due, by }: LessonAsked, ports: HandPorts): Promise<void> {
  await recorded(itemOpened, { item, origin: 'exercise', due }, by, ports)
}

async function recorded(type: FactType, body: object, by: string, ports: HandPorts): Promise<void> {
  const line = JSON.stringify({ type: type.name, body })
  const { complaints, lastLine } = await ports.record(line, { by, dry: false })
  if (complaints[0] !== undefined) throw complaints[0].error
  if (lastLine !== null) await ports.judged(lastLine)
}

/** Duties of one improvement: the one for its day, and few others. */
const owedMax = 8

/** Has the duty that the improvement makes done by somebody; none: no sentence in force asks for it. */
async function delegate(
  item: string,
  person: string,
  { by, due }: LessonAsked,
  ports: HandPorts,
): Promise<boolean> {
  // Whichever control counts that an improvement is done.
  const asking = ports.controls
    .filter(({ byHand }) => byHand.some(type => type.name === itemDone.name))
    .map(({ id }) => id)
  // It is asked for before its day, and is known from now on.
  const now = `${due}T23:59:59.999Z`
  const question = { controls: asking, subject: item, now, countMax: owedMax }
  const [found] = await ports.reader.owed(question)
  if (found === undefined) return false
  const { control, subject, owed } = found
  const body = { control, subject, occurrence: owed.name, to: person }
  await recorded(dutyDelegated, body, by, ports)
  return true
}
