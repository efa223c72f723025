import { SigmaError } from '../refusal.ts'
import type { Detection, DetectionItem, Matcher } from '../rule/ast.ts'
import type { Reader } from './shape.ts'
import { fromPlainText, plainText } from './text.ts'

/** Kinds of hashes by how many digits they have, for values that do not say their kind. */
const kindsByLength: ReadonlyMap<number, string> = new Map([
  [32, 'MD5'],
  [40, 'SHA1'],
  [64, 'SHA256'],
  [128, 'SHA512'],
])

/**
 * Splits an item whose values are `KIND=hash` into one item for each value, on the field of its kind.
 * Kinds that are not wanted fall out.
 *
 * @throws SigmaError PIPELINE_RULE, by the function returned, if no value is left
 */
export function hashSplitter(read: Reader): (item: DetectionItem) => Detection | null {
  const wanted = read.texts('valid_hash_algos').map(kind => kind.toUpperCase())
  const prefix = read.text('field_prefix') ?? ''
  const isKindDropped = read.flag('drop_algo_prefix')
  return item => {
    if (!item.values.flat().every(({ kind }) => kind === 'text')) return null
    const items = item.values.flatMap(matchers => {
      const byField = new Map<string, Matcher[]>()
      for (const matcher of matchers) {
        const { kind, hash } = split(matcher)
        if (!wanted.includes(kind)) continue
        const field = prefix + (isKindDropped ? '' : kind)
        byField.set(field, [...(byField.get(field) ?? []), hash])
      }
      return [...byField].map(([field, hashes]) => ({ ...item, field, values: [hashes] }))
    })
    if (items.length === 0)
      throw new SigmaError('PIPELINE_RULE', `no known hash in ${item.key}`, item.at)
    const isEach = (item.quantifier === 'all') !== item.negated
    return { kind: isEach ? 'all' : 'any', of: items, at: item.at }
  }
}

function split(matcher: Matcher): { kind: string; hash: Matcher } {
  if (matcher.kind !== 'text') return { kind: '', hash: matcher }
  const text = plainText(matcher.pattern)
  const parts = text.split(text.includes('|') ? '|' : '=')
  const [first = '', second] = parts
  const hash = parts.length === 2 && second !== undefined ? second : first
  const digits = first.replaceAll('*', '')
  const kind = parts.length === 2 ? digits.toUpperCase() : (kindsByLength.get(digits.length) ?? '')
  return { kind, hash: { ...matcher, pattern: fromPlainText(hash) } }
}
