/**
 * Simple case folding of Unicode: one code point becomes one code point, so that a text keeps its
 * length. No normalisation: two ways to write an accent stay two.
 */
export function fold(text: string): string {
  // Of ASCII both foldings are the same, and it is what most texts are made of.
  if (isAscii(text)) return text.toLowerCase()
  let folded = ''
  for (const character of text) folded += foldCharacter(character)
  return folded
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false
  return true
}

const dotlessI = '\u0131'

function foldCharacter(character: string): string {
  if (character < '\u0080') return character.toLowerCase()
  // Its capital is the plain I, yet the standard folds it to itself outside Turkish.
  if (character === dotlessI) return character
  const upper = character.toUpperCase()
  const lower = (isOne(upper) ? upper : character).toLowerCase()
  return isOne(lower) ? lower : character
}

const isOne = (text: string): boolean =>
  text.length === 1 || (text.length === 2 && text > '\uD7FF' && Array.from(text).length === 1)

let unfolded: ReadonlyMap<number, readonly number[]> | null = null

/** All code points that fold as this one does, itself among them. */
export function caseVariants(codePoint: number): readonly number[] {
  unfolded ??= readVariants()
  const folded = fold(String.fromCodePoint(codePoint)).codePointAt(0) as number
  return unfolded.get(folded) ?? [codePoint]
}

// Behind it no script has capitals (Unicode 17).
const casedMax = 0x1ffff

function readVariants(): Map<number, number[]> {
  const variants = new Map<number, number[]>()
  for (let codePoint = 0; codePoint <= casedMax; codePoint++) {
    const folded = fold(String.fromCodePoint(codePoint)).codePointAt(0) as number
    if (folded === codePoint) continue
    const group = variants.get(folded) ?? [folded]
    group.push(codePoint)
    variants.set(folded, group)
  }
  return variants
}
