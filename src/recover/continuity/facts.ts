import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'
import { importBegun, importEnded } from '../../core/register/import-facts.ts'

/**
 * The fact types of `recover.continuity`: where the sites lie, how soon services must be back and what
 * they rest on, how much data a failure would cost at any moment, what the steps of runbooks say, and
 * which drills and exercises were held.
 */

const module = 'recover.continuity'

const name = z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,79}$/)
const service = z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/)
const count = z.int().nonnegative()
const instant = z.iso.datetime({ precision: 3 })
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const office = naming('office', z.string().regex(/^[a-z][a-z0-9-]{0,39}$/))
/** The number of somebody in the register of people. */
const person = naming('person', z.string().regex(/^p-[a-z0-9]{1,24}$/))
/** Which period it is for, where it is told late: `2026`, `2026-07`, `2026-Q3`. */
const period = z
  .string()
  .regex(/^\d{4}(-(\d\d|Q[1-4]))?$/)
  .nullable()

/** A primary site and the alternate that stands in for it. */
export const pairListed = defineFact('site.pair.listed', {
  module,
  draft: true,
  trusts: ['record'],
  keys: f => [f.body.pair],
  schema: z.strictObject({ pair: name, primary: name, alternate: name }),
})

export const pairRemoved = defineFact('site.pair.removed', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  trusts: ['record'],
  keys: f => [f.body.pair],
  schema: z.strictObject({ pair: name }),
})

/** A named person declares that every site in use has its pair. */
export const pairsDeclared = defineFact('site.pair.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ pairs: count, hash: sha256 }),
})

/**
 * Sites on which something runs (orchestrator, hypervisor, cloud regions) were laid beside the list.
 * `unlisted`: sites that no pair names.
 */
export const pairsCompared = defineFact('site.pair.list.compared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    part: z.int().positive(),
    parts: z.int().positive(),
    seen: z.array(name).max(64),
    unlisted: count,
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

/** Millionths of a degree, north and east positive. */
const place = z.strictObject({
  latitude: z.int().min(-90_000_000).max(90_000_000),
  longitude: z.int().min(-180_000_000).max(180_000_000),
})

/** Where both sites of a pair lie, as surveyed or as the provider states it. */
export const pairLocated = defineFact('site.pair.located', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'instrument'],
  keys: f => [f.body.pair],
  schema: z.strictObject({ pair: name, primary: place, alternate: place }),
})

/** What a drill takes as having happened. */
export const scenarios = [
  'site-lost',
  'data-lost',
  'component-lost',
  'network-lost',
  'ransomware',
  'key-lost',
  'identity-provider-lost',
] as const
const scenario = z.enum(scenarios)

/** A drill began: from here on the service is taken as gone. */
export const drillBegan = defineFact('recovery.drill.began', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument', 'record', 'claim'],
  keys: f => [f.body.drill],
  schema: z.strictObject({ drill: name, scenario, services: z.array(service).min(1).max(64) }),
})

/** The services of a drill answered real requests again, `began` and `restored` by the clock. */
export const drillRestored = defineFact('recovery.drill.restored', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument', 'record', 'claim'],
  keys: f => [f.body.drill],
  schema: z.strictObject({ drill: name, scenario, began: instant, restored: instant, period }),
})

/** An exercise that partners took part in, by their numbers in the register of suppliers. */
export const exerciseHeld = defineFact('recovery.exercise.held', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.exercise],
  schema: z.strictObject({
    exercise: name,
    scenario: z.string().min(1).max(80),
    /** Partners of whom somebody took part, and our own people who did. */
    partners: z.array(naming('supplier', name)).max(32),
    people: z.array(person).max(64),
    findings: count,
    period,
  }),
})

/**
 * The worst that a failure between `from` and `to` would have cost: the age of the newest state to
 * which the service, with all its sets of data, could have been brought back. `seconds` null: nobody
 * saw it, for so many `blind` minutes.
 */
export const exposureMeasured = defineFact('service.exposure.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.service],
  schema: z.strictObject({
    service,
    from: instant,
    to: instant,
    sets: count,
    seconds: count.nullable(),
    blind: count,
  }),
})

/** The pairs of sites as a population: declared by a named person, confirmed by where things run. */
export function sitePairs(): Population {
  const key = (f: Fact<{ pair: string }>) => f.body.pair
  return {
    id: 'recover.continuity.pairs',
    enter: { type: pairListed, key },
    leave: { type: pairRemoved, key },
    complete: { type: pairsDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: pairsCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms: ({ body }) => {
        if (body.unlisted > 0 || !body.isDeclared) return false
        return body.part === body.parts ? true : null
      },
      each: true,
    },
  }
}

export type Place = z.infer<typeof place>

/** A file as the whole list of sites of one source: that its import begins, and that all of it is in. */
export const pairImportBegun = importBegun('site.pair.import.begun', module)
export const pairImportEnded = importEnded('site.pair.import.ended', module)

