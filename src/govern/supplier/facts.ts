import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact, type FactType } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'
import { importBegun, importEnded } from '../../core/register/import-facts.ts'

/**
 * The fact types of `govern.supplier`: with whom we have which contract, what we looked at before we
 * signed, what the contract says, and what suppliers told us. Machinery that writes them comes
 * later, so they are drafts.
 */

const module = 'govern.supplier'

/** The number of a supplier in our register. His name is private: a supplier may be one person. */
const supplierNumber = naming('supplier', z.string().regex(/^s-[a-z0-9]{1,24}$/))
const contractNumber = z.string().regex(/^[a-z0-9][a-z0-9._/-]{0,63}$/)
/** The number of an asset in its register. */
const assetNumber = naming('asset', z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/))
const number = z.string().regex(/^[a-z0-9][a-z0-9._/-]{0,63}$/)
const topic = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const instant = z.iso.datetime({ precision: 3 })
const count = z.int().nonnegative().max(100_000)

/** What a supplier is to us; one may be both. */
const relation = z.enum(['vendor', 'partner'])
export type Relation = z.infer<typeof relation>

/** What a second source says of a list, in parts. `unlisted`: what no number of the list explains. */
const compared = {
  relation,
  part: z.int().positive(),
  parts: z.int().positive(),
  unlisted: count,
  isDeclared: z.boolean(),
  hash: sha256,
}

/**
 * An entry of the register, said anew, whole, whenever it changes. `inTier`: he belongs to those that
 * must be audited every year; null: nobody has decided, and he counts as one of them.
 */
export const supplierListed = defineFact('supplier.listed', {
  module,
  draft: true,
  slots: ['by', 'name'],
  keys: f => [f.body.supplier],
  schema: z.strictObject({
    supplier: supplierNumber,
    relations: z.array(relation).min(1).max(2),
    inTier: z.boolean().nullable(),
  }),
})

export const supplierRemoved = defineFact('supplier.removed', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  keys: f => [f.body.supplier],
  schema: z.strictObject({ supplier: supplierNumber }),
})

/** A named person declares the register of suppliers complete as it stands. */
export const suppliersDeclared = defineFact('supplier.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ suppliers: count, hash: sha256 }),
})

/** Whom a second source (payments, sign-in to foreign services, partner portal) knows. */
export const suppliersCompared = defineFact('supplier.list.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({ ...compared, seen: z.array(supplierNumber).max(64) }),
})

/** A contract that was signed. `hash` is of its text; an amendment is listed anew with another. */
export const contractListed = defineFact('supplier.contract.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.contract],
  schema: z.strictObject({
    contract: contractNumber,
    supplier: supplierNumber,
    relation,
    signed: instant,
    hash: sha256,
  }),
})

/** It has ended. */
export const contractRemoved = defineFact('supplier.contract.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.contract],
  schema: z.strictObject({ contract: contractNumber }),
})

/** A named person declares the list of contracts complete as it stands. */
export const contractsDeclared = defineFact('supplier.contract.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ contracts: count, hash: sha256 }),
})

/** Which contracts a second source (signing platform, payments) knows. */
export const contractsCompared = defineFact('supplier.contract.list.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({ ...compared, seen: z.array(contractNumber).max(64) }),
})

/**
 * A person approved the security audit of a supplier for these contracts, which have their numbers
 * before they are signed. `major` and `minor` are the findings that were open at that moment.
 */
export const assessmentApproved = defineFact('supplier.assessment.approved', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => f.body.contracts,
  schema: z.strictObject({
    assessment: number,
    supplier: supplierNumber,
    contracts: z.array(contractNumber).min(1).max(32),
    major: count,
    minor: count,
    hash: sha256,
  }),
})

/** Of one contract: the last approval before it was signed, null where there was none. */
export const contractMeasured = defineFact('supplier.contract.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.contract],
  schema: z.strictObject({
    contract: contractNumber,
    signed: instant,
    approved: z.strictObject({ at: instant, major: count }).nullable(),
  }),
})

/** Somebody read a contract: which of its clauses speak of security, and how many figures each has. */
export const contractRead = defineFact('supplier.contract.read', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.contract],
  schema: z.strictObject({
    contract: contractNumber,
    hash: sha256,
    clauses: z.array(z.strictObject({ topic, figures: z.int().nonnegative().max(100) })).max(64),
  }),
})

/** A report on a supplier. `period`: what it is for (`2026`), where it says so. */
export const reportReceived = defineFact('supplier.report.received', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.supplier],
  schema: z.strictObject({
    supplier: supplierNumber,
    kind: z.enum(['audit', 'penetration-test']),
    performer: z.enum(['supplier', 'ourselves', 'third-party']),
    period: z
      .string()
      .regex(/^\d{4}(-(H[12]|Q[1-4]|\d{2}))?$/)
      .nullable(),
    hash: sha256,
  }),
})

