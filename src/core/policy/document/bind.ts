import type { Pack, Statement } from '../pack.ts'
import type { Document, Sentence } from './text.ts'

/**
 * How a sentence as written stands to the statements of a pack.
 *
 * - `same`: it says the same. Its number may be another, where sentences came or went before it.
 * - `moved`: it says the same at another place among the others.
 * - `changed`: what stands at its place says something else: bound by place, and somebody decides.
 * - `added`: nothing stands at its place. `missing`: a statement that no sentence says any more.
 */
export type Bound = Readonly<{
  is: 'same' | 'moved' | 'changed' | 'added' | 'missing'
  sentence: Sentence | null
  statement: Statement | null
}>

/** Binds every sentence to a statement, and names every statement that is left, in document order. */
export function bind(document: Document, pack: Pack): readonly Bound[] {
  const { sentences } = document
  const found = matchByHash(sentences, pack.statements)
  const anchors = increasing(found.map(at => at ?? -1))
  const bound: Bound[] = []
  const taken = new Set(found.filter(at => at !== null))
  // Statements between two anchors that nobody says, in order: bound by place.
  const freeBefore = (from: number, to: number) =>
    pack.statements.slice(from, to).filter((_, index) => !taken.has(from + index))
  let begin = 0
  let unread: Sentence[] = []
  const closeGap = (end: number) => {
    const free = freeBefore(begin, end)
    for (const [index, sentence] of unread.entries()) {
      const statement = free[index] ?? null
      bound.push({ is: statement === null ? 'added' : 'changed', sentence, statement })
    }
    for (const statement of free.slice(unread.length)) {
      bound.push({ is: 'missing', sentence: null, statement })
    }
    unread = []
    begin = end
  }
  for (const [index, sentence] of sentences.entries()) {
    const at = found[index] ?? null
    if (at === null) {
      unread.push(sentence)
      continue
    }
    const statement = pack.statements[at] ?? null
    if (anchors.has(index)) {
      closeGap(at)
      begin = at + 1
      bound.push({ is: 'same', sentence, statement })
    } else bound.push({ is: 'moved', sentence, statement })
  }
  closeGap(pack.statements.length)
  return bound
}

/** The index of the statement that says what each sentence says; the same words twice match in order. */
export function matchByHash(
  sentences: readonly Sentence[],
  statements: readonly Statement[],
): (number | null)[] {
  const byHash = new Map<string, number[]>()
  for (const [index, { sentence }] of statements.entries()) {
    if (sentence === null) continue
    const same = byHash.get(sentence)
    if (same) same.push(index)
    else byHash.set(sentence, [index])
  }
  return sentences.map(({ hash }) => byHash.get(hash)?.shift() ?? null)
}

/**
 * Which places of a list belong to a longest increasing part of it; −1 belongs to none. What is in it
 * has kept its place, all else has moved.
 */
function increasing(values: readonly number[]): ReadonlySet<number> {
  /** By length: the place whose value ends an increasing part of that length with the least value. */
  const ends: number[] = []
  const before: number[] = []
  for (const [place, value] of values.entries()) {
    if (value < 0) continue
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((values[ends[middle] ?? -1] ?? -1) < value) low = middle + 1
      else high = middle
    }
    before[place] = low > 0 ? (ends[low - 1] ?? -1) : -1
    ends[low] = place
  }
  const chosen = new Set<number>()
  for (let place = ends.at(-1) ?? -1; place >= 0; place = before[place] ?? -1) chosen.add(place)
  return chosen
}