/**
 * A service that must come back: in how many minutes (RTO), with the loss of how many at the most (RPO),
 * and which others it needs. Said anew, whole, whenever it changes.
 */
export const serviceListed = defineFact('service.target.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.service],
  schema: z.strictObject({
    service,
    owner: office.nullable(),
    rtoMinutes: count.nullable(),
    rpoMinutes: count.nullable(),
    dependsOn: z.array(service).max(64),
    /** Where it runs; null: at no one site, or nobody has said. */
    site: name.nullable(),
  }),
})

export const serviceRemoved = defineFact('service.target.removed', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  keys: f => [f.body.service],
  schema: z.strictObject({ service }),
})

/** A file as the whole list of services of one source: that its import begins, and that all of it is in. */
export const serviceImportBegun = importBegun('service.target.import.begun', module)
export const serviceImportEnded = importEnded('service.target.import.ended', module)

/**
 * How a service stands beside what it needs, itself and through others: `slowest` is the dependency that
 * may take the longest, where it may take longer than the service itself; null: none may, or nothing is
 * said. `isCircular`: it waits for itself. `unlisted`: what it names is on no list.
 */
export const targetMeasured = defineFact('service.target.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.service],
  schema: z.strictObject({
    service,
    rtoMinutes: count.nullable(),
    rpoMinutes: count.nullable(),
    slowest: z.strictObject({ service, rtoMinutes: count }).nullable(),
    isCircular: z.boolean(),
    unlisted: count,
  }),
})

/** More steps than this nobody goes through; drills put several runbooks together. */
export const stepsMax = 48
const step = z.int().min(1).max(stepsMax)
const minutes = z.int().min(1).max(10_080)

/**
 * One step of a version of a runbook: which office does it, in how many minutes, and which system is back
 * when it is done; null: none yet. Its words are private values of no one person: what is to be done, and by
 * what one sees that it is. All steps come before the `recovery.runbook.written` that holds their hash.
 */
export const stepWritten = defineFact('recovery.runbook.step.written', {
  module,
  draft: true,
  slots: ['by', 'todo', 'sign'],
  trusts: ['record'],
  keys: f => [f.body.runbook],
  schema: z.strictObject({
    runbook: name,
    version: z.string().min(1).max(80),
    step,
    system: z.string().min(1).max(80).nullable(),
    role: office,
    minutes,
  }),
})

/** Steps of one drill, whatever runbooks they are of: as many as one transaction of ours takes with ease. */
export const drillStepsMax = 480
const drillStep = z.int().min(1).max(drillStepsMax)

/**
 * A step of a drill, and who is to do it: whoever holds the office, or somebody who was named; null: nobody
 * is. `of`: which step of the runbook it is, in whose words.
 */
export const stepAssigned = defineFact('recovery.drill.step.assigned', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.drill],
  schema: z.strictObject({
    drill: name,
    step: drillStep,
    runbook: name,
    version: z.string().min(1).max(80),
    system: z.string().min(1).max(80).nullable(),
    role: office,
    person: person.nullable(),
    minutes,
    of: step,
  }),
})

/** Somebody begins a step, and has done it: at that very moment, by that very person. */
export const stepBegun = defineFact('recovery.drill.step.begun', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.drill],
  schema: z.strictObject({ drill: name, step: drillStep }),
})
export const stepDone = defineFact('recovery.drill.step.done', {
  module,
  draft: true,
  slots: ['by', 'note'],
  trusts: ['record'],
  keys: f => [f.body.drill],
  schema: z.strictObject({ drill: name, step: drillStep }),
})

/**
 * A drill is over: with its last step, or given up before. `spreadSeconds`: between the first and the last
 * step that was ticked as done; null: fewer than two were.
 */
export const drillEnded = defineFact('recovery.drill.ended', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  trusts: ['record'],
  keys: f => [f.body.drill],
  schema: z.strictObject({
    drill: name,
    steps: count,
    done: count,
    spreadSeconds: count.nullable(),
  }),
})

/**
 * What a drill taught. `item`: the improvement on its own register that carries it, with its day; `person`:
 * who was asked for it, of the office that answers.
 */
export const lessonDrawn = defineFact('recovery.lesson.drawn', {
  module,
  draft: true,
  slots: ['by', 'text'],
  trusts: ['record'],
  keys: f => [f.body.drill],
  schema: z.strictObject({
    drill: name,
    item: naming('improvement', z.string().regex(/^[a-z0-9][a-z0-9._/-]{0,63}$/)),
    owner: office,
    person: person.nullable(),
    due: z.iso.date(),
  }),
})

/** A file as the whole list of runbooks of one source: that its import begins, and that all of it is in. */
export const runbookImportBegun = importBegun('recovery.runbook.import.begun', module)
export const runbookImportEnded = importEnded('recovery.runbook.import.ended', module)