/**
 * A supplier noticed a security event that touches us; `occurred` is when. It is told afterwards, by
 * himself or by others, so it is a claim that a second person accepts.
 */
export const eventNoticed = defineFact('supplier.event.noticed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['claim', 'record', 'instrument'],
  keys: f => [f.body.event],
  schema: z.strictObject({
    event: number,
    supplier: supplierNumber,
    learntFrom: z.enum(['supplier', 'public', 'ourselves']),
    drill: z.boolean(),
  }),
})

/** His notice reached us. */
export const eventTold = defineFact('supplier.event.told', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument', 'record', 'claim'],
  keys: f => [f.body.event],
  schema: z.strictObject({
    event: number,
    supplier: supplierNumber,
    channel: z.enum(['mail', 'telephone', 'portal', 'letter']),
  }),
})

/** It does not touch us after all, or is another one told twice; two persons say so. */
export const eventDismissed = defineFact('supplier.event.dismissed', {
  module,
  draft: true,
  slots: ['by', 'second'],
  trusts: ['record'],
  keys: f => [f.body.event],
  schema: z.strictObject({ event: number, reason: z.enum(['not-ours', 'duplicate']) }),
})

/** The list of who answers for what in a cloud service, signed by both; null: nobody does. */
export const responsibilitiesSigned = defineFact('supplier.responsibilities.signed', {
  module,
  draft: true,
  slots: ['by', 'provider', 'organisation'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.asset],
  schema: z.strictObject({
    asset: assetNumber,
    hash: sha256,
    duties: z
      .array(
        z.strictObject({ topic, bearer: z.enum(['provider', 'organisation', 'both']).nullable() }),
      )
      .max(100),
  }),
})

/** A partner agreed to a set of requirements; `hash` is of the text that he signed. */
export const requirementsAgreed = defineFact('supplier.requirements.agreed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.supplier],
  schema: z.strictObject({
    supplier: supplierNumber,
    version: z.string().min(1).max(40),
    hash: sha256,
  }),
})

type Listed = z.infer<typeof supplierListed.schema>

/** Complete while a named person has declared the list and a second source confirms it. */
const vouchedFor = <B extends z.infer<typeof suppliersCompared.schema>>(
  of: Relation,
  declared: FactType,
  second: FactType<B>,
  key: (fact: Fact<B>) => readonly string[],
): Pick<Population, 'complete' | 'fresh' | 'compare'> => ({
  complete: { type: declared },
  fresh: params => String(params['listFresh']),
  compare: {
    with: { type: second, key, if: f => f.body.relation === of },
    fresh: params => String(params['comparedFresh']),
    confirms: ({ body }) => {
      if (body.unlisted > 0 || !body.isDeclared) return false
      return body.part === body.parts ? true : null
    },
    each: true,
  },
})

/**
 * The suppliers of one relation as a population. Freshness is said by two parameters of the control.
 *
 * @param includes which of them; without it all. A second source cannot tell which those are, so
 * then it names nobody and only confirms or contradicts the whole.
 */
export function suppliers(of: Relation, includes?: (body: Listed) => boolean): Population {
  const key = (f: Fact<{ supplier: string }>) => f.body.supplier
  const isOne = (body: Listed) => body.relations.includes(of) && (includes?.(body) ?? true)
  return {
    id: `govern.supplier.${of}s`,
    enter: { type: supplierListed, key, if: f => isOne(f.body) },
    leave: [
      { type: supplierRemoved, key },
      { type: supplierListed, key, if: (f: Fact<Listed>) => !isOne(f.body) },
    ],
    ...vouchedFor(of, suppliersDeclared, suppliersCompared, f => (includes ? [] : f.body.seen)),
  }
}

/** The contracts with suppliers of one relation as a population. */
export function contracts(of: Relation): Population {
  const key = (f: Fact<{ contract: string }>) => f.body.contract
  return {
    id: `govern.supplier.${of}-contracts`,
    enter: { type: contractListed, key, if: f => f.body.relation === of },
    leave: { type: contractRemoved, key },
    ...vouchedFor(of, contractsDeclared, contractsCompared, f => f.body.seen),
  }
}

/** A file as the whole register of suppliers of one source: that its import begins, and that all of it is in. */
export const supplierImportBegun = importBegun('supplier.import.begun', module)
export const supplierImportEnded = importEnded('supplier.import.ended', module)
