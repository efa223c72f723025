import { z } from 'zod'
import { defineFact } from '../../core/fact.ts'

/**
 * The fact types of `govern.audit`: who advises us, what audits and tests were reported, what they
 * found and what became of it, and which certificates and reports we hold. Machinery that writes them
 * comes later, so they are drafts.
 */

const module = 'govern.audit'

const number = z.string().regex(/^[a-z0-9][a-z0-9._/-]{0,63}$/)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const date = z.iso.date()
const count = z.int().nonnegative().max(100_000)
/** What a report is for: `2026`, `2026-Q3`, `2026-H2`; null where it does not say so. */
const period = z
  .string()
  .regex(/^\d{4}(-(H[12]|Q[1-4]|\d{2}))?$/)
  .nullable()

/** What an adviser is engaged for. */
const service = z.enum(['advice', 'audit-support'])

/** All engagements of advisers from outside as they stand, said anew whenever one changes. */
export const engagementsDeclared = defineFact('audit.adviser.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({
    engagements: z
      .array(
        z.strictObject({
          engagement: number,
          services: z.array(service).max(2),
          from: date,
          until: date,
          hash: sha256,
        }),
      )
      .max(64),
  }),
})

export type Declared = z.infer<typeof engagementsDeclared.schema>

/** An adviser gave advice, or helped in an audit. */
export const adviceGiven = defineFact('audit.advice.given', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.engagement],
  schema: z.strictObject({ engagement: number, service, hash: sha256 }),
})

/**
 * An audit was reported, once for each area that the report speaks of. `sections`: of how many parts
 * of our security it speaks, and how many there are. `ties`: how many interests of the auditor in
 * what he audits are declared (other services, shares, family). `responsible` answers for the area.
 */
export const auditReported = defineFact('audit.report.issued', {
  module,
  draft: true,
  slots: ['by', 'auditor', 'responsible'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.report],
  schema: z.strictObject({
    report: number,
    auditor: z.enum(['internal', 'outside', 'audit-firm']),
    area: z.enum(['organisation', 'third-parties']),
    sections: z.strictObject({ audited: count, of: z.int().positive().max(100_000) }),
    ties: count,
    period,
    hash: sha256,
  }),
})

/** Experts tried to break into our systems; `findings` is what they found. */
export const penetrationTested = defineFact('audit.penetration.tested', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.test],
  schema: z.strictObject({ test: number, findings: count, period, hash: sha256 }),
})

/** What they had found was tried again; `open` is what is still open. */
export const penetrationRetested = defineFact('audit.penetration.retested', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.test],
  schema: z.strictObject({
    test: number,
    retried: z.int().positive().max(100_000),
    open: count,
    period,
    hash: sha256,
  }),
})

/** A finding in the report of an audit; it counts from the report. */
export const findingRaised = defineFact('audit.finding.raised', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.finding],
  schema: z.strictObject({
    finding: number,
    report: number,
    severity: z.enum(['major', 'minor', 'remark']),
  }),
})

/** The plan that corrects a finding was approved; it is to be done within so many days. */
export const planApproved = defineFact('audit.plan.approved', {
  module,
  draft: true,
  slots: ['by', 'planner', 'approver'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.finding],
  schema: z.strictObject({ finding: number, days: z.int().positive().max(999), hash: sha256 }),
})

/** The correction was carried out; `hash` is of its evidence. */
export const findingCorrected = defineFact('audit.finding.corrected', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.finding],
  schema: z.strictObject({ finding: number, hash: sha256 }),
})

/** Two persons agree that it is none: found twice, or withdrawn by the auditor. */
export const findingWithdrawn = defineFact('audit.finding.withdrawn', {
  module,
  draft: true,
  slots: ['by', 'second'],
  trusts: ['record'],
  keys: f => [f.body.finding],
  schema: z.strictObject({ finding: number, reason: z.enum(['duplicate', 'withdrawn']) }),
})

/** What the register of certificates (of the body that issued it, or IAF CertSearch) shows of ours. */
export const certificateSeen = defineFact('audit.certificate.seen', {
  module,
  draft: true,
  trusts: ['instrument', 'record'],
  keys: f => [f.body.certificate],
  schema: z.strictObject({
    certificate: number,
    standard: z.string().regex(/^[A-Z][A-Z0-9 /-]{1,38}$/),
    edition: z.string().regex(/^\d{4}$/),
    status: z.enum(['active', 'suspended', 'withdrawn']),
    until: date,
  }),
})

const annexControl = z.string().regex(/^A\.[5-8]\.\d{1,2}$/)

/** The statement of applicability: which controls of Annex A apply, and which do not, each with a reason. */
export const applicabilityDeclared = defineFact('audit.applicability.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  schema: z.strictObject({
    version: z.string().min(1).max(40),
    applied: z.array(annexControl).max(93),
    excluded: z.array(annexControl).max(93),
    hash: sha256,
  }),
})

/** A SOC 2 report came. Type I speaks of one day, Type II of a period. */
export const soc2Reported = defineFact('audit.soc2.reported', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  schema: z.strictObject({
    report: number,
    type: z.int().min(1).max(2),
    from: date,
    until: date,
    opinion: z.enum(['unqualified', 'qualified', 'adverse', 'disclaimer']),
    hash: sha256,
  }),
})

/** The Type II report whose period ends last, and the days between it and the one before; null: none. */
export const soc2Measured = defineFact('audit.soc2.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  schema: z.strictObject({
    report: number,
    from: date,
    until: date,
    gapDays: z.int().nullable(),
  }),
})
