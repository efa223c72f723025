/**
 * Embeddings, overrides and isolates of the bidirectional algorithm (UAX #9, 2.1 to 2.4). In a text of
 * somebody they turn around what stands beside it; a `bdi` does not hold them, since browsers let a
 * U+2069 end it. Where a page reads, each is a noncharacter (Unicode 23.7) that turns nothing and is seen
 * as a box; where it sends, it is what it was. So a name stays what it is, and no screen thinks of it.
 */
const turning = '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'
const still = '\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4\ufdd5\ufdd6\ufdd7\ufdd8'

const anyTurning = new RegExp(`[${turning}]`, 'g')
const anyStill = new RegExp(`[${still}]`, 'g')

export const turnsText = (text: string): boolean => text.search(anyTurning) >= 0

export const stillText = (text: string): string =>
  text.replaceAll(anyTurning, one => still.charAt(turning.indexOf(one)))

export const turningText = (text: string): string =>
  text.replaceAll(anyStill, one => turning.charAt(still.indexOf(one)))

/** Hebrew, Arabic and their kin: what stands after them in a sentence of ours would take their side. */
const otherWay = /[\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc]/

/** A text within a sentence: by FSI and PDI (UAX #9, 2.4) it has a direction of its own and gives none. */
export const apartText = (text: string): string =>
  otherWay.test(text) ? `\u2068${stillText(text)}\u2069` : text

/** For what leaves for other programs, which show it as they like: turned by nobody, and seen to be cut. */
export const cutText = (text: string): string => text.replaceAll(anyTurning, '\ufffd')
