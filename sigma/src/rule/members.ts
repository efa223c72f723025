import { SigmaError } from '../refusal.ts'
import type { Detection, DetectionSection, MemberIndex, MemberQuantifier } from './ast.ts'

/**
 * The first selector of a key of Sigma 3: which members of which field, and the key that is asked of
 * them, `.` for the member itself, modifiers and further selectors included.
 */
export type Selector = Readonly<{
  field: string
  which: MemberQuantifier | MemberIndex
  rest: string
}>

const quantifiers: readonly MemberQuantifier[] = ['any', 'all', 'all_or_empty', 'none']
// More digits than the longest list has.
const indexDigitsMax = 9

/**
 * Reads `name[any].rest|modifiers`. Null if the name has no bracket but those behind a backslash.
 *
 * @throws SigmaError FIELD_SELECTOR for a bracket that is no selector
 */
export function parseSelector(key: string, at: number): Selector | null {
  const bar = key.indexOf('|')
  const path = bar < 0 ? key : key.slice(0, bar)
  const modifiers = bar < 0 ? '' : key.slice(bar)
  const open = unescaped(path, '[', 0)
  const close = unescaped(path, ']', 0)
  if (open < 0 && close < 0) return null
  const end = path.indexOf(']', open)
  const which = open < 0 || end < 0 ? null : selectorOf(path.slice(open + 1, end))
  const after = path.slice(end + 1)
  const isPath = after === '' || after.startsWith('[') || (after[0] === '.' && after.length > 1)
  if (which === null || !isPath || open === 0) throw new SigmaError('FIELD_SELECTOR', path, at)
  const rest = after.startsWith('[') ? `.${after}` : after.slice(1) || '.'
  return { field: unescapeBrackets(path.slice(0, open)), which, rest: rest + modifiers }
}

/** `\\[` and `\\]` are brackets that belong to a name. */
export const unescapeBrackets = (name: string): string =>
  name.replaceAll('\\[', '[').replaceAll('\\]', ']')

function selectorOf(text: string): MemberQuantifier | MemberIndex | null {
  const quantifier = quantifiers.find(quantifier => quantifier === text)
  if (quantifier) return quantifier
  const digits = text.startsWith('-') ? text.slice(1) : text
  const isIndex = /^\d+$/.test(digits) && digits.length <= indexDigitsMax && text !== '-0'
  return isIndex ? { index: Number(text) } : null
}

function unescaped(text: string, char: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === char) return at
  }
  return -1
}

/** Whether a section asks for members of lists anywhere. */
export const hasMembers = ({ detections }: DetectionSection): boolean =>
  [...detections.values()].some(isOfMembers)

function isOfMembers(detection: Detection): boolean {
  if (detection.kind === 'item') return false
  return detection.kind === 'members' || detection.of.some(isOfMembers)
}
