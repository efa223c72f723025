import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact } from '../../core/fact.ts'

/**
 * The fact types of `respond.playbook`: written procedures for the stages of an incident, and the
 * playbooks that a machine carries out. Machinery that writes them comes later, so they are drafts.
 */

const module = 'respond.playbook'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const version = z.string().min(1).max(40)

/** From detection to aftermath, as the policy divides the response. */
export const stages = ['detect', 'analyse', 'contain', 'recover', 'aftermath'] as const
const stage = z.enum(stages)

/** The procedure of a stage, written by one person and approved by another; `document` null: withdrawn. */
export const procedureApproved = defineFact('response.procedure.approved', {
  module,
  draft: true,
  slots: ['by', 'approver'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.stage],
  schema: z.strictObject({ stage, version, document: sha256.nullable() }),
})

/** People went through the procedures of these stages, in an exercise or in earnest. */
export const procedureExercised = defineFact('response.procedure.exercised', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => f.body.stages,
  schema: z.strictObject({
    stages: z.array(stage).min(1).max(stages.length),
    drill: z.boolean(),
    people: z.int().positive(),
  }),
})

/** The name of a playbook in the machine that carries it out. */
const playbook = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/)
const playbookKeys = (f: { body: { playbook: string } }) => [f.body.playbook]

export const playbookListed = defineFact('playbook.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: playbookKeys,
  schema: z.strictObject({ playbook }),
})

export const playbookRemoved = defineFact('playbook.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys: playbookKeys,
  schema: z.strictObject({ playbook }),
})

/** A named person declares the list of playbooks complete as it stands. */
export const playbooksDeclared = defineFact('playbook.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ playbooks: z.int().nonnegative(), hash: sha256 }),
})

/** What the machine itself has loaded was laid beside the list. `unlisted`: loaded, and not on the list. */
export const playbooksCompared = defineFact('playbook.list.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(playbook).max(64),
    unlisted: z.int().nonnegative(),
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

/** The version of a playbook that was released for use. */
export const playbookReleased = defineFact('playbook.version.released', {
  module,
  draft: true,
  slots: ['by', 'approver'],
  keys: playbookKeys,
  schema: z.strictObject({ playbook, version, document: sha256 }),
})

/**
 * One run of a playbook, as the machine's log has it: what set it off, how many of its steps were done,
 * and how long it took from the event that set it off to its last step.
 */
export const playbookRun = defineFact('playbook.run.ended', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: playbookKeys,
  schema: z.strictObject({
    playbook,
    version,
    drill: z.boolean(),
    begunBy: z.enum(['event', 'schedule', 'person']),
    steps: z.int().positive(),
    stepsDone: z.int().nonnegative(),
    durationMs: z.int().nonnegative(),
  }),
})

/** The playbooks as a population; freshness is said by two parameters of the control. */
export function playbooks(): Population {
  const key = (f: Fact<{ playbook: string }>) => f.body.playbook
  return {
    id: 'respond.playbook.playbooks',
    enter: { type: playbookListed, key },
    leave: { type: playbookRemoved, key },
    complete: { type: playbooksDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: playbooksCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms: ({ body }) => {
        if (body.unlisted > 0 || !body.isDeclared) return false
        return body.part === body.parts ? true : null
      },
      each: true,
    },
  }
}
