import { z } from 'zod'
import { defineFact } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'
import { importBegun, importEnded } from '../../core/register/import-facts.ts'

/**
 * The fact types of `recover.availability`: what probes from outside saw of a service, what it is built
 * of, where it runs, and what happened when a part of it failed. Some are drafts, as parts of the machinery
 * are not built.
 */

const module = 'recover.availability'

/** The number of the service in the register of assets. */
const service = naming('asset', z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/))
const name = z.string().min(1).max(60)
const count = z.int().nonnegative()
const instant = z.iso.datetime({ precision: 3 })
/** What is asked, and how: a page over HTTP, a TLS handshake, or a TCP connection. */
export const probeKinds = ['http', 'tls', 'tcp'] as const
/** Room for a long path; nobody types more by hand. */
export const targetCharsMax = 500

/** Why there was no answer, or none that a user would expect. */
export const failedWhys = [
  'name.unknown',
  'name.failed',
  'connect.refused',
  'connect.timeout',
  'connect.unreachable',
  'connection.reset',
  'tls.silent',
  'tls.failed',
  'tls.expired',
  'tls.name',
  'tls.untrusted',
  'answer.silent',
  'answer.malformed',
  'status.unexpected',
  'text.missing',
  'redirect.refused',
] as const
const why = z.enum(failedWhys)
/** Probes count in minutes of the clock. */
const minute = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/)

/**
 * Of each minute of at most one hour: from how many places outside a request was sent that a user would
 * send, and how many of those got the answer that a user would expect. Nobody asked: 0 of 0. Minutes
 * that were alike stand together.
 */
export const serviceProbed = defineFact('service.probed', {
  module,
  trusts: ['instrument'],
  keys: f => [f.body.service],
  schema: z.strictObject({
    service,
    from: minute,
    runs: z
      .array(
        z.strictObject({
          minutes: z.int().min(1).max(60),
          asked: count.max(100),
          answered: count.max(100),
          /** What most of those places say that got none. */
          why: why.optional(),
        }),
      )
      .min(1)
      .max(60)
      .refine(runs => runs.reduce((sum, run) => sum + run.minutes, 0) <= 60),
  }),
})

/** What probes say of a span without gaps: how many of its minutes were down, how many nobody saw. */
export const availabilityMeasured = defineFact('service.availability.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.service],
  schema: z.strictObject({
    service,
    from: minute,
    to: minute,
    minutes: count,
    down: count,
    blind: count,
  }),
})

/** The first minute without an answer. `outage` names the case. */
export const outageBegan = defineFact('service.outage.began', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.service],
  schema: z.strictObject({
    service,
    outage: z.string().max(130),
    began: minute,
    why: why.optional(),
  }),
})

/** The first minute with an answer again, or the service was taken off the register. */
export const outageEnded = defineFact('service.outage.ended', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.service],
  schema: z.strictObject({ service, outage: z.string().max(130), began: minute, ended: instant }),
})

/**
 * How a service is probed from outside, as a user would ask it. One probe for each: a service with two
 * entrances is two services. Said anew, whole, whenever it changes.
 */
export const probeListed = defineFact('service.probe.listed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.service],
  schema: z.strictObject({
    service,
    kind: z.enum(probeKinds),
    target: z.string().min(1).max(targetCharsMax),
    /** HTTP status codes that are good; none: all of 2xx. */
    statuses: z.array(z.string().regex(/^[1-5]\d\d$/)).max(16),
    /** What the page, or the greeting of a TCP service, must hold. */
    text: z.string().min(1).max(200).nullable(),
    followsRedirects: z.boolean(),
  }),
})

export const probeRemoved = defineFact('service.probe.removed', {
  module,
  draft: true,
  slots: ['by', 'reason'],
  trusts: ['record'],
  keys: f => [f.body.service],
  schema: z.strictObject({ service }),
})

/** A file as the whole list of probes of one source: that its import begins, and that all of it is in. */
export const probeImportBegun = importBegun('service.probe.import.begun', module)
export const probeImportEnded = importEnded('service.probe.import.ended', module)

/**
 * What a service needs in order to answer. `hosts`: where each running instance of a component stands,
 * one entry an instance; `needed`: how many of them carry the full load. `unmapped`: peers that the
 * traffic shows and the map does not.
 */
export const dependenciesMapped = defineFact('service.dependencies.mapped', {
  module,
  draft: true,
  trusts: ['instrument', 'record'],
  keys: f => [f.body.service],
  schema: z.strictObject({
    service,
    components: z
      .array(
        z.strictObject({ component: name, needed: count.min(1), hosts: z.array(name).max(16) }),
      )
      .min(1)
      .max(48),
    unmapped: count,
  }),
})

/**
 * What the load balancers of a service have counted since they were last asked, of all its pools. `from`: when
 * that was; what is counted is from then until the fact occurred.
 */
export const poolsObserved = defineFact('service.pools.observed', {
  module,
  trusts: ['instrument'],
  keys: f => [f.body.service],
  schema: z.strictObject({
    service,
    pools: z
      .array(
        z.strictObject({
          balancer: name,
          pool: name,
          from: instant,
          targets: z
            .array(
              z.strictObject({
                target: name,
                /** null: the balancer does not show where it is, and nobody said it. */
                host: name.nullable(),
                /** Number of the data centre in the register; null: nobody said where it stands. */
                site: name.nullable(),
                /**
                 * What the balancer is told to give it: a share of the load; load that no other one can take;
                 * nothing new; nothing at all.
                 */
                role: z.enum(['active', 'backup', 'draining', 'maintenance']),
                /** null: nobody checks it. */
                checks: z
                  .strictObject({
                    /** null: none is over yet. */
                    newest: z.enum(['passed', 'failed']).nullable(),
                    /** Checks that failed while it was held to be up; those of one that is down are not counted. */
                    failures: count,
                    /** For so long it was held to be down, or was in maintenance. */
                    downSeconds: count,
                  })
                  .nullable(),
                /** HTTP requests that it was given, or connections where the balancer does not read HTTP. */
                requests: count,
              }),
            )
            .max(64),
        }),
      )
      .min(1)
      .max(16),
  }),
})

/** A part failed, or was made to (`drill`): who served before and after, and how many steps people took. */
export const failoverObserved = defineFact('service.failover.observed', {
  module,
  draft: true,
  trusts: ['instrument', 'record', 'claim'],
  slots: ['by'],
  keys: f => [f.body.service],
  schema: z.strictObject({
    service,
    drill: z.boolean(),
    before: name,
    after: name.nullable(),
    failed: instant,
    /** The first answer from the standby; null: it never came. */
    served: instant.nullable(),
    manualSteps: count,
  }),
})

export type Probed = z.infer<typeof serviceProbed.schema>
export type Pools = z.infer<typeof poolsObserved.schema>['pools']
