import { z } from 'zod'
import { OkiteError } from '../../core/error.ts'
import type { Locale } from '../../core/i18n/locale.ts'
import { locales } from '../../core/i18n/locale.ts'
import type { RoutePorts } from '../../core/module.ts'
import { defineRoute } from '../../core/module.ts'
import type { Pack, Statement, Text } from '../../core/policy/pack.ts'
import { dayIn } from '../../core/time.ts'
import { find } from './check.ts'
import { deskRoutes } from './desk-routes.ts'
import type { AsOf } from './explain.ts'
import { explain, explainedSchema, factViewSchema } from './explain.ts'
import { factView } from './fact-view.ts'
import { firstDay, hashOf, readJudgedAt } from './past.ts'
import { readJudged } from './read.ts'
import type { Judged } from './view.ts'
import { statementViewSchema, viewOf } from './view.ts'

/** Who may read the policy and its verdicts. */
export const permission = 'policy.read'

/** Who may read facts and their subjects. */
export const factPermission = 'fact.read'

const statementSchema = z.object({
  number: z.int(),
  id: z.string(),
  kind: z.string(),
  text: z.string(),
  owner: z.string(),
  /** The id of its owner's role. */
  role: z.string(),
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
  /** The day of which this is told, where the organisation is. */
  day: z.string(),
  isPast: z.boolean(),
  /** The first day that can be asked for; null: nothing was adopted yet. */
  firstDay: z.string().nullable(),
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

const day = z.iso.date()

export const getPolicy = defineRoute({
  method: 'get',
  path: '/policy',
  permission,
  summary: 'The policy as a document, with the verdict of every sentence; also as a day left it',
  query: z.strictObject({ locale: z.enum(locales), at: day.optional() }),
  response: policySchema,
  async run({ query }, ports) {
    const { judged, document, asOf, now } = await readAsOf(query.at, ports)
    const views = new Map(viewOf(document, judged).map(view => [view.id, view]))
    const { id, version, title, sections } = document
    return {
      policy: id,
      version,
      title: title[query.locale],
      adopted: judged.adopted,
      now,
      ...{ day: asOf.day, isPast: asOf.isPast, firstDay: await firstDay(ports.reader, asOf.zone) },
      sections: sections.map(section => ({
        section: section.section,
        title: section.title[query.locale],
        groups: section.groups.map(group => ({
          group: group.group,
          title: group.title[query.locale],
          statements: group.statements.map(statement => ({
            ...statementIn(query.locale, statement, document),
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
  query: z.strictObject({ at: day.optional() }),
  evidence: ({ params }) => `statement ${params.id}`,
  response: explainedSchema,
  async run({ params, query, principal }, ports) {
    const { judged, document, asOf } = await readAsOf(query.at, ports)
    const told = await explain(find(document, params.id), judged, ports.reader, asOf)
    if (principal.permissions.has(factPermission)) return told
    // Who it is that fails, and what was recorded of him, is not for everybody.
    return { ...told, subjects: [], evidence: [], conclusions: [], restatements: [] }
  },
})

/** What the list says now, or said when a day was over, and the document that was in force then. */
async function readAsOf(
  at: string | undefined,
  { clock, reader, policy, policyDesk }: RoutePorts,
): Promise<Readonly<{ judged: Judged; document: Pack; asOf: AsOf; now: string }>> {
  const nowMs = clock.nowMs()
  const now = new Date(nowMs).toISOString()
  const { zone } = policy.organisation
  const today = dayIn(nowMs, zone)
  if (at === undefined || at >= today) {
    const judged = await readJudged(reader, nowMs)
    return { judged, document: policy, asOf: { day: today, zone, isPast: false }, now }
  }
  const judged = await readJudgedAt(reader, at, zone)
  const hash = judged.adopted === null ? null : await hashOf(reader, judged.adopted.pos)
  const document = hash === null ? null : await policyDesk.adopted(hash)
  return { judged, document: document ?? policy, asOf: { day: at, zone, isPast: true }, now }
}

export const getFact = defineRoute({
  method: 'get',
  path: '/facts/{pos}',
  permission: factPermission,
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

export const routes = [getPolicy, getStatement, getFact, ...deskRoutes]

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
    role: statement.owner,
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
