/** Text for a terminal: its width in columns, its safety, its colours. */

export type Terminal = Readonly<{ width: number; colour: boolean }>

/** The terminal that a command was called from. */
export function terminalOf(told: Readonly<{ columns: number; color: boolean }>): Terminal {
  // Narrower than 40 no table can be read; wider than 200 no line can.
  return { width: Math.min(200, Math.max(40, Math.trunc(told.columns))), colour: told.color }
}

/**
 * Characters that move the cursor, ring, turn the direction of reading or hide: replaced, because a
 * subject's name comes from the world and may try.
 */
const unsafe = /[\p{Cc}\p{Cs}\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu

export const safe = (text: string): string => text.replace(unsafe, '\uFFFD')

/** East Asian Wide and Fullwidth (UAX #11), as far as our three languages and emoji use them. */
const wide =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE4F\uFF01-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u
const zero = /[\p{Mn}\p{Me}]/u

const widthOfCharacter = (character: string): number =>
  zero.test(character) ? 0 : wide.test(character) ? 2 : 1

/** Columns that a text takes. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += widthOfCharacter(character)
  return width
}

/** Cuts at a width, with `…` where something was cut. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  let used = 1
  for (const character of text) {
    used += widthOfCharacter(character)
    if (used > width) break
    kept += character
  }
  return `${kept}…`
}

export const pad = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)))

export const padLeft = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - widthOf(text))) + text

/** Breaks at spaces where there are some, between characters where there are none. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<= )|(?<=[\u3000-\u9FFF\uFF00-\uFFEF])/u)) {
    if (
      line !== '' &&
      widthOf((line + word).trimEnd()) > width &&
      !/^[、。，；：）」]/.test(word)
    ) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += word
  }
  if (line.trim() !== '') lines.push(line.trimEnd())
  return lines
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35 } as const

export type Style = keyof typeof codes

export const paint = (terminal: Terminal, style: Style, text: string): string =>
  terminal.colour ? `\u001B[${codes[style]}m${text}\u001B[0m` : text
