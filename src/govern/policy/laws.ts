/** The laws that sentences are shown by; the policy names others in passing. */
export const lawViews = [
  { id: 'gdpr', of: /^GDPR / },
  { id: 'appi', of: /^APPI / },
  { id: 'taiwan', of: /^TW-\w+ / },
  { id: 'california', of: /^CCPA / },
] as const

export type LawView = (typeof lawViews)[number]

/**
 * The provisions of one law that a sentence serves. `GDPR 24(2), 32(1)` are two, and a comma within
 * brackets divides nothing; `TW-PDPA 27` keeps which of the laws of Taiwan it is of.
 */
export const provisionsOf = (
  statement: Readonly<{ laws: readonly string[] }>,
  law: LawView,
): readonly string[] => [
  ...new Set(
    statement.laws
      .filter(each => law.of.test(each))
      .flatMap(each => {
        const [name = '', ...rest] = each.split(' ')
        const provisions = rest.join(' ').split(/, (?![^(]*\))/)
        return provisions.map(one => (law.id === 'taiwan' ? `${name} ${one}` : one))
      }),
  ),
]
