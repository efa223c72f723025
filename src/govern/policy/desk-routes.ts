import { z } from 'zod'
import { statuses } from '../../core/facts.ts'
import { locales } from '../../core/i18n/locale.ts'
import { defineRoute, personOf } from '../../core/module.ts'
import { severities } from '../../core/policy/lint/finding.ts'
import { readJudged, readSubjectPage } from './read.ts'
import { requirementsOf, requirementsSchema } from './requirements.ts'
import { reasonSchema, viewOfStatement } from './view.ts'

/** What stands beside the document: subjects, figures, requirements, doubts. */

const control = z.string().max(200)
const pageSize = 10

export const getSubjects = defineRoute({
  method: 'get',
  path: '/policy/controls/{control}/subjects',
  permission: 'fact.read',
  summary: 'The subjects of a control as they stand now, the worst first, page by page',
  params: z.strictObject({ control }),
  query: z.strictObject({ page: z.coerce.number().int().min(1).max(100_000).default(1) }),
  evidence: ({ params }) => `subjects of ${params.control}`,
  response: z.object({
    page: z.int(),
    size: z.int(),
    total: z.int(),
    subjects: z.array(
      z.object({
        key: z.string(),
        status: z.enum([...statuses, 'excepted']),
        reason: reasonSchema,
        since: z.string(),
      }),
    ),
  }),
  async run({ params, query: { page } }, { reader }) {
    const from = (page - 1) * pageSize
    const read = await readSubjectPage(reader, params.control, { from, size: pageSize })
    return { page, size: pageSize, ...read }
  },
})

export const getFigures = defineRoute({
  method: 'get',
  path: '/policy/controls/{control}/figures',
  permission: 'policy.read',
  summary: 'The figures that a control judges by, and which of them nobody has decided yet',
  params: z.strictObject({ control }),
  response: z.object({
    figures: z.array(
      z.object({
        name: z.string(),
        value: z.union([z.string(), z.number(), z.boolean()]),
        isAssumed: z.boolean(),
        isOpen: z.boolean(),
      }),
    ),
  }),
  async run({ params }, { policyDesk }) {
    const figures = await policyDesk.figures([params.control])
    return {
      figures: figures.map(({ name, value, isAssumed, isOpen }) => ({
        ...{ name, value, isAssumed, isOpen },
      })),
    }
  },
})

export const decideFigure = defineRoute({
  method: 'post',
  path: '/policy/controls/{control}/decide',
  permission: 'policy.decide',
  summary: 'Decides a figure that the policy leaves open, in the name of who is signed in',
  params: z.strictObject({ control }),
  body: z.strictObject({
    parameter: z.string().max(200),
    value: z.string().trim().min(1).max(200),
  }),
  response: z.object({ status: z.enum(statuses) }),
  async run({ params, body, principal }, { policyDesk }) {
    return policyDesk.decide({ ...params, ...body, by: personOf(principal) })
  },
})

export const getFrameworks = defineRoute({
  method: 'get',
  path: '/policy/frameworks',
  permission: 'policy.read',
  summary: 'Which sentences serve which requirement of a framework or a law, and which none serves',
  query: z.strictObject({ locale: z.enum(locales) }),
  response: z.object({ frameworks: z.array(requirementsSchema) }),
  async run({ query }, { clock, reader, policy, policyDesk }) {
    const judged = await readJudged(reader, clock.nowMs())
    const statusOf = (statement: (typeof policy.statements)[number]) =>
      viewOfStatement(statement, judged).status
    return {
      frameworks: requirementsOf(policy, policyDesk.frameworks(), statusOf, query.locale),
    }
  },
})

export const getFindings = defineRoute({
  method: 'get',
  path: '/policy/findings',
  permission: 'policy.read',
  summary: 'What the policy says wrongly or unclearly, and how it is read until somebody decides',
  query: z.strictObject({ locale: z.enum(locales) }),
  response: z.object({
    findings: z.array(
      z.object({
        severity: z.enum(severities),
        statements: z.array(z.int()),
        text: z.string(),
        reading: z.string(),
      }),
    ),
  }),
  async run({ query }, { policy, policyDesk }) {
    const findings = policyDesk.findings(policy, query.locale)
    return { findings: findings.map(one => ({ ...one, statements: [...one.statements] })) }
  },
})

export const deskRoutes = [getSubjects, getFigures, decideFigure, getFrameworks, getFindings]
