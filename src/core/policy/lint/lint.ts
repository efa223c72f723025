import { strict as assert } from 'node:assert'
import type { Pack } from '../pack.ts'
import { day as dayForm } from '../schema.ts'
import { availability } from './availability.ts'
import { endedBodies } from './bodies.ts'
import { businessDays } from './business-days.ts'
import { limitsDiffer, startsDiffer } from './clocks.ts'
import { sameDuty } from './duties.ts'
import { assumedFigures, missingPeriods, missingTargets } from './figures.ts'
import { type Finding, type Outside, type Rule, severities } from './finding.ts'
import { shorterLaws } from './laws.ts'
import { recoveryPoint } from './recovery-point.ts'
import { reversedScales } from './scales.ts'
import { severalDuties } from './several.ts'
import { stages } from './stages.ts'
import { advisedOtherwise, lessOften } from './standards.ts'
import { undefinedTerms } from './terms.ts'

const rules: readonly Rule[] = [
  availability,
  recoveryPoint,
  limitsDiffer,
  shorterLaws,
  stages,
  businessDays,
  severalDuties,
  reversedScales,
  endedBodies,
  undefinedTerms,
  missingPeriods,
  missingTargets,
  assumedFigures,
  sameDuty,
  startsDiffer,
  advisedOtherwise,
  lessOften,
]

/**
 * What a policy says wrongly or unclearly: contradictions first, then gaps, then advice, each in the
 * order of the document. Pure: the same pack, facts and day give the same findings.
 *
 * @param day of the laws, standards and bodies that are compared, `YYYY-MM-DD`
 */
export function lint(pack: Pack, outside: Outside, day: string): readonly Finding[] {
  // Days are compared as text, and any word is later than all of them.
  assert(dayForm.safeParse(day).success, 'a day')
  const found = rules.flatMap(rule => rule({ pack, outside, day }))
  const weight = ({ severity }: Finding) => severities.indexOf(severity)
  const first = ({ statements }: Finding) => statements[0] ?? 0
  return found.toSorted((a, b) => weight(a) - weight(b) || first(a) - first(b))
}
