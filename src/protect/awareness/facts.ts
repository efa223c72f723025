import { z } from 'zod'
import { defineFact } from '../../core/fact.ts'
import { naming } from '../../core/record/naming.ts'

/**
 * The fact types of `protect.awareness`: training, exercises and what else teaches people to work
 * safely, and what is measured of it. Nothing here tells how one person did beyond his own training:
 * who was deceived by an exercise or what he answered in a survey never stands on the list. Machinery
 * that writes these facts comes later, so they are drafts.
 */

const module = 'protect.awareness'

const count = z.int().nonnegative()
const ppm = z.int().min(0).max(1_000_000)
const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
/** A job of the register of people. */
const job = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/)
const person = naming('person', z.string().regex(/^p-[a-z0-9]{1,24}$/))
const site = naming('asset', z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,99}$/))
const version = z.string().min(1).max(40)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const instant = z.iso.datetime({ precision: 3 })
/** Which period it is for, where it is told afterwards. */
const period = z.string().min(4).max(20).nullable()
const parted = { part: z.int().positive(), parts: z.int().positive() }

// Training.

/**
 * A person completed a course. `minutes`: how long he worked on it, not how long a window was open;
 * of a class, how long he was there. `test`: how many questions of the test on it he answered and how
 * many rightly; null where none was taken.
 */
export const trainingCompleted = defineFact('training.completed', {
  module,
  draft: true,
  slots: ['by'],
  bySubject: true,
  keys: f => [f.body.person],
  schema: z.strictObject({
    person,
    course: slug,
    version,
    program: z.enum(['induction', 'monthly', 'refresher', 'role']),
    minutes: z.int().nonnegative().max(10_000),
    test: z
      .strictObject({ questions: z.int().positive().max(1_000), correct: count })
      .refine(test => test.correct <= test.questions)
      .nullable(),
  }),
})

/**
 * Of one who joined under the policy: the time of those induction courses that he took with a test,
 * each course once, and their tests together. Made by a judge of this module.
 */
export const inductionMeasured = defineFact('training.induction.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.person],
  schema: z.strictObject({ person, minutes: count, questions: count, correct: count }),
})

/** Whoever has this job takes this version of this course. Nobody approves his own words. */
export const courseRequired = defineFact('training.course.required', {
  module,
  draft: true,
  slots: ['by', 'approver'],
  trusts: ['record'],
  keys: f => [f.body.job],
  schema: z.strictObject({ job, course: slug, version }),
})

export const courseDropped = defineFact('training.course.dropped', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  keys: f => [f.body.job],
  schema: z.strictObject({ job }),
})

const jobKeys = (f: { body: { person: string; job: string } }) => [`${f.body.person}/${f.body.job}`]

/** Of a person in a job: the course that the job asks for, and which version of it he took last. */
export const jobTrainingMeasured = defineFact('training.job.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: jobKeys,
  schema: z.strictObject({
    person,
    job,
    required: z.strictObject({ course: slug, version }).nullable(),
    taken: version.nullable(),
  }),
})

/** A person took the course that his job asks for, in the version that it asks for. Made by a judge. */
export const jobTrained = defineFact('training.job.completed', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: jobKeys,
  schema: z.strictObject({ person, job, course: slug }),
})

// Exercises, surveys, scores.

/**
 * A phishing exercise was counted, in parts. `reached`: whose mail server took the mail. The counts
 * are of all parts together, without what mail filters and other robots opened (`robots`). It occurred
 * when the last mail went out.
 */
export const phishingCounted = defineFact('phishing.campaign.counted', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.reached,
  schema: z.strictObject({
    campaign: slug,
    ...parted,
    reached: z.array(person).min(1).max(64),
    delivered: count,
    clicked: count,
    submitted: count,
    reported: count,
    robots: count,
  }),
})

/**
 * A survey of awareness was closed, in parts. `asked`: who was asked; of all of them `responses`
 * answered, and their mean is `score` of the best there is. Answers are never told of fewer than
 * `groupAtLeast` people together.
 */
