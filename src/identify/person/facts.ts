import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'
import { importBegun, importEnded } from '../../core/register/import-facts.ts'

/**
 * The fact types of `identify.person`: who works here and in which role, who vouches for the register,
 * and what a second source says of it. They are drafts while machinery that will write some of them is
 * not built.
 */

const module = 'identify.person'

/**
 * The number under which a person stands in the register: ours, drawn at random. Findings name it for
 * ever, so it is nothing that the person is known by elsewhere; who it is stands in private slots.
 */
export const personNumber = naming('person', z.string().regex(/^p-[a-z0-9]{1,24}$/))
const name = z.string().min(1).max(80)
/** A role of the organisation in the words of its policy: `ciso`, `soc-analyst`. */
const role = naming('office', z.string().regex(/^[a-z][a-z0-9-]{0,39}$/))
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

export const personKinds = ['employee', 'contractor', 'partner'] as const

const standing = { kind: z.enum(personKinds), department: name.nullable() }

/** Somebody begins to work here, or with us. `staff`: his number where he is employed. */
export const personJoined = defineFact('person.joined', {
  module,
  draft: true,
  slots: ['by', 'name', 'mail', 'staff'],
  keys: f => [f.body.person],
  schema: z.strictObject({ person: personNumber, ...standing }),
})

/** A mover: another department, or another kind of contract. */
export const personMoved = defineFact('person.moved', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.person],
  schema: z.strictObject({ person: personNumber, ...standing }),
})

export const personLeft = defineFact('person.left', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  keys: f => [f.body.person],
  schema: z.strictObject({ person: personNumber }),
})

/** What came of closing the accounts of somebody who has left; `failure`: they may still be open. */
export const accessEnded = defineFact('person.access.ended', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.person],
  schema: z.strictObject({
    person: personNumber,
    accounts: z.int().nonnegative(),
    failure: z.string().max(60).nullable(),
  }),
})

/** His name or his mail address is another one; what he was called before stays where it was said. */
export const detailsChanged = defineFact('person.details.changed', {
  module,
  draft: true,
  slots: ['by', 'name', 'mail'],
  keys: f => [f.body.person],
  schema: z.strictObject({ person: personNumber }),
})

/** A file as the whole register of one source: that its import begins, and that all of it is in. */
export const personImportBegun = importBegun('person.import.begun', module)
export const personImportEnded = importEnded('person.import.ended', module)

/** On leave: asked for nothing that a whole period of absence covers (V12). */
export const awayBegan = defineFact('person.away.began', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.person],
  schema: z.strictObject({ person: personNumber }),
})

export const awayEnded = defineFact('person.away.ended', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.person],
  schema: z.strictObject({ person: personNumber }),
})

/** A named person declares the register complete as it stands. */
export const registerDeclared = defineFact('person.register.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ people: z.int().nonnegative(), hash: sha256 }),
})

/**
 * A second source (directory, payroll) was laid beside the register: the people it knows, in parts
 * of 64, which is as many subjects as a fact may have.
 * `unlisted`: accounts or rows that no number of the register explains; `by`: who laid it there.
 */
export const registerCompared = defineFact('person.register.compared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(personNumber).max(64),
    unlisted: z.int().nonnegative(),
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

/** An office of the organisation: a role that somebody must hold, and one that is no more. */
export const roleListed = defineFact('role.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.role],
  schema: z.strictObject({ role }),
})

export const roleRemoved = defineFact('role.removed', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  keys: f => [f.body.role],
  schema: z.strictObject({ role }),
})

/** A named person declares that these are all offices that there are. */
export const rolesDeclared = defineFact('role.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ roles: z.int().nonnegative(), hash: sha256 }),
})

/** A second source (organisation chart, policy) was laid beside the offices: those that it names, in parts. */
export const rolesCompared = defineFact('role.list.compared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(role).max(64),
    unlisted: z.int().nonnegative(),
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

export const roleImportBegun = importBegun('role.import.begun', module)
export const roleImportEnded = importEnded('role.import.ended', module)

const term = { role, person: personNumber, from: z.iso.date(), until: z.iso.date().nullable() }

/** Who holds a role from when to when; a later one for the same role takes its place. */
export const roleAppointed = defineFact('role.holder.appointed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.role],
  schema: z.strictObject(term),
})

/** Who acts for the holder while he is away. */
export const deputyAppointed = defineFact('role.deputy.appointed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.role],
  schema: z.strictObject(term),
})

/** The holder gives the role up; until the next is appointed it is vacant. */
export const roleVacated = defineFact('role.holder.vacated', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.role],
  schema: z.strictObject({ role }),
})

/** Four: who was, who is, and who will be. */
export const termsMax = 4
const terms = z
  .array(
    z.strictObject({
      person: personNumber,
      from: z.iso.date(),
      until: z.iso.date().nullable(),
      isAway: z.boolean(),
    }),
  )
  .max(termsMax)

/**
 * Who holds an office and who acts for him, as the last facts say, and which of them is on leave; said
 * anew when a term begins. Whoever has left us is neither. Made by a judge of this module.
 */
export const officeMeasured = defineFact('role.office.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.role],
  schema: z.strictObject({ role, holders: terms, deputies: terms }),
})

/** A department of the organisation, and one that is no more. */
export const departmentListed = defineFact('department.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.department],
  schema: z.strictObject({ department: name }),
})

export const departmentRemoved = defineFact('department.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.department],
  schema: z.strictObject({ department: name }),
})

export const departmentsDeclared = defineFact('department.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ departments: z.int().nonnegative(), hash: sha256 }),
})

