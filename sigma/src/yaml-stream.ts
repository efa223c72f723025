import { Composer, type Document, Lexer, type LineCounter, type ParsedNode, Parser } from 'yaml'
import { limits } from './limits.ts'
import { type Refusal, SigmaError } from './refusal.ts'

export type ParsedDocument = Document.Parsed<ParsedNode>

/** What ends a stream before its end: the document that begins at line `at` cannot be read. */
type Broken = Readonly<{ at: number; refused: Refusal }>

/**
 * Parses a stream document by document, so that no more than one is held. A document with too many
 * pieces, or nested too deeply for the parser, is the last: nothing behind it is read.
 */
export function* parseStream(
  source: string,
  lines: LineCounter,
): Generator<ParsedDocument | Broken> {
  const composer = new Composer({
    lineCounter: lines,
    // Duplicate keys are looked for by the reader of nodes, in linear time.
    uniqueKeys: false,
    schema: 'failsafe',
    logLevel: 'silent',
    // Each of many errors would copy its line, and one line can be the whole source.
    prettyErrors: false,
  })
  let beginsAt = 0
  let errors = 0
  try {
    for (const token of tokensOf(source, lines)) {
      // The first error of a document refuses it; a hostile one has as many as characters.
      if (token.type === 'error' && ++errors > 1) continue
      if (token.type === 'directive') errors = 0
      yield* composer.next(token)
      if (token.type !== 'document') continue
      errors = 0
      beginsAt = lines.lineStarts.at(-1) ?? 0
    }
    yield* composer.end()
  } catch (error) {
    const { code, detail } = refusalFor(error)
    const at = lines.linePos(beginsAt).line || 1
    // The document before it, which was held for what might have come behind its end.
    yield* composer.end()
    yield { at, refused: { code, at, detail } }
  }
}

type Token = Parameters<Composer['next']>[0]

/** @throws SigmaError YAML_TOO_LARGE */
function* tokensOf(source: string, lines: LineCounter): Generator<Token> {
  const parser = new Parser(lines.addNewLine)
  lines.addNewLine(0)
  let lexemes = 0
  for (const lexeme of new Lexer().lex(source)) {
    if (++lexemes > limits.yamlLexemesMax) {
      throw new SigmaError('YAML_TOO_LARGE', `more than ${limits.yamlLexemesMax} pieces`)
    }
    for (const token of parser.next(lexeme)) {
      if (token.type === 'document') lexemes = 0
      yield token
    }
  }
  yield* parser.end()
}

/** The parser recurses, so the end of the stack is where a document nested too deeply stops it. */
function refusalFor(error: unknown): Pick<Refusal, 'code' | 'detail'> {
  if (error instanceof SigmaError) return error.refusal
  if (error instanceof RangeError) return { code: 'YAML_TOO_DEEP', detail: 'nested too deeply' }
  throw error
}
