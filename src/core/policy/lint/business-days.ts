import { type Finding, numbersOf, type Question } from './finding.ts'

/**
 * Business days without a country: holidays differ from place to place, so that two honest people
 * count two deadlines. Where a country is named but its calendar is not loaded, nobody counts.
 */
export function businessDays({ pack, outside }: Question): readonly Finding[] {
  const counted = pack.statements.filter(one =>
    [one.period, one.limit, ...one.figures.map(figure => figure.value)].some(value =>
      /^P\d+BD$/.test(String(value)),
    ),
  )
  const loaded = [...outside.calendars.values()].map(calendar => calendar.country)
  const open = counted.filter(one => one.calendar === null)
  const unknown = counted.filter(one => one.calendar !== null && !loaded.includes(one.calendar))
  const findings: Finding[] = []
  if (open.length > 0)
    findings.push({
      rule: 'business-days-of-nobody',
      severity: 'gap',
      statements: numbersOf(open),
      args: { loaded },
      reading: 'owner-chooses-calendar',
    })
  if (unknown.length > 0)
    findings.push({
      rule: 'business-days-unknown',
      severity: 'gap',
      statements: numbersOf(unknown),
      args: { countries: [...new Set(unknown.map(one => one.calendar ?? ''))] },
      reading: 'not-counted',
    })
  return findings
}
