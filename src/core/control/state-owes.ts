import type { Instant, Pos } from '../fact.ts'
import type { Owed } from '../judge.ts'
import { lastFifth } from './dates.ts'
import type { Match } from './kind.ts'
import { isByPerson, later } from './match.ts'

/** What a state knows of one subject at one instant. */
type Present = Readonly<{
  /** In the order of their names, with what stands in them and when that turns stale. */
  slots: readonly Readonly<{
    name: string
    match: Match
    stands: Readonly<{ pos: Pos; when: Instant }> | null
    staleAt: Instant | null
  }>[]
  /** The policy, or the membership: what is not there is asked for from then on. */
  begun: Instant
  /** What fails, or what was told and does not answer, since when, and the newest evidence then. */
  failing: Readonly<{ from: Instant; after: Pos }> | null
  /** When what holds ends by time alone. */
  ends: Instant | null
  mendedBy(from: Instant): Instant
  freshUntil(name: string, from: Instant): Instant | null
}>

/**
 * What a state asks of people. What fails is to be mended by the end of its repair time, and what will
 * fail by time alone in the last fifth before it does. A slot that people fill is filled anew in the last
 * fifth of its freshness; one that is empty is due when it would have turned stale, had it been filled at
 * the beginning. Each is named by the evidence before it, so that it is the same however often it is read.
 */
export function owesOf(now: Present): readonly Owed[] {
  const owed: Owed[] = []
  const told = now.slots.flatMap(({ stands }) => stands ?? [])
  // Where some of the evidence is a machine's, nobody mends by recording what that will see mended.
  const isTheirs = now.slots.every(({ match }) => match.byHand !== undefined)
  if (isTheirs && now.failing !== null)
    owed.push(mending(now, now.failing.after, now.failing.from, null))
  if (isTheirs && now.failing === null && now.ends !== null && told.length > 0) {
    const newest = told.reduce((a, b) => (a.pos >= b.pos ? a : b))
    const since = told.reduce((at, { when }) => later(at, when), now.begun)
    owed.push(mending(now, newest.pos, since, now.ends))
  }
  const asked = now.slots.filter(({ match }) => (match.byHand ?? []).length > 0)
  for (const { name, match, stands, staleAt } of asked) {
    const types = match.byHand!.map(type => type.name)
    const toDo = { ...open, ...(asked.length > 1 && { types }) }
    if (stands === null) {
      const due = now.freshUntil(name, now.begun) ?? now.mendedBy(now.begun)
      owed.push({ ...toDo, name: `${name}-1`, from: now.begun, due })
    } else if (staleAt !== null && isByPerson(match.type)) {
      // What a judge makes of their word and a machine's grows old with the machine's.
      const from = lastFifth(stands.when, staleAt)
      owed.push({ ...toDo, name: `${name}-after-${stands.pos}`, from, due: staleAt })
    }
  }
  return owed
}

const open = { what: 'do', state: 'open' } as const

/** @param ends when it will fail; null: it does */
const mending = (now: Present, after: Pos, since: Instant, ends: Instant | null): Owed => ({
  ...open,
  name: `mending-after-${after}`,
  from: ends === null ? since : lastFifth(since, ends),
  due: now.mendedBy(ends ?? since),
})
