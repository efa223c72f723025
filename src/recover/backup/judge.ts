import { compareText } from '../../core/control/match.ts'
import type { Place } from '../../core/distance.ts'
import { type Fact, type Instant, type Key, type Pos, when } from '../../core/fact.ts'
import {
  type Context,
  everyRow,
  type Input,
  isWake,
  type Judge,
  type Step,
} from '../../core/judge.ts'
import { pairListed, pairLocated, pairRemoved } from '../continuity/facts.ts'
import {
  copiesMeasured,
  copyRead,
  deletionTried,
  type Medium,
  repositoryListed,
  repositoryRemoved,
  retentionExtended,
  runEnded,
  setListed,
  setRemoved,
} from './facts.ts'

type Listed = Readonly<{ medium: Medium; site: string; pos: Pos }>
type Trial = Readonly<{ at: Instant; isRefused: boolean; pos: Pos }>
type Pair = Readonly<{
  /** Names of its two sites; null: it was located before it was listed. */
  sites: readonly [string, string] | null
  places: readonly [Place, Place] | null
  pos: Pos
}>

/** The row `''`: what all sets need to know of repositories, and of where sites lie. */
type Root = Readonly<{
  key: ''
  repositories: Readonly<Record<string, Listed>>
  trials: Readonly<Record<string, Trial>>
  /** Repositories in which something that the newest backup needs is not held. */
  loose: Readonly<Record<string, Pos>>
  pairs: Readonly<Record<string, Pair>>
}>

/** `readAt` null: it was written and has never been read back. */
type Copy = Readonly<{
  repository: string
  readAt: Instant | null
  errors: number
  fault: string | null
  pos: Pos
}>

/** One set, where it was written to, and when each of its copies was read last. */
type Row = Readonly<{
  key: Key
  home: Readonly<{ site: string; pos: Pos }> | null
  copies: readonly Copy[]
}>

/** So many copies of a set are told, those that were read last; more of them prove nothing further. */
const copiesMax = 16
/** A fact names no more; what comes first says most. */
const premisesMax = 64

const ofRepositories = [repositoryListed, repositoryRemoved, deletionTried, retentionExtended]
const ofPairs = [pairListed, pairRemoved, pairLocated]

/**
 * Joins what is known of a set, of the repositories, of what jobs wrote, of each reading back and of each
 * attempt to delete into one fact a set. It is said anew whenever one of them changes, and counts from then;
 * how old a reading is stands in it. Of a set that was neither written nor read nothing is known, and
 * nothing is said, but of those that Okite itself looks after.
 */
export const copies: Judge<Root | Row> = {
  id: 'recover.backup.copies',
  version: 3,
  from: [setListed, setRemoved, runEnded, copyRead, ...ofRepositories, ...ofPairs],
  makes: [copiesMeasured],
  keys: fact => [isOfAll(fact) ? '' : (fact as Fact<{ set: string }>).body.set],
  init: key =>
    key === ''
      ? { key, repositories: {}, trials: {}, loose: {}, pairs: {} }
      : { key, home: null, copies: [] },
  step: (row, input, ctx) => (isRoot(row) ? stepRoot(row, input) : stepSet(row, input, ctx)),
}

const isOneOf = (types: readonly { name: string }[], fact: Fact): boolean =>
  types.some(({ name }) => name === fact.type)
const isOfAll = (fact: Fact): boolean => isOneOf([...ofRepositories, ...ofPairs], fact)

const isRoot = (row: Root | Row): row is Root => row.key === ''

function stepRoot(row: Root, input: Input): Step<Root> {
  if (isWake(input)) return { state: row }
  const fact = input as Fact<any>
  const { pos, body } = fact
  const also = [everyRow]
  switch (fact.type) {
    case repositoryListed.name: {
      const { repository, medium, site } = body
      const repositories = { ...row.repositories, [repository]: { medium, site, pos } }
      return { state: { ...row, repositories }, also }
    }
    case repositoryRemoved.name: {
      const { repository } = body
      const state = {
        ...row,
        repositories: without(row.repositories, repository),
        trials: without(row.trials, repository),
        loose: without(row.loose, repository),
      }
      return { state, also }
    }
    case deletionTried.name: {
      const { repository, isRefused } = body
      const at = when(fact)
      if ((row.trials[repository]?.at ?? '') > at) return { state: row }
      return {
        state: { ...row, trials: { ...row.trials, [repository]: { at, isRefused, pos } } },
        also,
      }
    }
    case retentionExtended.name: {
      const { repository, loose } = body
      const isLoose = loose > 0
      // It is said each day; only that it is another is news.
      if (isLoose === (row.loose[repository] !== undefined)) return { state: row }
      const others = without(row.loose, repository)
      return { state: { ...row, loose: isLoose ? { ...others, [repository]: pos } : others }, also }
    }
    default:
      return { state: { ...row, pairs: withPair(row.pairs, fact) }, also }
  }
}