/** What somebody does here, as training and rights ask for it: `developer`, `operator`. One may have several. */
const job = role
const jobKeys = (f: Fact<{ person: string; job: string }>): readonly [string] => [jobOf(f.body)]

/** A person in a job, as a subject: `p-17/developer`. */
export const jobOf = (body: Readonly<{ person: string; job: string }>): string =>
  `${body.person}/${body.job}`

export const jobAssigned = defineFact('person.job.assigned', {
  module,
  draft: true,
  slots: ['by'],
  keys: jobKeys,
  schema: z.strictObject({ person: personNumber, job }),
})

export const jobEnded = defineFact('person.job.ended', {
  module,
  draft: true,
  keys: jobKeys,
  schema: z.strictObject({ person: personNumber, job }),
})

/** A named person declares that everybody who has a job on the list has it in the register. */
export const jobsDeclared = defineFact('person.job.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ jobs: z.int().nonnegative(), hash: sha256 }),
})

/**
 * A second source (groups of the directory, members of repositories and of duty rosters) was laid
 * beside the jobs: whom it knows in which, in parts. `unlisted`: what the register does not explain.
 */
export const jobsCompared = defineFact('person.job.list.compared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument'],
  keys: f => f.body.seen.map(jobOf),
  schema: z.strictObject({
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(z.strictObject({ person: personNumber, job })).max(64),
    unlisted: z.int().nonnegative(),
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

/**
 * Somebody signed that he will follow the policy: by the undertaking, or by a contract that says so.
 * `version`: of the policy that he read; `hash`: of the text that he signed. Who signed is private.
 */
export const undertakingSigned = defineFact('person.undertaking.signed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.person],
  schema: z.strictObject({
    person: personNumber,
    text: z.enum(['undertaking', 'contract']),
    version: z.string().min(1).max(200),
    hash: sha256,
  }),
})

const instant = z.iso.datetime({ precision: 3 })

/**
 * Of one person: what he signed last, beside the version of the policy that is in force and since
 * when. Made by a judge of this module.
 */
export const undertakingMeasured = defineFact('person.undertaking.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.person],
  schema: z.strictObject({
    person: personNumber,
    joined: instant,
    signed: z.string().max(200).nullable(),
    inForce: z.string().max(200),
    since: instant,
  }),
})

/**
 * How somebody stands here now: what he joined as, or was moved to; of who has left us, `kind` is null.
 * Made by a judge of this module, so that one type of fact says who is one of us and who no longer is,
 * in the order in which it came about, however late it is judged.
 */
export const standingMeasured = defineFact('person.standing.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.person],
  schema: z.strictObject({
    person: personNumber,
    kind: standing.kind.nullable(),
    department: standing.department,
  }),
})

/**
 * Whether somebody has a job now. Whoever leaves has none any more. Made by a judge of this module,
 * for the same reason.
 */
export const jobMeasured = defineFact('person.job.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: jobKeys,
  schema: z.strictObject({ person: personNumber, job, isHeld: z.boolean() }),
})

/** Confirms unless it knows what no entry explains, or was laid beside another list than the declared one. */
const confirms = ({
  body,
}: Fact<Readonly<{ part: number; parts: number; unlisted: number; isDeclared: boolean }>>):
  | boolean
  | null => {
  if (body.unlisted > 0 || !body.isDeclared) return false
  return body.part === body.parts ? true : null
}

/**
 * The people of the register as a population: complete while a named person has declared it and a
 * second source confirms the declaration. Freshness is said by two parameters of the control.
 */
export function people(): Population {
  const key = (f: Fact<{ person: string }>) => f.body.person
  return {
    id: 'identify.person.register',
    enter: { type: personJoined, key },
    leave: { type: personLeft, key },
    complete: { type: registerDeclared },
    // The role that looks after the register of people, whoever answers for what is judged of them.
    owner: 'people',
    fresh: params => String(params['registerFresh']),
    compare: {
      with: { type: registerCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms,
      each: true,
    },
  }
}

/**
 * Those of them who are employed; who is on leave stays one of them, and who was a contractor becomes
 * one when he is moved. The second source sees numbers and not kinds: whom it knows beyond the register
 * is no member here, but then it does not confirm the register.
 */
export function staff(): Population {
  const key = (f: Fact<{ person: string }>) => f.body.person
  const isEmployed = (f: Fact<Standing>) => f.body.kind === 'employee'
  const all = people()
  return {
    ...all,
    id: 'identify.person.staff',
    enter: { type: standingMeasured, key, if: isEmployed },
    leave: { type: standingMeasured, key, if: f => !isEmployed(f) },
    compare: { ...all.compare!, with: { type: registerCompared, key: () => [] } },
  }
}

/** The people in the jobs of the list, a subject for each person and job. */
export function jobHolders(): Population {
  const key = (f: Fact<{ person: string; job: string }>) => jobOf(f.body)
  const isHeld = (f: Fact<{ isHeld: boolean }>) => f.body.isHeld
  return {
    id: 'identify.person.jobs',
    enter: { type: jobMeasured, key, if: isHeld },
    leave: { type: jobMeasured, key, if: f => !isHeld(f) },
    complete: { type: jobsDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: jobsCompared, key: f => f.body.seen.map(jobOf) },
      fresh: params => String(params['comparedFresh']),
      confirms,
      each: true,
    },
  }
}

/** The offices of the organisation, whoever holds them. */
export function offices(): Population {
  const key = (f: Fact<{ role: string }>) => f.body.role
  return {
    id: 'identify.person.offices',
    enter: { type: roleListed, key },
    leave: { type: roleRemoved, key },
    complete: { type: rolesDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: rolesCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms,
      each: true,
    },
  }
}

type Standing = z.infer<typeof standingMeasured.schema>
