import { compareText } from '../../core/control/match.ts'
import { type Fact, type Instant, type Key, type Pos, when } from '../../core/fact.ts'
import {
  type Context,
  everyRow,
  type Input,
  isWake,
  type Judge,
  type Step,
} from '../../core/judge.ts'
import {
  copiesMeasured,
  copyRead,
  type Medium,
  repositoryListed,
  repositoryRemoved,
  runEnded,
  setListed,
  setRemoved,
} from './facts.ts'

/** The row `''`: the repositories, which all sets need to know. */
type Root = Readonly<{
  key: ''
  repositories: Readonly<Record<string, Readonly<{ medium: Medium; site: string; pos: Pos }>>>
}>

/** `readAt` null: it was written and has never been read back. */
type Copy = Readonly<{ repository: string; readAt: Instant | null; errors: number; pos: Pos }>

/** One set, where it was written to, and when each of its copies was read last. */
type Row = Readonly<{
  key: Key
  home: Readonly<{ site: string; pos: Pos }> | null
  copies: readonly Copy[]
}>

/** So many copies of a set are told, those that were read last; more of them prove nothing further. */
const copiesMax = 16

/**
 * Joins what is known of a set, of the repositories, of what jobs wrote and of each reading back into
 * one fact a set. It is said anew whenever one of them changes, and counts from then; how old a reading
 * is stands in it. Of a set that was neither written nor read nothing is known, and nothing is said.
 */
export const copies: Judge<Root | Row> = {
  id: 'recover.backup.copies',
  version: 1,
  from: [setListed, setRemoved, runEnded, copyRead, repositoryListed, repositoryRemoved],
  makes: [copiesMeasured],
  keys: fact => [isOfRepository(fact) ? '' : (fact as Fact<{ set: string }>).body.set],
  init: key => (key === '' ? { key, repositories: {} } : { key, home: null, copies: [] }),
  step: (row, input, ctx) => (isRoot(row) ? stepRoot(row, input) : stepSet(row, input, ctx)),
}

const isOfRepository = (fact: Fact): boolean =>
  fact.type === repositoryListed.name || fact.type === repositoryRemoved.name

const isRoot = (row: Root | Row): row is Root => row.key === ''

function stepRoot(row: Root, input: Input): Step<Root> {
  if (isWake(input)) return { state: row }
  const { repository, medium, site } = (input as Fact<any>).body
  const { [repository]: _, ...others } = row.repositories
  const state: Root =
    input.type === repositoryRemoved.name
      ? { ...row, repositories: others }
      : {
          ...row,
          repositories: { ...row.repositories, [repository]: { medium, site, pos: input.pos } },
        }
  return { state, also: [everyRow] }
}

function stepSet(before: Row, input: Input, ctx: Context): Step<Row> {
  if (isWake(input)) return { state: before }
  const fact = input as Fact<any>
  switch (fact.type) {
    case setRemoved.name:
      return { state: null }
    case setListed.name: {
      const row = { ...before, home: { site: fact.body.site, pos: fact.pos } }
      return row.copies.length === 0 ? { state: row } : say(row, ctx)
    }
    case runEnded.name: {
      const copies = withWritten(before.copies, fact)
      return copies === before.copies ? { state: before } : say({ ...before, copies }, ctx)
    }
    case copyRead.name:
      return say({ ...before, copies: withCopy(before.copies, fact) }, ctx)
    default: {
      const isConcerned = before.copies.some(copy => copy.repository === fact.body.repository)
      if (!isConcerned) return { state: before }
      // What stands in a repository that is no more is no copy.
      const isGone = fact.type === repositoryRemoved.name
      const left = before.copies.filter(copy => copy.repository !== fact.body.repository)
      return say(isGone ? { ...before, copies: left } : before, ctx)
    }
  }
}

/** A snapshot stands in a repository where none of this set was known of. */
function withWritten(copies: readonly Copy[], fact: Fact<any>): readonly Copy[] {
  const { repository, snapshot } = fact.body
  const isNew = snapshot !== null && !copies.some(copy => copy.repository === repository)
  return isNew
    ? ordered([{ repository, readAt: null, errors: 0, pos: fact.pos }, ...copies])
    : copies
}

function withCopy(copies: readonly Copy[], fact: Fact<any>): readonly Copy[] {
  const { repository, errors } = fact.body
  const readAt = when(fact)
  const present = copies.find(copy => copy.repository === repository)
  if (present !== undefined && (present.readAt ?? '') > readAt) return copies
  const others = copies.filter(copy => copy !== present)
  return ordered([...others, { repository, readAt, errors, pos: fact.pos }])
}

/** What was read last stands last, and what was never read first: that goes when there are too many. */
const ordered = (copies: readonly Copy[]): readonly Copy[] =>
  [...copies]
    .sort((a, b) => compareText(a.readAt ?? '', b.readAt ?? '') || a.pos - b.pos)
    .slice(-copiesMax)

function say(row: Row, ctx: Context): Step<Row> {
  const known = (ctx.root as Root | null)?.repositories ?? {}
  const told = row.copies.map(({ repository, readAt, errors }) => ({
    repository,
    medium: known[repository]?.medium ?? null,
    site: known[repository]?.site ?? null,
    readAt,
    errors,
  }))
  const premises = [
    ctx.cause,
    ...(row.home === null ? [] : [row.home.pos]),
    ...row.copies.flatMap(copy => [copy.pos, known[copy.repository]?.pos ?? copy.pos]),
  ]
  return {
    state: row,
    facts: [
      {
        type: copiesMeasured,
        occurred: ctx.now,
        because: [...new Set(premises)],
        body: { set: row.key, home: row.home?.site ?? null, copies: told },
      },
    ],
  }
}
