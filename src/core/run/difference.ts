import type { Draft, Fact, Key, Pos } from '../fact.ts'
import {
  findingClosed,
  findingOpened,
  occurrenceClosed,
  occurrenceRestated,
  restatementRefused,
} from '../facts.ts'
import { everyRow, type Judge } from '../judge.ts'
import type { Unsaid } from './unsaid.ts'

/** Positions of what a row made, by the names it gave. */
export type Made = Record<string, Pos>

export type Say = (key: Key, draft: Draft) => Pos | undefined

/** How a row knows the conclusion of one of its occurrences, as kinds of controls name it. */
const prefix = 'occurrence:'

/**
 * Says which closed occurrences of a row stand differently now that it was folded again: restated
 * where the row still remembers them, refused where it does not (V38, V41). Changes `made`.
 */
export async function sayOccurrences(options: {
  judge: Judge
  key: Key
  made: Made
  unsaid: Unsaid
  cause: Fact
  say: Say
  /** Facts of the list, also of the present transaction. */
  readPositions(positions: readonly Pos[]): Promise<readonly Fact[]>
  /** What the list says today of an occurrence that the row does not remember. */
  forgotten(occurrence: string): Promise<Fact | null>
}): Promise<void> {
  const { judge, key, made, unsaid, cause, say } = options
  if (!judge.makes.includes(occurrenceRestated)) return
  const about = { control: judge.id, subject: key }
  const now = unsaid.occurrences.get(key) ?? new Map<string, Draft>()
  const known = Object.keys(made).filter(name => name.startsWith(prefix))
  const facts = await options.readPositions(known.map(name => made[name] as Pos))
  for (const [index, name] of known.entries()) {
    const fact = facts[index]
    const occurrence = name.slice(prefix.length)
    const [was, is] = [outcomeOf(fact), outcomeOf(now.get(occurrence)) ?? 'open']
    if (fact === undefined || was === undefined || was === is) continue
    const pos = say(key, {
      type: occurrenceRestated,
      occurred: cause.recorded,
      because: [fact.pos, cause.pos].sort((a, b) => a - b),
      body: { ...about, occurrence, of: fact.pos, was, now: is },
    })
    if (pos !== undefined) made[name] = pos
  }
  for (const [occurrence, draft] of now) {
    if (known.includes(`${prefix}${occurrence}`)) continue
    const before = await options.forgotten(occurrence)
    if (before !== null && outcomeOf(before) === outcomeOf(draft)) continue
    if (before !== null) {
      say(key, {
        type: restatementRefused,
        occurred: cause.recorded,
        because: [before.pos, cause.pos].sort((a, b) => a - b),
        body: { ...about, occurrence, why: 'too.old' },
      })
    } else if (draft.type === occurrenceClosed) {
      const pos = say(key, { ...draft, occurred: cause.recorded, because: [cause.pos] })
      if (pos !== undefined) made[`${prefix}${occurrence}`] = pos
    }
  }
}

/** Opens or closes the finding of a row that only one of two folds knows (V41, V46). Changes `made`. */
export function sayFinding(options: {
  judge: Judge
  key: Key
  made: Made
  unsaid: Unsaid
  cause: Fact
  say: Say
  /** Why a finding closes: `retracted` or `rejudged`. */
  code: string
}): void {
  const { judge, key, made, unsaid, cause, say } = options
  if (!judge.makes.includes(findingOpened)) return
  // The row '' holds the one finding for all subjects that are unknown.
  const name = key === '' ? 'unknowns' : 'finding'
  const wasOpen = Object.hasOwn(made, name) ? made[name] : undefined
  const opened = unsaid.findings.get(key)
  if (wasOpen === undefined && opened !== undefined) {
    const pos = say(key, { ...opened, occurred: cause.recorded, because: [cause.pos] })
    if (pos !== undefined) made[name] = pos
  } else if (wasOpen !== undefined && opened === undefined) {
    say(key, {
      type: findingClosed,
      occurred: cause.recorded,
      because: [wasOpen, cause.pos].sort((a, b) => a - b),
      body: {
        control: judge.id,
        subject: key === '' ? everyRow : key,
        reason: { code: options.code, args: {} },
      },
    })
    delete made[name]
  }
}

function outcomeOf(said: Draft | Fact | undefined): string | undefined {
  const { outcome, now } = (said?.body ?? {}) as { outcome?: string; now?: string }
  return outcome ?? now
}
