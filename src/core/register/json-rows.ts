import { OkiteError } from '../error.ts'
import { rowCharactersMax } from './csv.ts'

/** An object of a file as JSON text, cut out but not yet read. */
export type RawObject =
  | Readonly<{ line: number; text: string; error?: never }>
  | Readonly<{ line: number; error: OkiteError; text?: never }>

/** What may stand outside of the objects, and what is expected after it. */
type Expects = 'begin' | 'first' | 'object' | 'separator' | 'end'

/**
 * Cuts the objects out of a JSON array of objects, or of objects a line each, in the order of the file
 * and without holding it all. After what is no JSON nothing is read: nobody knows where the next begins.
 */
export function* readObjects(pieces: Iterable<string>): Generator<RawObject> {
  const cutter = new Cutter()
  for (const piece of pieces) {
    yield* cutter.take(piece)
    if (cutter.isLost) return
  }
  yield* cutter.end()
}

class Cutter {
  isLost = false
  private expects: Expects = 'begin'
  private isArray = false
  private line = 1
  /** Of the object that is open: its text so far, where it began, and how deep we are in it. */
  private text = ''
  private began = 1
  private depth = 0
  private inText = false
  private isEscaped = false
  /** A line feed stood since the last object: without it two objects are not a line each. */
  private isNewLine = true;

  *take(piece: string): Generator<RawObject> {
    let from = 0
    for (let at = 0; at < piece.length; at++) {
      const letter = piece.charCodeAt(at)
      if (letter === 10) this.line += 1
      if (this.depth > 0) {
        if (!this.within(letter)) continue
        yield { line: this.began, text: this.text + piece.slice(from, at + 1) }
        this.text = ''
        this.expects = this.isArray ? 'separator' : 'object'
        this.isNewLine = false
        continue
      }
      if (!this.between(letter)) {
        this.isLost = true
        yield { line: this.line, error: new OkiteError('TABLE_JSON', { why: 'unexpected' }) }
        return
      }
      if (this.depth > 0) {
        from = at
        this.began = this.line
      }
    }
    if (this.depth === 0) return
    this.text += piece.slice(from)
    if (this.text.length <= rowCharactersMax) return
    this.isLost = true
    yield { line: this.began, error: new OkiteError('TABLE_ROW_TOO_LARGE') }
  }

  *end(): Generator<RawObject> {
    const isWhole = this.depth === 0 && (this.isArray ? this.expects === 'end' : true)
    if (!isWhole)
      yield { line: this.line, error: new OkiteError('TABLE_JSON', { why: 'unclosed' }) }
  }

  /** One letter inside of an object; true when it closes it. */
  private within(letter: number): boolean {
    if (this.inText) {
      if (this.isEscaped) this.isEscaped = false
      else if (letter === 92) this.isEscaped = true
      else if (letter === 34) this.inText = false
      return false
    }
    if (letter === 34) this.inText = true
    else if (letter === 123 || letter === 91) this.depth += 1
    else if (letter === 125 || letter === 93) this.depth -= 1
    return this.depth === 0
  }

  /** One letter between objects; false when it has no place there. */
  private between(letter: number): boolean {
    if (letter === 10) this.isNewLine = true
    if (letter === 32 || letter === 9 || letter === 10 || letter === 13) return true
    const { expects } = this
    if (letter === 123 && expects !== 'separator' && expects !== 'end') {
      if (!this.isArray && !this.isNewLine) return false
      this.depth = 1
      return true
    }
    if (letter === 91 && expects === 'begin') {
      this.isArray = true
      this.expects = 'first'
      return true
    }
    if (letter === 44 && expects === 'separator') {
      this.expects = 'object'
      return true
    }
    if (letter === 93 && this.isArray && (expects === 'separator' || expects === 'first')) {
      this.expects = 'end'
      return true
    }
    return false
  }
}

/**
 * The cells of one object: flat, of texts, numbers, truth values, null, or lists of texts, which are
 * joined by spaces. @throws OkiteError `TABLE_JSON`
 */
export function cellsOfObject(text: string): ReadonlyMap<string, string> {
  let json: Record<string, unknown>
  try {
    json = JSON.parse(text) as Record<string, unknown>
  } catch {
    throw new OkiteError('TABLE_JSON', { why: 'malformed' })
  }
  const names = Object.keys(json)
  const cells = new Map(names.map(name => [name, cellOf(json[name])]))
  // The last of two fields of one name would win without a word.
  if (countFields(text) !== names.length) throw new OkiteError('TABLE_JSON', { why: 'field twice' })
  return cells
}

function cellOf(value: unknown): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (Array.isArray(value) && value.every(one => typeof one === 'string')) return value.join(' ')
  throw new OkiteError('TABLE_JSON', { why: 'value' })
}

/** Of an object without objects in it, each field has one colon outside of texts. */
function countFields(text: string): number {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"/gs, '').split(':').length - 1
}
