import { limits } from './limits.ts'
import { isWellFormed } from './surrogates.ts'
import type { YamlDocument, YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar } from './yaml.ts'
import { type Block, readBlock } from './yaml-block.ts'
import { type Quoted, readQuoted } from './yaml-quoted.ts'
import { typeOfPlain } from './yaml-type.ts'

/**
 * Reads a stream of YAML 1.2 documents in the plain form in which rules are written: maps and lists
 * in blocks, quoted scalars on one line, plain ones, blocks of text, comments. What it gives is what the
 * package `yaml` gives; null is no error but says that the source has something else, of which it
 * cannot be sure.
 */
export function readPlainYaml(source: string): YamlDocument[] | null {
  const text = withoutMarks(source)
  if (text === null || !isWellFormed(text)) return null
  try {
    return new PlainReader(text).documents()
  } catch (error) {
    if (error === somethingElse) return null
    throw error
  }
}

/** Thrown where the source leaves the plain form. */
const somethingElse = new Error('not in the plain form')

/** Tabs, other control characters, and the byte order mark, which means something inside too. */
const notPlain = /[\0-\x09\x0b-\x1f\x7f\ufeff]/

/** The text with line ends of one kind and no byte order mark; null if it is not plain. */
function withoutMarks(source: string): string | null {
  if (!notPlain.test(source)) return source
  // The package takes blanks and dashes behind the mark otherwise than at the begin of a line.
  const unmarked = /^\ufeff[a-z]/i.test(source) ? source.slice(1) : source
  const text = unmarked.replaceAll('\r\n', '\n')
  return notPlain.test(text) ? null : text
}

const [space, hash, dash, colon] = [0x20, 0x23, 0x2d, 0x3a]
const [doubleQuote, singleQuote, verticalBar, greater] = [0x22, 0x27, 0x7c, 0x3e]
const [dot, question, openList, openMap] = [0x2e, 0x3f, 0x5b, 0x7b]

/** What no plain scalar begins with; dash, colon and question mark may if no blank follows. */
const noStart = new Set(Array.from('#{}[]*"\'|>!&,%@`', character => character.charCodeAt(0)))

/** A key that is so long is refused at 1,024 characters. */
const keyCharactersMax = 1_000

/** In the place of the indentation of a line: there is none any more. */
const [endOfDocument, endOfSource] = [-1, -2]

/** Reads from line to line. The line it is at is the next that has something to say. */
class PlainReader {
  readonly #source: string
  /** The column of what is next to be read, its place, and where its line ends. */
  #indent = 0
  #at = 0
  #end = 0
  #line = 0
  /** Whether there are comments between it and the line before. */
  #hasComment = false
  /** Where the line behind it begins, and its number. */
  #next = 0
  #nextLine = 1
  #nodes = 0
  /** What was looked at last: whether it is a key is asked before it is read. */
  readonly #lastQuoted: { at: number; read: Quoted | null } = { at: -1, read: null }
  readonly #lastPlain = { at: -1, end: 0 }

  constructor(source: string) {
    this.#source = source
  }

  documents(): YamlDocument[] {
    const documents: YamlDocument[] = []
    this.#advance()
    while (this.#indent !== endOfSource) {
      if (this.#indent === endOfDocument) this.#advance()
      if (this.#indent < 0) continue
      this.#nodes = 0
      const root = this.#collection(0)
      documents.push({ at: root.at, root })
      if (this.#indent >= 0) throw somethingElse
    }
    return documents
  }

  /** Goes to the next line that is neither blank nor a comment. */
  #advance(): void {
    const source = this.#source
    this.#hasComment = false
    while (this.#next < source.length) {
      const start = this.#next
      let at = start
      while (source.charCodeAt(at) === space) at++
      const end = endOfLine(source, at)
      this.#line = this.#nextLine++
      this.#next = end + 1
      if (at === end) continue
      if (source.charCodeAt(at) === hash) {
        this.#hasComment = true
        continue
      }
      this.#indent = at - start
      this.#at = at
      this.#end = end
      if (at === start) this.#checkMarker()
      return
    }
    this.#indent = endOfSource
  }

  #checkMarker(): void {
    const first = this.#codeAt(0)
    if (first !== dash && first !== dot) return
    const isMarker =
      this.#codeAt(1) === first && this.#codeAt(2) === first && this.#isBlankAt(this.#at + 3)
    if (!isMarker) return
    if (first === dot) throw somethingElse
    this.#finish(this.#at + 3)
    this.#indent = endOfDocument
  }

  #collection(depth: number): YamlMap | YamlList {
    if (depth >= limits.yamlDepthMax) throw somethingElse
    return this.#isItem() ? this.#list(depth) : this.#map(depth)
  }

