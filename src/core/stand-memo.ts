import type { Reader } from './module.ts'

type Answers<T> = { stand: string; readonly byKey: Map<string, Promise<T>> }

/**
 * What is made of list, folds and tables alone, kept for as long as none of them has moved: it is then the
 * same for everybody who asks. Whoever asks for it has asked where they stand first, so that nobody is
 * told how it was before. Trusted for nothing but speed; its fields belong to it alone.
 *
 * What depends on the time or on who asks has no place in it, unless its key says so.
 */
export class StandMemo<T> {
  /** There may be several programs in one process. */
  private readonly byReader = new WeakMap<Pick<Reader, 'stand'>, Answers<T>>()
  private readonly countMax: number

  /** @param countMax so many are kept; of more, the oldest goes */
  constructor(countMax: number) {
    this.countMax = countMax
  }

  async of(reader: Pick<Reader, 'stand'>, key: string, make: () => Promise<T>): Promise<T> {
    const stand = await reader.stand()
    const before = this.byReader.get(reader)
    const answers = before?.stand === stand ? before : { stand, byKey: new Map() }
    this.byReader.set(reader, answers)
    const known = answers.byKey.get(key)
    if (known !== undefined) return known
    const made = make()
    answers.byKey.set(key, made)
    const [oldest] = answers.byKey.keys()
    if (answers.byKey.size > this.countMax && oldest !== undefined) answers.byKey.delete(oldest)
    // What failed may be asked for again.
    made.catch(() => answers.byKey.delete(key))
    return made
  }
}