export const surveyClosed = defineFact('survey.closed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument', 'record', 'claim'],
  keys: f => f.body.asked,
  schema: z.strictObject({
    survey: slug,
    ...parted,
    asked: z.array(person).min(1).max(64),
    responses: count,
    score: ppm.nullable(),
    groupAtLeast: z.int().min(5),
  }),
})

export const measures = ['quiz', 'phishing', 'survey'] as const
const measure = z.enum(measures)

/** By what awareness is measured; said by a judge whenever a policy comes into force. */
export const measuresNamed = defineFact('awareness.measure.named', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => f.body.measures,
  schema: z.strictObject({ measures: z.array(measure).max(8) }),
})

/** One result by one measure: rightly answered, reported of what was delivered, mean of the answers. */
export const scoreMeasured = defineFact('awareness.score.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.measure],
  schema: z.strictObject({ measure, score: ppm }),
})

// Incidents that behaviour caused.

/**
 * An incident of the register was found to come from what people did or left undone. Told once for an
 * incident, by whoever determines its cause.
 */
export const incidentAttributed = defineFact('behaviour.incident.attributed', {
  module,
  draft: true,
  slots: ['by'],
  schema: z.strictObject({
    incident: z.string().regex(/^i-[a-z0-9][a-z0-9-]{0,39}$/),
    drill: z.boolean(),
  }),
})

/** Such an incident as a share of a head: a million divided by the employed at that time, rounded up. */
export const incidentMeasured = defineFact('behaviour.incident.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  schema: z.strictObject({ heads: count, share: ppm, drill: z.boolean() }),
})

// What else reminds people.

/** An issue was sent. `staff`: who should get it at that moment; `accepted`: taken by their servers. */
export const newsletterSent = defineFact('newsletter.issue.sent', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['instrument', 'record', 'claim'],
  schema: z.strictObject({
    issue: slug,
    period,
    staff: count,
    addressed: count,
    accepted: count,
    hash: sha256,
  }),
})

/** This version of the posters is to hang from now on. */
export const posterIssued = defineFact('poster.version.issued', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ version, hash: sha256 }),
})

/** Somebody looked at a site: which version hangs there, and in how many places. */
export const posterChecked = defineFact('poster.checked', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  keys: f => [f.body.site],
  schema: z.strictObject({
    /** Its number in the register of assets. */
    site,
    version,
    places: count,
    photo: sha256.nullable(),
  }),
})

/** What hangs at a site beside what is to hang. Made by a judge of this module. */
export const posterMeasured = defineFact('poster.measured', {
  module,
  draft: true,
  trusts: ['instrument'],
  keys: f => [f.body.site],
  schema: z.strictObject({ site, hung: version, current: version, places: count }),
})

/** Days that were given to security, and for how many departments of how many. */
export const weekHeld = defineFact('awareness.week.held', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  schema: z.strictObject({
    period,
    days: z.int().positive().max(31),
    departments: z.strictObject({ reached: count, of: count }),
    hash: sha256,
  }),
})

/** The rule by which suggestions are honoured stands where all staff can read it. */
export const schemePublished = defineFact('suggestion.scheme.published', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record'],
  schema: z.strictObject({ version, hash: sha256 }),
})

/** What came of the suggestions of a span of time. `honoured`: named before all; `rewarded`: paid or given. */
export const roundClosed = defineFact('suggestion.round.closed', {
  module,
  draft: true,
  slots: ['by'],
  trusts: ['record', 'claim'],
  schema: z.strictObject({
    from: instant,
    until: instant,
    received: count,
    adopted: count,
    honoured: count,
    rewarded: count,
  }),
})

/** The programme was changed. `results`: which results the record of the change refers to. */
export const programmeChanged = defineFact('awareness.programme.changed', {
  module,
  draft: true,
  slots: ['by', 'approver'],
  trusts: ['record', 'claim'],
  schema: z.strictObject({
    period,
    was: version,
    now: version,
    changes: count,
    results: z
      .array(z.strictObject({ measure: z.enum([...measures, 'incidents']), at: instant }))
      .max(64),
    hash: sha256,
  }),
})

export type Round = z.infer<typeof roundClosed.schema>
export type Changed = z.infer<typeof programmeChanged.schema>
export type Dated = Readonly<{ period: string | null }>
