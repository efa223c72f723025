import { SigmaError } from '../refusal.ts'

/** Reading of plain JSON that came from outside: each says which part is not as it must be. */

/** @throws SigmaError STATE_SHAPE unless it holds */
export function shape(holds: boolean, part: string): void {
  if (!holds) throw new SigmaError('STATE_SHAPE', part)
}

/**
 * The fields of an object, its own only, so that no name has a meaning of its own.
 *
 * @throws SigmaError STATE_SHAPE
 */
export function fieldsOf(given: unknown, part: string): (name: string) => unknown {
  shape(typeof given === 'object' && given !== null && !Array.isArray(given), part)
  return name => {
    shape(Object.hasOwn(given as object, name), `${part}.${name}`)
    return (given as Record<string, unknown>)[name]
  }
}

/**
 * A list that is not longer than that; its length is looked at before anything in it.
 *
 * @throws SigmaError STATE_SHAPE, STATE_TOO_LARGE
 */
export function listOf(given: unknown, part: string, lengthMax: number): unknown[] {
  shape(Array.isArray(given), part)
  const list = given as unknown[]
  if (list.length > lengthMax) {
    throw new SigmaError('STATE_TOO_LARGE', `${part}: ${list.length}, at most ${lengthMax}`)
  }
  // Holes become undefined, which is refused wherever it is read.
  return Array.from(list)
}

/** @throws SigmaError STATE_SHAPE */
export function textOf(given: unknown, part: string): string {
  shape(typeof given === 'string', part)
  return given as string
}

/** A time in whole milliseconds. @throws SigmaError STATE_SHAPE */
export function timeOf(given: unknown, part: string): number {
  shape(Number.isSafeInteger(given), part)
  return given as number
}

/** @throws SigmaError STATE_SHAPE */
export function countOf(given: unknown, part: string): number {
  shape(Number.isSafeInteger(given) && (given as number) >= 0, part)
  return given as number
}

/** Whether no number is less than the one before it; or, rising, each is greater. */
export function isInOrder(numbers: readonly number[], how: 'rising' | 'level' = 'level'): boolean {
  return numbers.every((number, at) => {
    if (at === 0) return true
    const before = numbers[at - 1] as number
    return how === 'rising' ? number > before : number >= before
  })
}
