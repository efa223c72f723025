import type { ListStand, Reader } from './module.ts'

type Answer<T> = {
  readonly made: Promise<T>
  /** Where the parts stood before it was begun. */
  readonly stand: ListStand
  /** What it is made of; grows while it is made. */
  readonly parts: Set<string>
  isMade: boolean
}

/**
 * What is made of list, folds and tables alone, kept for as long as nothing has moved of what it was made
 * of: it is then the same for everybody who asks. Whoever asks for it has asked where they stand first, so
 * that nobody is told how it was before. What it is made of is seen from what is read. Trusted for nothing
 * but speed; its fields belong to it alone.
 *
 * What depends on the time or on who asks has no place in it, unless its key says so.
 */
export class StandMemo<T> {
  /** There may be several programs in one process. */
  private readonly byReader = new WeakMap<Asked, Map<string, Answer<T>>>()
  private readonly countMax: number

  /** @param countMax so many are kept; of more, the one that was not asked for the longest goes */
  constructor(countMax: number) {
    this.countMax = countMax
  }

  /** @param make has to read by the reader that it is given: that one is watched */
  async of(reader: Asked, key: string, make: (reader: Reader) => Promise<T>): Promise<T> {
    const stand = await reader.stand()
    const answers = this.byReader.get(reader) ?? new Map<string, Answer<T>>()
    this.byReader.set(reader, answers)
    for (;;) {
      const known = answers.get(key)
      if (known === undefined) return this.begin(reader, answers, key, stand, make)
      // What it is made of is known at its end, unless nothing at all has moved.
      if (!known.isMade && known.stand !== stand) await known.made.catch(() => undefined)
      if (answers.get(key) !== known) continue
      answers.delete(key)
      const isSame = known.stand === stand || [...known.parts].every(isAt(known.stand, stand))
      if (!isSame) continue
      answers.set(key, known)
      return known.made
    }
  }

  private begin(
    reader: Asked,
    answers: Map<string, Answer<T>>,
    key: string,
    stand: ListStand,
    make: (reader: Reader) => Promise<T>,
  ): Promise<T> {
    const parts = new Set<string>()
    const made = make(reader.noting(part => parts.add(part)))
    const answer: Answer<T> = { made, stand, parts, isMade: false }
    answers.set(key, answer)
    const [oldest] = answers.keys()
    if (answers.size > this.countMax && oldest !== undefined) answers.delete(oldest)
    made.then(
      () => {
        answer.isMade = true
        // Whoever was seen to read nothing has read something else.
        if (parts.size === 0) parts.add('list')
      },
      () => {
        // What failed may be asked for again.
        if (answers.get(key) === answer) answers.delete(key)
      },
    )
    return made
  }
}

type Asked = Pick<Reader, 'stand' | 'noting'>

const isAt = (before: ListStand, now: ListStand) => (part: string) =>
  before.get(part) === now.get(part)
