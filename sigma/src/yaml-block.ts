/** A block of text, where the line behind it begins, and of how many lines it is. */
export type Block = Readonly<{ text: string; next: number; lines: number }>

/**
 * Reads the lines below a header, `|` or `>` and how it ends, which stands at `from` and is the rest of
 * its line. Null if that says more, if there are no lines, or if blank ones are longer than they need
 * to be.
 */
export function readBlock(
  source: string,
  from: number,
  lineEnd: number,
  parentIndent: number,
): Block | null {
  let headerEnd = lineEnd
  while (source[headerEnd - 1] === ' ') headerEnd--
  const header = source.slice(from, headerEnd)
  if (!headers.has(header)) return null
  const lines: string[] = []
  let indent = 0
  let read = 0
  /** The place and number of the line behind the last that is not blank. */
  let next = lineEnd + 1
  for (let start = next; start < source.length; read++) {
    let at = start
    while (source[at] === ' ') at++
    const found = source.indexOf('\n', at)
    const end = found < 0 ? source.length : found
    const width = at - start
    const isBlank = at === end
    if (!isBlank && indent === 0) {
      if (width <= parentIndent || lines.some(blank => blank.length > width)) return null
      indent = width
      lines.fill('')
    }
    if (!isBlank && width < indent) break
    if (isBlank && indent > 0 && width > indent) return null
    lines.push(
      isBlank ? (indent > 0 ? '' : source.slice(start, end)) : source.slice(start + indent, end),
    )
    start = end + 1
    next = start
  }
  if (indent === 0) return null
  let content = lines.length
  while (lines[content - 1] === '') content--
  const text =
    header[0] === '|' ? lines.slice(0, content).join('\n') : folded(lines.slice(0, content))
  return { text: text + tail(), next, lines: read }

  /** By its last character: nothing, one line end, or all there are. */
  function tail(): string {
    if (header[1] === '-') return ''
    if (header[1] !== '+') return '\n'
    const isEnded = source[Math.min(next, source.length) - 1] === '\n'
    const ends = lines.length - content + (isEnded ? 1 : 0)
    return '\n'.repeat(Math.max(1, ends))
  }
}

const headers = new Set(['|', '|-', '|+', '>', '>-', '>+'])

/** Lines become one; blank ones and those that are indented more keep theirs. */
function folded(lines: readonly string[]): string {
  let text = ''
  let separator = ''
  let isMore = false
  let isLeading = true
  for (const line of lines) {
    if (line === '') {
      if (isLeading) text += '\n'
      else if (separator === '\n') text += '\n'
      else separator = '\n'
      continue
    }
    isLeading = false
    if (line.startsWith(' ')) {
      if (separator === ' ') separator = '\n'
      else if (!isMore && separator === '\n') separator = '\n\n'
      text += separator + line
      separator = '\n'
      isMore = true
    } else {
      text += separator + line
      separator = ' '
      isMore = false
    }
  }
  return text
}
