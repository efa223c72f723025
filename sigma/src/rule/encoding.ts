import { joinPatterns, type Pattern, type PatternPart } from './pattern.ts'

/** Bytes of UTF-16, little or big end first; the mark FF FE before it where asked for. */
export function utf16(text: string, form: 'little' | 'big' | 'marked'): Uint8Array {
  const mark = form === 'marked' ? 2 : 0
  const bytes = new Uint8Array(mark + text.length * 2)
  const view = new DataView(bytes.buffer)
  if (mark) view.setUint16(0, 0xfeff, true)
  for (let at = 0; at < text.length; at++) {
    view.setUint16(mark + at * 2, text.charCodeAt(at), form !== 'big')
  }
  return bytes
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

export function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    text += alphabet[group >> 18]
    text += alphabet[(group >> 12) & 63]
    text += left > 1 ? alphabet[(group >> 6) & 63] : '='
    text += left > 2 ? alphabet[group & 63] : '='
  }
  return text
}

// Characters that depend on bytes before and behind, by how far the end of a group is away.
const dropFirst = [0, 2, 3]
const dropLast = [0, 3, 2]

/** What base64 makes of the bytes wherever they stand in a longer text: three forms. */
export function base64Offsets(bytes: Uint8Array): string[] {
  return [0, 1, 2].map(offset => {
    const shifted = new Uint8Array(offset + bytes.length)
    shifted.set(bytes, offset)
    const text = base64(shifted)
    return text.slice(dropFirst[offset], text.length - (dropLast[shifted.length % 3] as number))
  })
}

const dashes = ['-', '/', '\u2013', '\u2014', '\u2015']

/**
 * Every way to write the options of a command line: each `-` or `/` that begins a word stands for
 * each of five dashes. Null if there are more than `waysMax` of them.
 */
export function windashWays(pattern: Pattern, waysMax: number): Pattern[] | null {
  let ways: PatternPart[][] = [[]]
  for (const part of pattern) {
    const pieces = typeof part === 'string' ? cutAtDashes(part) : [part]
    for (const piece of pieces) {
      const choices = piece === null ? dashes : [piece]
      if (ways.length * choices.length > waysMax) return null
      ways = ways.flatMap(way => choices.map(choice => [...way, choice]))
    }
  }
  return ways.map(way => joinPatterns([way]))
}

/** The text around each dash that begins a word; null stands for the dash. */
function cutAtDashes(text: string): (string | null)[] {
  const pieces: (string | null)[] = []
  let from = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '-' && text[at] !== '/') continue
    const isInWord = at > 0 && isWord(text.charCodeAt(at - 1))
    if (isInWord || at + 1 === text.length || !isWord(text.charCodeAt(at + 1))) continue
    pieces.push(text.slice(from, at), null)
    from = at + 1
  }
  return [...pieces, text.slice(from)]
}

/** A letter, digit or `_` of any script is part of a word, as for the converter of reference. */
function isWord(code: number): boolean {
  const char = String.fromCharCode(code)
  return char === '_' || (code >= 0x30 && code <= 0x39) || char.toLowerCase() !== char.toUpperCase()
}