  #map(depth: number): YamlMap {
    this.#count()
    const indent = this.#indent
    const at = this.#line
    const entries = new Map<string, YamlEntry>()
    while (this.#indent === indent) {
      const line = this.#line
      const key = this.#key()
      this.#count()
      const before = entries.size
      entries.set(key, { node: this.#value(indent, depth + 1), at: line })
      // Otherwise the key was there.
      if (entries.size === before) throw somethingElse
    }
    if (this.#indent > indent) throw somethingElse
    return { kind: 'map', entries, at }
  }

  #list(depth: number): YamlList {
    this.#count()
    const indent = this.#indent
    const at = this.#line
    const items: YamlNode[] = []
    while (this.#indent === indent && this.#isItem()) items.push(this.#item(indent, depth + 1))
    if (this.#indent > indent) throw somethingElse
    return { kind: 'list', items, at }
  }

  #item(indent: number, depth: number): YamlNode {
    const from = this.#at
    this.#at = this.#skipBlanks(from + 1)
    if (this.#isBlankLine(this.#at)) return this.#nothing()
    if (!this.#isKey()) return this.#scalar(indent)
    if (depth >= limits.yamlDepthMax) throw somethingElse
    this.#indent += this.#at - from
    return this.#map(depth)
  }

  /** Reads a key and goes behind its colon. */
  #key(): string {
    const first = this.#codeAt(0)
    if (isQuote(first)) {
      const { text, end } = this.#quoted()
      if (!this.#isColonAt(end)) throw somethingElse
      if (end - this.#at > keyCharactersMax) throw somethingElse
      this.#at = end + 1
      return text
    }
    const end = this.#plainEnd(first)
    if (!this.#isColonAt(end)) throw somethingElse
    const isOdd = this.#source.charCodeAt(end - 1) === space || end - this.#at > keyCharactersMax
    if (isOdd) throw somethingElse
    const text = this.#source.slice(this.#at, end)
    this.#at = end + 1
    return text
  }

  /** What a key of a map at this column stands for. */
  #value(indent: number, depth: number): YamlNode {
    this.#at = this.#skipBlanks(this.#at)
    if (!this.#isBlankLine(this.#at)) return this.#scalar(indent)
    const line = this.#line
    this.#advance()
    if (this.#indent < indent) return this.#node('null', '', line)
    if (this.#isItem()) return this.#collection(depth)
    if (this.#indent === indent) return this.#node('null', '', line)
    if (this.#isKey()) return this.#collection(depth)
    // Lines between change how far the scalar goes; a block or an empty collection is not usual here.
    const isUsual = this.#line === line + 1 && !isOpening(this.#codeAt(0))
    if (!isUsual) throw somethingElse
    return this.#scalar(indent)
  }

  /** A scalar that is the rest of the line, or the block below. */
  #scalar(parentIndent: number): YamlNode {
    const line = this.#line
    const first = this.#codeAt(0)
    if (first === verticalBar || first === greater) return this.#block(parentIndent)
    if (first === openList || first === openMap) return this.#empty(first)
    if (isQuote(first)) {
      const { text, end } = this.#quoted()
      this.#finish(end)
      this.#advance()
      return this.#node('string', text, line)
    }
    const text = this.#plain(first, parentIndent)
    return this.#node(typeOfPlain(text), text, line)
  }

  /** A plain scalar, which goes on where lines are indented more: as one line, but for blank ones. */
  #plain(first: number, parentIndent: number): string {
    let end = this.#plainEnd(first)
    let text = this.#textTo(end)
    for (;;) {
      const line = this.#line
      const isWholeLine = end === this.#end
      this.#advance()
      if (this.#indent <= parentIndent) return text
      if (!isWholeLine || this.#hasComment) throw somethingElse
      const blankLines = this.#line - line - 1
      end = this.#plainEndFrom(this.#at)
      text += (blankLines > 0 ? '\n'.repeat(blankLines) : ' ') + this.#textTo(end)
    }
  }

  /** What stands here, without blanks at its end. */
  #textTo(end: number): string {
    if (this.#isColonAt(end)) throw somethingElse
    let textEnd = end
    while (this.#source.charCodeAt(textEnd - 1) === space) textEnd--
    return this.#source.slice(this.#at, textEnd)
  }

  #block(parentIndent: number): YamlScalar {
    const line = this.#line
    const block = this.#sure(readBlock(this.#source, this.#at, this.#end, parentIndent))
    this.#next = block.next
    this.#nextLine += block.lines
    this.#advance()
    return this.#node('string', block.text, line)
  }

  /** `[]` or `{}`. */
  #empty(open: number): YamlNode {
    const at = this.#line
    if (this.#codeAt(1) !== open + 2) throw somethingElse
    this.#finish(this.#at + 2)
    this.#count()
    this.#advance()
    return open === openList
      ? { kind: 'list', items: [], at }
      : { kind: 'map', entries: new Map(), at }
  }

  /** A dash with nothing behind it. */
  #nothing(): YamlScalar {
    const line = this.#line
    this.#advance()
    return this.#node('null', '', line)
  }

  #quoted(): Quoted {
    const { at, read } = this.#lastQuoted
    if (read !== null && at === this.#at) return read
    const quoted = this.#sure(readQuoted(this.#source, this.#at, this.#end))
    this.#lastQuoted.at = this.#at
    this.#lastQuoted.read = quoted
    return quoted
  }

  /** Whether this line begins with a key. */
  #isKey(): boolean {
    const first = this.#codeAt(0)
    if (isOpening(first)) return false
    return this.#isColonAt(isQuote(first) ? this.#quoted().end : this.#plainEnd(first))
  }

  /** Where the plain scalar here ends: before a colon, at the blanks before a comment or at the end. */
  #plainEnd(first: number): number {
    const isIndicator = first === dash || first === question || first === colon
    if (noStart.has(first) || (isIndicator && this.#isBlankAt(this.#at + 1))) throw somethingElse
    if (this.#lastPlain.at !== this.#at) {
      this.#lastPlain.at = this.#at
      this.#lastPlain.end = this.#plainEndFrom(this.#at + 1)
    }
    return this.#lastPlain.end
  }

  #plainEndFrom(from: number): number {
    const source = this.#source
    const end = this.#end
    for (let at = from; at < end; at++) {
      const code = source.charCodeAt(at)
      if (code === colon && this.#isBlankAt(at + 1)) return at
      if (code === hash && source.charCodeAt(at - 1) === space) return at - 1
    }
    return end
  }

  #node(type: YamlScalar['type'], text: string, at: number): YamlScalar {
    this.#count()
    return { kind: 'scalar', type, text, at }
  }

  #count(): void {
    if (++this.#nodes > limits.yamlNodesMax) throw somethingElse
  }

  #sure<T extends Block | Quoted>(read: T | null): T {
    if (read === null) throw somethingElse
    return read
  }

  /** Nothing but a comment may be left of the line. */
  #finish(from: number): void {
    const at = this.#skipBlanks(from)
    const isComment = at > from && this.#source.charCodeAt(at) === hash
    if (at < this.#end && !isComment) throw somethingElse
  }

  /** The character so far behind what is next. */
  #codeAt(offset: number): number {
    return this.#source.charCodeAt(this.#at + offset)
  }

  #skipBlanks(from: number): number {
    let at = from
    while (this.#source.charCodeAt(at) === space) at++
    return at
  }

  /** Behind blanks: the end of the line or a comment. */
  #isBlankLine(at: number): boolean {
    return at >= this.#end || this.#source.charCodeAt(at) === hash
  }

  #isBlankAt(at: number): boolean {
    return at >= this.#end || this.#source.charCodeAt(at) === space
  }

  #isColonAt(at: number): boolean {
    return at < this.#end && this.#source.charCodeAt(at) === colon && this.#isBlankAt(at + 1)
  }

  #isItem(): boolean {
    return this.#codeAt(0) === dash && this.#isBlankAt(this.#at + 1)
  }
}

const isOpening = (code: number): boolean =>
  code === verticalBar || code === greater || code === openList || code === openMap

const isQuote = (code: number): boolean => code === doubleQuote || code === singleQuote

function endOfLine(source: string, from: number): number {
  const end = source.indexOf('\n', from)
  return end < 0 ? source.length : end
}
