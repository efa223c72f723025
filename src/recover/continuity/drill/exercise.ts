import { createHash } from 'node:crypto'
import { OkiteError } from '../../../core/error.ts'
import type { HandPorts } from '../../../core/module.ts'
import { toInstant } from '../../../core/time.ts'
import { exerciseHeld } from '../facts.ts'
import { isHere, readPeople } from './people.ts'

type Held = ReturnType<typeof exerciseHeld.schema.parse>

/** Of a list, the newest. */
export const exercisesShown = 20

/**
 * An exercise with partners is held, with who took part.
 *
 * @throws OkiteError `DRILL_NO_PARTNER`, `DRILL_PERSON`
 */
export async function holdExercise(
  body: Omit<Held, 'period'>,
  by: string,
  ports: HandPorts,
): Promise<Readonly<{ pos: number }>> {
  // Without one it is no joint exercise, and its control would not count it.
  if (body.partners.length === 0) throw new OkiteError('DRILL_NO_PARTNER')
  for (const [nth, person] of body.people.entries())
    if (!(await isHere(person, ports.reader)))
      throw new OkiteError('DRILL_PERSON', { step: nth + 1 })
  const now = toInstant(ports.clock.nowMs())
  const said = { ...body, period: null }
  const { pos } = await ports.submit({
    ...{ type: exerciseHeld, source: 'okite drill', occurred: now, observed: now, trust: 'record' },
    body: said,
    private: { by: { value: by, person: by } },
    // Sent twice, it stands once; what is said otherwise is another exercise.
    identity: createHash('sha256').update(JSON.stringify(said)).digest('hex'),
  })
  await ports.judged(pos)
  return { pos }
}

/** The newest exercises with partners, with the names of our people who took part. */
export async function readExercises({ reader }: Pick<HandPorts, 'reader'>) {
  const facts = await reader.latest(exerciseHeld, exercisesShown)
  const people = await readPeople(
    facts.flatMap(({ body }) => body.people),
    [],
    reader,
  )
  return facts.map(({ body, occurred, pos }) => ({
    ...{ pos, at: occurred, exercise: body.exercise, scenario: body.scenario },
    ...{ partners: body.partners, findings: body.findings },
    people: body.people.map(person => ({ person, name: people.nameOf(person) })),
  }))
}
