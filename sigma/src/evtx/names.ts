import type { Budget } from './budget.ts'
import type { Cursor } from './cursor.ts'

/** Next name, hash and count before the characters, and a NUL behind them. */
const nameFrameBytes = 10

/**
 * The names of elements and attributes. A name is written once in a chunk, where it is first used,
 * and referred to by its position.
 */
export class Names {
  private readonly known = new Map<number, string>()
  private readonly budget: Budget

  constructor(budget: Budget) {
    this.budget = budget
  }

  /**
   * Reads the position of a name, and steps over the name when it stands right there.
   *
   * @throws Damage `offset`, `chunk-budget`
   */
  read(cursor: Cursor): string {
    const at = cursor.u32()
    const isHere = at === cursor.at
    const name = this.known.get(at) ?? this.learn(cursor, at)
    if (isHere) cursor.skip(nameFrameBytes + cursor.view.getUint16(at + 6, true) * 2)
    return name
  }

  private learn(cursor: Cursor, at: number): string {
    const there = cursor.within(at, cursor.bytes.length)
    there.skip(6)
    const count = there.u16()
    this.budget.text(count, at)
    const name = there.utf16(count)
    this.known.set(at, name)
    return name
  }
}
