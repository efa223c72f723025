import { SigmaError } from '../refusal.ts'

/** A place in the text of a regular expression. One code point is one character. */
export class Cursor {
  readonly #characters: readonly string[]
  readonly #line: number | null
  at = 0

  constructor(text: string, line: number | null) {
    this.#characters = Array.from(text)
    this.#line = line
  }

  /** The character `ahead` of the place, '' behind the end. */
  peek(ahead = 0): string {
    return this.#characters[this.at + ahead] ?? ''
  }

  next(): string {
    const character = this.peek()
    this.at++
    return character
  }

  isAtEnd(): boolean {
    return this.at >= this.#characters.length
  }

  /** Goes on if `text` comes next. */
  take(text: string): boolean {
    const characters = Array.from(text)
    if (!characters.every((character, index) => this.peek(index) === character)) return false
    this.at += characters.length
    return true
  }

  /** Takes characters as long as they are good. */
  takeWhile(isGood: (character: string) => boolean): string {
    let taken = ''
    while (!this.isAtEnd() && isGood(this.peek())) taken += this.next()
    return taken
  }

  syntax(why: string): SigmaError {
    return new SigmaError('REGEX_SYNTAX', `${why} at character ${this.at}`, this.#line)
  }

  unsupported(what: string): SigmaError {
    return new SigmaError('REGEX_UNSUPPORTED', `${what} at character ${this.at}`, this.#line)
  }

  tooLarge(why: string): SigmaError {
    return new SigmaError('REGEX_TOO_LARGE', why, this.#line)
  }
}
