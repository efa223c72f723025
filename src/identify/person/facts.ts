import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact } from '../../core/fact.ts'

/**
 * The fact types of `identify.person`: who works here and in which role, who vouches for the register,
 * and what a second source says of it. Machinery that writes them comes later, so they are drafts.
 */

const module = 'identify.person'

/**
 * The number under which a person stands in the register: ours, drawn at random. Findings name it for
 * ever, so it is nothing that the person is known by elsewhere; who it is stands in private slots.
 */
export const personNumber = z.string().regex(/^p-[a-z0-9]{1,24}$/)
const name = z.string().min(1).max(80)
/** A role of the organisation in the words of its policy: `ciso`, `soc-analyst`. */
const role = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

export const personKinds = ['employee', 'contractor', 'partner'] as const

const standing = { kind: z.enum(personKinds), department: name.nullable() }

/** Somebody begins to work here, or with us. `staff`: his number where he is employed. */
export const personJoined = defineFact('person.joined', {
  module,
  draft: true,
  slots: ['name', 'mail', 'staff'],
  keys: f => [f.body.person],
  schema: z.strictObject({ person: personNumber, ...standing }),
})

/** A mover: another department, or another kind of contract. */
export const personMoved = defineFact('person.moved', {
  module,
  draft: true,
  keys: f => [f.body.person],
  schema: z.strictObject({ person: personNumber, ...standing }),
})

export const personLeft = defineFact('person.left', {
  module,
  draft: true,
  keys: f => [f.body.person],
  schema: z.strictObject({ person: personNumber }),
})

/** On leave: asked for nothing that a whole period of absence covers (V12). */
export const awayBegan = defineFact('person.away.began', {
  module,
  draft: true,
  keys: f => [f.body.person],
  schema: z.strictObject({ person: personNumber }),
})

export const awayEnded = defineFact('person.away.ended', {
  module,
  draft: true,
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
 * A second source (directory, payroll) was laid beside the register: the people it knows, in parts.
 * `unlisted`: accounts or rows that no number of the register explains.
 */
export const registerCompared = defineFact('person.register.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(personNumber).max(256),
    unlisted: z.int().nonnegative(),
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

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
  keys: f => [f.body.role],
  schema: z.strictObject({ role }),
})

/** A department of the organisation, and one that is no more. */
export const departmentListed = defineFact('department.listed', {
  module,
  draft: true,
  keys: f => [f.body.department],
  schema: z.strictObject({ department: name }),
})

export const departmentRemoved = defineFact('department.removed', {
  module,
  draft: true,
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
    fresh: params => String(params['registerFresh']),
    compare: {
      with: { type: registerCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms: ({ body }) => {
        if (body.unlisted > 0 || !body.isDeclared) return false
        return body.part === body.parts ? true : null
      },
      each: true,
    },
  }
}
