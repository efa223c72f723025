/** Columns of a terminal: wide characters take two, marks on the character before none. */

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u
const mark = /\p{Mn}|\p{Me}|\u200d/u
const ascii = /^[\x20-\x7e]*$/

const columnsOfCharacter = (character: string): number =>
  mark.test(character) ? 0 : wide.test(character) ? 2 : 1

export function columnsOf(text: string): number {
  if (ascii.test(text)) return text.length
  let columns = 0
  for (const character of text) columns += columnsOfCharacter(character)
  return columns
}

/**
 * A text from outside made fit for one line of a terminal: what would move its cursor, colour it or
 * turn the direction of writing becomes a dot.
 */
export const oneLine = (text: string): string =>
  text.replace(/[\r\n\t]+/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '·')

/** What fits into so many columns; a sign stands where it was cut. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  let short = ''
  let used = 0
  for (const character of text) {
    used += columnsOfCharacter(character)
    if (used > columns - 1) break
    short += character
  }
  return `${short}…`
}

/** The same, but cut off in front: of a path the end says most. */
export function cutFront(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  const kept: string[] = []
  let used = 0
  for (const character of Array.from(text).reverse()) {
    used += columnsOfCharacter(character)
    if (used > columns - 1) break
    kept.push(character)
  }
  return `…${kept.reverse().join('')}`
}

export const padEnd = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - columnsOf(text)))

export const padStart = (text: string, columns: number): string =>
  ' '.repeat(Math.max(0, columns - columnsOf(text))) + text