const without = <T>(
  all: Readonly<Record<string, T>>,
  name: string,
): Readonly<Record<string, T>> => {
  const { [name]: _, ...others } = all
  return others
}

function withPair(pairs: Root['pairs'], fact: Fact<any>): Root['pairs'] {
  const { pair, primary, alternate } = fact.body
  if (fact.type === pairRemoved.name) return without(pairs, pair)
  const before = pairs[pair] ?? { sites: null, places: null }
  const told = fact.type === pairListed.name ? 'sites' : 'places'
  return { ...pairs, [pair]: { ...before, [told]: [primary, alternate], pos: fact.pos } }
}

type Located = Readonly<{ place: Place; pos: Pos }>

/** Where a site lies, as it was said last of any pair that it belongs to. */
function placeOf({ pairs }: Root, site: string | null): Located | null {
  const found = Object.values(pairs).flatMap(({ sites, places, pos }): Located[] => {
    const nth = site === null || sites === null ? -1 : sites.indexOf(site)
    return nth < 0 || places === null ? [] : [{ place: places[nth]!, pos }]
  })
  return found.reduce<Located | null>(
    (last, one) => (last === null || one.pos > last.pos ? one : last),
    null,
  )
}

function stepSet(before: Row, input: Input, ctx: Context): Step<Row> {
  if (isWake(input)) return { state: before }
  const fact = input as Fact<any>
  switch (fact.type) {
    case setRemoved.name:
      return { state: null }
    case setListed.name: {
      const row = { ...before, home: { site: fact.body.site, pos: fact.pos } }
      // Whoever makes the copies himself knows when there is none.
      const isKnown = row.copies.length > 0 || fact.trust === 'instrument'
      return isKnown ? say(row, ctx) : { state: row }
    }
    case runEnded.name: {
      const copies = withWritten(before.copies, fact)
      return copies === before.copies ? { state: before } : say({ ...before, copies }, ctx)
    }
    case copyRead.name:
      return say({ ...before, copies: withCopy(before.copies, fact) }, ctx)
    default: {
      const isConcerned = isOneOf(ofPairs, fact)
        ? before.copies.length > 0
        : before.copies.some(copy => copy.repository === fact.body.repository)
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
    ? ordered([{ repository, readAt: null, errors: 0, fault: null, pos: fact.pos }, ...copies])
    : copies
}

function withCopy(copies: readonly Copy[], fact: Fact<any>): readonly Copy[] {
  const { repository, errors, fault = null } = fact.body
  const readAt = when(fact)
  const present = copies.find(copy => copy.repository === repository)
  if (present !== undefined && (present.readAt ?? '') > readAt) return copies
  const others = copies.filter(copy => copy !== present)
  return ordered([...others, { repository, readAt, errors, fault, pos: fact.pos }])
}

/** What was read last stands last, and what was never read first: that goes when there are too many. */
const ordered = (copies: readonly Copy[]): readonly Copy[] =>
  [...copies]
    .sort((a, b) => compareText(a.readAt ?? '', b.readAt ?? '') || a.pos - b.pos)
    .slice(-copiesMax)

function say(row: Row, ctx: Context): Step<Row> {
  const root = (ctx.root as Root | null) ?? nothing
  const home = row.home?.site ?? null
  const told = row.copies.map(({ repository, readAt, errors, fault }) => {
    const { medium = null, site = null } = root.repositories[repository] ?? {}
    const trial = root.trials[repository] ?? null
    return {
      ...{ repository, medium, site, place: placeOf(root, site)?.place ?? null },
      ...{ readAt, errors, fault, triedAt: trial?.at ?? null },
      isHeld: trial?.isRefused === true && root.loose[repository] === undefined,
    }
  })
  const premises = [
    ctx.cause,
    row.home?.pos,
    ...row.copies.map(copy => copy.pos),
    ...row.copies.map(({ repository }) => root.repositories[repository]?.pos),
    ...row.copies.map(({ repository }) => root.trials[repository]?.pos),
    ...row.copies.map(({ repository }) => root.loose[repository]),
    ...[home, ...told.map(({ site }) => site)].map(site => placeOf(root, site)?.pos),
  ].filter(pos => pos !== undefined)
  return {
    state: row,
    facts: [
      {
        type: copiesMeasured,
        occurred: ctx.now,
        because: [...new Set(premises)].slice(0, premisesMax),
        body: {
          ...{ set: row.key, home, homePlace: placeOf(root, home)?.place ?? null },
          copies: told,
        },
      },
    ],
  }
}

const nothing: Root = { key: '', repositories: {}, trials: {}, loose: {}, pairs: {} }
