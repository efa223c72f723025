import { z } from 'zod'
import { defineFact } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'

/**
 * The fact types of `protect.hardening`: what agents, scanners and patch runs say of machines, images,
 * clusters, functions and clouds. Assets are those of `identify.asset`. Machinery that writes them
 * comes later, so they are drafts.
 */

const module = 'protect.hardening'

/** The number of an asset in the register of `identify.asset`. */
const asset = naming('asset', z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/))
/** A baseline, a benchmark, a tool: what its publisher or we call it. */
const name = z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,79}$/)
const version = z.string().min(1).max(40)
const instant = z.iso.datetime({ precision: 3 })
const count = z.int().nonnegative()
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/**
 * What the EDR console knows of an endpoint. `agent` null: it has none enrolled for it. `lastSeen`:
 * when the agent last called in.
 */
export const edrReported = defineFact('hardening.edr.agent.reported', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.endpoint],
  schema: z.strictObject({
    endpoint: asset,
    agent: z
      .strictObject({
        product: name,
        version,
        /** Releases that the console offers and this agent lacks. */
        versionsBehind: count,
        mode: z.enum(['prevent', 'detect', 'off']),
        lastSeen: instant,
      })
      .nullable(),
  }),
})

/** What the console of the anti-malware knows of a machine, in the same way. */
export const antiMalwareReported = defineFact('hardening.anti-malware.agent.reported', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.asset],
  schema: z.strictObject({
    asset,
    agent: z
      .strictObject({
        product: name,
        realTime: z.enum(['on', 'passive', 'off']),
        signaturesAt: instant,
        /** The end of the last full scan that ran to its end. */
        fullScanAt: instant.nullable(),
      })
      .nullable(),
  }),
})

/**
 * The baseline under which assets stand, approved by a second person. A large group comes in several
 * facts. `services`: the services that machines of this group need.
 */
export const baselineAssigned = defineFact('hardening.baseline.assigned', {
  module,
  draft: true,
  slots: ['by', 'approver'],
  trusts: ['record'],
  keys: f => f.body.assets,
  schema: z.strictObject({
    baseline: name,
    version,
    hash: sha256,
    services: z.array(name).max(128),
    assets: z.array(asset).min(1).max(256),
  }),
})

/** A scan of one asset against one version of a baseline. What does not apply is no rule of the scan. */
export const baselineScanned = defineFact('hardening.baseline.scanned', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.asset],
  schema: z.strictObject({
    asset,
    baseline: name,
    version,
    rules: count,
    evaluated: count,
    failed: count,
  }),
})

/** The services that were found enabled or listening on a machine. */
export const servicesSeen = defineFact('hardening.host.services.listed', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.asset],
  schema: z.strictObject({ asset, services: z.array(name).max(256) }),
})

/**
 * A patch run on one machine: the updates that were offered, and how many of them are on it now.
 * `round`: the month whose round this is; null where the tool does not say.
 */
export const patchRunCompleted = defineFact('hardening.patch.run.completed', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.asset],
  schema: z.strictObject({
    asset,
    round: z
      .string()
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
      .nullable(),
    offered: count,
    installed: count,
  }),
})

/** One weakness that is exploited before or without a routine fix, on one asset. */
const exposure = { advisory: name, asset }

/** The scanner found an asset exposed to a weakness that is already exploited. */
export const zeroDayFound = defineFact('hardening.zero-day.exposure.found', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.asset],
  schema: z.strictObject(exposure),
})

/** Looked at again, the asset is exposed no more. */
export const zeroDayClosed = defineFact('hardening.zero-day.exposure.closed', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.asset],
  schema: z.strictObject({ ...exposure, how: z.enum(['patch', 'mitigation', 'removal']) }),
})

/** The finding was wrong, says one person, and a second agrees. */
export const zeroDayWithdrawn = defineFact('hardening.zero-day.exposure.withdrawn', {
  module,
  draft: true,
  slots: ['by', 'second'],
  trusts: ['record'],
  keys: f => [f.body.asset],
  schema: z.strictObject({
    ...exposure,
    why: z.enum(['false-positive', 'not-affected', 'duplicate']),
  }),
})

/**
 * The settings of a machine laid beside its baseline. `drifts`: the oldest that are open, oldest first,
 * each with the time at which it was first seen; `drifted` counts all. `mode`: whether the tool puts
 * settings back or only tells.
 */
export const driftScanned = defineFact('hardening.drift.scanned', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.asset],
  schema: z.strictObject({
    asset,
    mode: z.enum(['enforce', 'report']),
    settings: count,
    drifted: count,
    drifts: z
      .array(z.strictObject({ setting: z.string().min(1).max(120), since: instant }))
      .max(32),
  }),
})

/** A cloud account was connected to the CSPM. */
export const postureEnrolled = defineFact('hardening.cloud.posture.enrolled', {
  module,
  draft: true,
  slots: ['by'],
  keys: f => [f.body.account],
  schema: z.strictObject({ account: asset, tool: name }),
})

/** The CSPM went through an account by the practice that its provider publishes. */
export const postureScanned = defineFact('hardening.cloud.posture.scanned', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.account],
  schema: z.strictObject({
    account: asset,
    provider: z.enum(['aws', 'azure', 'gcp', 'other']),
    practice: name,
    version,
    checks: count,
    evaluated: count,
    failed: count,
  }),
})

/**
 * How a serverless function is set up. `role` null: it runs without one of its own. `functions`: how
 * many run under that role. `grantsUnused`: what the role may do and was not seen to do.
 */
export const functionInspected = defineFact('hardening.function.inspected', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.function],
  schema: z.strictObject({
    function: asset,
    role: z.string().min(1).max(120).nullable(),
    functions: count,
    grants: count,
    grantsWildcard: count,
    grantsUnused: count,
    rules: count,
    evaluated: count,
    failed: count,
  }),
})

/**
 * Made of the discoveries of several kinds of assets, which together are one population: what one of
 * them saw, and whether all kinds confirm the register as it was declared last.
 */
export const familyMeasured = defineFact('hardening.family.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.seen,
  schema: z.strictObject({
    family: z.enum(['machines', 'containers']),
    seen: z.array(asset).max(64),
    contradicts: z.boolean(),
    kindsConfirmed: count,
    kinds: count,
  }),
})
