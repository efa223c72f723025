import { z } from 'zod'
import { statuses } from '../../core/facts.ts'
import type { Locale } from '../../core/i18n/locale.ts'
import type { Frameworks, Pack, Statement } from '../../core/policy/pack.ts'
import type { LawView } from './laws.ts'
import { lawViews, provisionsOf } from './laws.ts'

/**
 * Which sentences serve which requirement of a framework or a law. It says what is kept and what is
 * not, requirement by requirement, and never that a framework is met: that is the auditor's sentence.
 */

const served = z.object({ number: z.int(), id: z.string(), status: z.enum(statuses) })

export const requirementsSchema = z.object({
  id: z.string(),
  /** Of a law null: the catalogue names it. */
  name: z.string().nullable(),
  requirements: z.array(
    z.object({
      id: z.string(),
      label: z.string().nullable(),
      statements: z.array(served),
    }),
  ),
})

export type Requirements = z.infer<typeof requirementsSchema>
type Served = z.infer<typeof served>

export function requirementsOf(
  pack: Pack,
  frameworks: Frameworks,
  statusOf: (statement: Statement) => Served['status'],
  locale: Locale,
): Requirements[] {
  // A sentence serves many requirements: its verdict is looked up once.
  const entries = new Map(
    pack.statements.map((statement): [Statement, Served] => {
      const { number, id } = statement
      return [statement, { number, id, status: statusOf(statement) }]
    }),
  )
  const entry = (statement: Statement): Served => entries.get(statement)!
  const ofFrameworks = [...frameworks.values()].map(({ id, name, labels }) => ({
    id,
    name,
    requirements: [...labels].map(([requirement, label]) => ({
      id: requirement,
      label: label[locale],
      statements: pack.statements
        .filter(statement => statement.frameworks[id]?.includes(requirement))
        .map(entry),
    })),
  }))
  return [...ofFrameworks, ...lawViews.map(law => ofLaw(law, pack, entry))]
}

function ofLaw(law: LawView, pack: Pack, entry: (statement: Statement) => Served): Requirements {
  const found = new Map<string, Served[]>()
  for (const statement of pack.statements)
    for (const provision of provisionsOf(statement, law)) {
      const all = found.get(provision) ?? []
      found.set(provision, [...all, entry(statement)])
    }
  const { compare } = new Intl.Collator('en', { numeric: true })
  const requirements = [...found]
    .toSorted(([a], [b]) => compare(a, b))
    .map(([id, statements]) => ({ id, label: null, statements }))
  return { id: law.id, name: null, requirements }
}
