import { z } from 'zod'
import { OkiteError } from '../../core/error.ts'
import type { Locale } from '../../core/i18n/locale.ts'
import { locales } from '../../core/i18n/locale.ts'
import { defineRoute } from '../../core/module.ts'
import type { Pack, Statement, Text } from '../../core/policy/pack.ts'
import { find } from './check.ts'
import { explain, explainedSchema, factViewSchema } from './explain.ts'
import { factView } from './fact-view.ts'
import { readJudged } from './read.ts'
import { statementViewSchema, viewOf } from './view.ts'

/** Who may read the policy and its verdicts. */
export const permission = 'policy.read'

const inLocale = z.strictObject({ locale: z.enum(locales) })

const statementSchema = z.object({
  number: z.int(),
  id: z.string(),
  kind: z.string(),
  text: z.string(),
  owner: z.string(),
  period: z.string().nullable(),
  population: z.string().nullable(),
  evidence: z.string().nullable(),
  note: z.string().nullable(),
  frameworks: z.record(z.string(), z.array(z.string())),
  laws: z.array(z.string()),
  awaits: z.array(z.string()),
})

export const policySchema = z.object({
  policy: z.string(),
  version: z.string(),
  title: z.string(),
  /** null: the policy has not been adopted, or is not in force yet. */
  adopted: z.object({ pos: z.int(), from: z.string() }).nullable(),
  now: z.string(),
  sections: z.array(
    z.object({
      section: z.int(),
      title: z.string(),
      groups: z.array(
        z.object({
          group: z.int(),
          title: z.string(),
          statements: z.array(
            statementSchema.extend({ verdict: statementViewSchema.omit({ evidence: true }) }),
          ),
        }),
      ),
    }),
  ),
})

export const proofSchema = z.object({
  fact: factViewSchema,
  /** The bytes that were hashed, as text. */
  leaf: z.string(),
  /** C2SP tlog-proof. */
  proof: z.string(),
  origin: z.string(),
  vkey: z.string(),
})

export type PolicyAnswer = z.infer<typeof policySchema>
export type FactAnswer = z.infer<typeof proofSchema>

export const getPolicy = defineRoute({
  method: 'get',
  path: '/policy',
  permission,
  summary: 'The policy as a document, with the verdict of every sentence',
  query: inLocale,
  response: policySchema,
  async run({ query }, ports) {
    const nowMs = ports.clock.nowMs()
    const judged = await readJudged(ports.reader, nowMs)
    const views = new Map(viewOf(ports.policy, judged).map(view => [view.id, view]))
    const { id, version, title, sections } = ports.policy
    return {
      policy: id,
      version,
      title: title[query.locale],
      adopted: judged.adopted,
      now: new Date(nowMs).toISOString(),
      sections: sections.map(section => ({
        section: section.section,
        title: section.title[query.locale],
        groups: section.groups.map(group => ({
          group: group.group,
          title: group.title[query.locale],
          statements: group.statements.map(statement => ({
            ...statementIn(query.locale, statement, ports.policy),
            verdict: views.get(statement.id)!,
          })),
        })),
      })),
    }
  },
})

export const getStatement = defineRoute({
  method: 'get',
  path: '/policy/statements/{id}',
  permission,
  summary: 'One sentence down to the facts behind its verdict; by id or number',
  params: z.strictObject({ id: z.string().regex(/^\d{1,4}(\.\d{1,3}){0,3}$/) }),
  evidence: ({ params }) => `statement ${params.id}`,
  response: explainedSchema,
  async run({ params }, ports) {
    const statement = find(ports.policy, params.id)
    return explain(statement, await readJudged(ports.reader, ports.clock.nowMs()), ports.reader)
  },
})

export const getFact = defineRoute({
  method: 'get',
  path: '/facts/{pos}',
  permission: 'fact.read',
  summary: 'A fact with the proof that it is on the list',
  params: z.strictObject({ pos: z.string().regex(/^(0|[1-9]\d{0,14})$/) }),
  evidence: ({ params }) => `fact ${params.pos}`,
  response: proofSchema,
  async run({ params }, { reader }) {
    const pos = Number(params.pos)
    const [fact, given, ledger] = await Promise.all([
      reader.fact(pos),
      reader.prove(pos),
      reader.ledger(),
    ])
    if (fact === null || given === null) throw new OkiteError('FACT_UNKNOWN', { pos })
    return { fact: factView(fact), ...given, ...ledger }
  },
})

export const routes = [getPolicy, getStatement, getFact]

function statementIn(
  locale: Locale,
  statement: Statement,
  document: Pack,
): z.infer<typeof statementSchema> {
  const text = (words: Text | null) => words?.[locale] ?? null
  return {
    number: statement.number,
    id: statement.id,
    kind: statement.kind,
    text: statement.text[locale],
    owner: document.roles.get(statement.owner)?.[locale] ?? statement.owner,
    period: statement.period ?? statement.limit,
    population: text(statement.population),
    evidence: text(statement.evidence),
    note: text(statement.note),
    frameworks: Object.fromEntries(
      Object.entries(statement.frameworks).map(([name, ids]) => [name, [...ids]]),
    ),
    laws: [...statement.laws],
    awaits: [...statement.awaits],
  }
}
