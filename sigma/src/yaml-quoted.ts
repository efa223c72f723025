/** A quoted scalar and where it ends, behind its closing quote. */
export type Quoted = Readonly<{ text: string; end: number }>

/**
 * Reads the quoted scalar that begins at `from` and ends on the same line, which `lineEnd` ends. Null
 * if it does not, or has an escape that is not usual.
 */
export function readQuoted(source: string, from: number, lineEnd: number): Quoted | null {
  return source[from] === "'"
    ? readSingle(source, from + 1, lineEnd)
    : readDouble(source, from + 1, lineEnd)
}

/** Two quotes are one that does not close. */
function readSingle(source: string, from: number, lineEnd: number): Quoted | null {
  let hasQuotes = false
  let close = source.indexOf("'", from)
  while (close >= 0 && source[close + 1] === "'") {
    hasQuotes = true
    close = source.indexOf("'", close + 2)
  }
  if (close < 0 || close >= lineEnd) return null
  const text = source.slice(from, close)
  return { text: hasQuotes ? text.replaceAll("''", "'") : text, end: close + 1 }
}

function readDouble(source: string, from: number, lineEnd: number): Quoted | null {
  const close = source.indexOf('"', from)
  if (close < 0 || close >= lineEnd) return null
  const text = source.slice(from, close)
  return text.includes('\\') ? readEscaped(source, from, lineEnd) : { text, end: close + 1 }
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ['"', '"'],
  ['/', '/'],
  [' ', ' '],
  ['0', '\0'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])
const hexDigits: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
])

function readEscaped(source: string, from: number, lineEnd: number): Quoted | null {
  let text = ''
  let at = from
  while (at < lineEnd) {
    const character = source[at] as string
    if (character === '"') return { text, end: at + 1 }
    if (character !== '\\') {
      text += character
      at++
      continue
    }
    const kind = source[at + 1] ?? ''
    const digits = hexDigits.get(kind)
    const meant =
      digits === undefined
        ? escapes.get(kind)
        : ofHex(source.slice(at + 2, at + 2 + digits), digits)
    if (meant === undefined) return null
    text += meant
    at += 2 + (digits ?? 0)
  }
  return null
}

function ofHex(text: string, digits: number): string | undefined {
  const isHex = text.length === digits && /^[0-9a-fA-F]+$/.test(text)
  // Halves of characters are looked at elsewhere.
  const isHalf = isHex && /^d[89a-f]/i.test(text) && digits === 4
  return isHex && !isHalf ? String.fromCodePoint(Number.parseInt(text, 16)) : undefined
}
