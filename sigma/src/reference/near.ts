import { limits } from '../limits.ts'
import type {
  Condition,
  Detection,
  DetectionItem,
  DetectionSection,
  MembersDetection,
} from '../rule/ast.ts'
import { namesOf } from '../rule/detection.ts'
import { itemHolds, membersHold, named } from './evaluate.ts'
import { type Leaf, leafOf } from './explain.ts'
import type { EventView } from './fields.ts'

/**
 * A rule that an event did not fulfil, and what was missing. `distance` is the least number of leaves
 * whose verdict would have to be turned for all its conditions to hold; `leaves` are these, with what
 * the event has there; `held` is how many leaves that are asked for held already. A leaf is one item of
 * a detection, and each counts on its own, whatever fields and values they share.
 */
export type Near = Readonly<{
  rule: string
  distance: number
  held: number
  leaves: readonly Leaf[]
}>

/** A rule that looks at the event: its sections and how it sees the event. */
export type Candidate = Readonly<{
  id: string
  sections: readonly DetectionSection[]
  view: EventView
}>

/**
 * The `count` rules that were nearest to a match without one: least distance first, then those of
 * which most had held, then in the order given. Left out are rules that match, rules that no turn of
 * leaves can fulfil, and those whose condition names so many detections twice that the least number
 * cannot be told in time (`limits.nearWorkMax`).
 */
export function nearest(candidates: Iterable<Candidate>, count: number): Near[] {
  const found: { id: string; way: Way }[] = []
  for (const { id, sections, view } of candidates) {
    const way = sum(sections.map(section => shortest(section, view)))
    if (way !== null && way.turned > 0) found.push({ id, way })
  }
  return found
    .toSorted((a, b) => compare(a.way, b.way))
    .slice(0, Math.max(0, count))
    .map(({ id, way }) => ({
      rule: id,
      distance: way.turned,
      held: way.held,
      leaves: [...leavesOf(way)],
    }))
}

/** What has to be turned for something to become true or false. Null where nothing helps. */
type Way = Readonly<{ turned: number; held: number; parts: readonly (Way | (() => Leaf))[] }>
/** Target, true or false, to the way there. */
type Ways = (target: boolean) => Way | null

const nothing: Way = { turned: 0, held: 0, parts: [] }

/**
 * The shortest way to fulfil a section. Inside a detection every leaf stands once, so that sums and
 * least ways are exact. A condition may name a detection more than once: for those every choice of
 * truth values is tried, and each pays once.
 */
function shortest(section: DetectionSection, view: EventView): Way | null {
  const ways = new Map<string, Ways>()
  const waysOf = (name: string): Ways => {
    const made = ways.get(name) ?? kept(ofDetection(named(section, name), name, view))
    ways.set(name, made)
    return made
  }
  const names = namesOf(section.condition)
  const twice = namedTwice(names)
  if (2 ** twice.length * names.length > limits.nearWorkMax) return null
  let best: Way | null = null
  for (let choice = 0; choice < 2 ** twice.length; choice++) {
    const chosen = new Map(twice.map((name, bit) => [name, ((choice >> bit) & 1) === 1]))
    const ask = (name: string): Ways => {
      const value = chosen.get(name)
      return value === undefined ? waysOf(name) : target => (target === value ? nothing : null)
    }
    const paid = [...chosen].map(([name, value]) => waysOf(name)(value))
    best = better(best, sum([...paid, ofCondition(section.condition, ask)(true)]))
  }
  return best
}

function ofCondition(condition: Condition, ask: (name: string) => Ways): Ways {
  switch (condition.kind) {
    case 'and':
      return every(condition.of.map(part => ofCondition(part, ask)))
    case 'or':
      return some(condition.of.map(part => ofCondition(part, ask)))
    case 'not': {
      const of = ofCondition(condition.of, ask)
      return target => of(!target)
    }
    case 'name':
      return ask(condition.name)
    case 'quantified': {
      const parts = condition.names.map(ask)
      return condition.quantifier === 'all' ? every(parts) : some(parts)
    }
  }
}

function ofDetection(detection: Detection, name: string, view: EventView): Ways {
  switch (detection.kind) {
    case 'all':
      return every(detection.of.map(part => ofDetection(part, name, view)))
    case 'any':
      return some(detection.of.map(part => ofDetection(part, name, view)))
    case 'item':
      return ofLeaf(detection, name, itemHolds(detection, view), view)
    case 'members':
      return ofLeaf(detection, name, membersHold(detection, view), view)
  }
}

function ofLeaf(
  detection: DetectionItem | MembersDetection,
  name: string,
  holds: boolean,
  view: EventView,
): Ways {
  const leaf = (): Leaf => leafOf(detection, name, holds, view)
  return target => {
    if (target !== holds) return { turned: 1, held: 0, parts: [leaf] }
    return target ? { turned: 0, held: 1, parts: [] } : nothing
  }
}

const every =
  (parts: readonly Ways[]): Ways =>
  target =>
    target ? sum(parts.map(part => part(true))) : least(parts.map(part => part(false)))

const some =
  (parts: readonly Ways[]): Ways =>
  target =>
    target ? least(parts.map(part => part(true))) : sum(parts.map(part => part(false)))

/** Both answers, worked out when they are asked for and once. */
function kept(ways: Ways): Ways {
  const known = new Map<boolean, Way | null>()
  return target => {
    const before = known.get(target)
    if (before !== undefined) return before
    const way = ways(target)
    known.set(target, way)
    return way
  }
}

function sum(ways: readonly (Way | null)[]): Way | null {
  const all: Way[] = []
  for (const way of ways) {
    if (way === null) return null
    all.push(way)
  }
  return {
    turned: all.reduce((total, { turned }) => total + turned, 0),
    held: all.reduce((total, { held }) => total + held, 0),
    parts: all.filter(({ turned }) => turned > 0),
  }
}

const least = (ways: readonly (Way | null)[]): Way | null =>
  ways.reduce<Way | null>((best, way) => better(best, way), null)

/** The first of two that are equal. */
function better(a: Way | null, b: Way | null): Way | null {
  if (a === null || b === null) return a ?? b
  return compare(b, a) < 0 ? b : a
}

const compare = (a: Way, b: Way): number => a.turned - b.turned || b.held - a.held

function* leavesOf(way: Way): Generator<Leaf> {
  for (const part of way.parts) {
    if (typeof part === 'function') yield part()
    else yield* leavesOf(part)
  }
}

function namedTwice(names: readonly string[]): readonly string[] {
  const once = new Set<string>()
  const twice = new Set<string>()
  for (const name of names) {
    if (once.has(name)) twice.add(name)
    once.add(name)
  }
  return [...twice]
}
