import { z } from 'zod'
import type { Population } from '../../core/control/kind.ts'
import { defineFact, type Fact } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'

/**
 * The fact types of `detect.behaviour`: models that look for the abnormal, and what is known of how each
 * person normally works – how much, never what. Machinery that writes them comes later, so they are drafts.
 */

const module = 'detect.behaviour'

const count = z.int().nonnegative()
const instant = z.iso.datetime({ precision: 3 })
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const person = naming('person', z.string().regex(/^p-[a-z0-9]{1,24}$/))
const model = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/)
const version = z.string().min(1).max(40)
const modelKeys = (f: { body: { model: string } }) => [f.body.model]

export const modelListed = defineFact('behaviour.model.listed', {
  module,
  draft: true,
  slots: ['by'],
  keys: modelKeys,
  schema: z.strictObject({ model }),
})

export const modelRemoved = defineFact('behaviour.model.removed', {
  module,
  draft: true,
  slots: ['by'],
  keys: modelKeys,
  schema: z.strictObject({ model }),
})

/** A named person declares the list of models complete as it stands. */
export const modelsDeclared = defineFact('behaviour.model.list.declared', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ models: count, hash: sha256 }),
})

/** What the platform itself runs was laid beside the list. */
export const modelsCompared = defineFact('behaviour.model.list.compared', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    seen: z.array(model).max(64),
    unlisted: count,
    isDeclared: z.boolean(),
    hash: sha256,
  }),
})

/** A run over live data: how many events it took in, how many alerts it raised. */
export const modelRun = defineFact('behaviour.model.run', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: modelKeys,
  schema: z.strictObject({ model, version, events: count, until: instant, alerts: count }),
})

/** A run over known cases: bad ones, and quiet ones in which nothing is to be found. */
export const modelTested = defineFact('behaviour.model.tested', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: modelKeys,
  schema: z.strictObject({
    model,
    version,
    badCases: count,
    found: count,
    quietCases: count,
    falseAlarms: count,
    set: sha256,
  }),
})

/** How people dealt with the alerts of a model since the last such fact, and how old the oldest open one is. */
export const modelReviewed = defineFact('behaviour.alert.reviewed', {
  module,
  draft: true,
  slots: ['by'],
  keys: modelKeys,
  schema: z.strictObject({ model, reviewed: count, open: count, oldestOpenHours: count }),
})

/** How long and how much a person's accounts were observed, from which the normal is drawn. */
export const baselineMeasured = defineFact('behaviour.baseline.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.person],
  schema: z.strictObject({ person, accounts: count, days: count, events: count }),
})

/**
 * Made-up departures were laid before the detector, in parts, each against the normal of one person: how
 * many there were, and how many were found.
 */
export const departuresTested = defineFact('behaviour.departure.tested', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.people.map(one => one.person),
  schema: z.strictObject({
    drill: z.boolean(),
    people: z.array(z.strictObject({ person, cases: count, found: count })).max(256),
  }),
})

/** The models as a population; freshness is said by two parameters of the control. */
export function models(): Population {
  const key = (f: Fact<{ model: string }>) => f.body.model
  return {
    id: 'detect.behaviour.models',
    enter: { type: modelListed, key },
    leave: { type: modelRemoved, key },
    complete: { type: modelsDeclared },
    fresh: params => String(params['listFresh']),
    compare: {
      with: { type: modelsCompared, key: f => f.body.seen },
      fresh: params => String(params['comparedFresh']),
      confirms: ({ body }) => body.unlisted === 0 && body.isDeclared,
      each: true,
    },
  }
}
