import { strict as assert } from 'node:assert'
import { basename } from 'node:path'
import { z } from 'zod'
import type { LawTable } from '../time.ts'
import { type Complaint, refuse } from './complaint.ts'
import { readFolder } from './folder.ts'
import { freezeDeep } from './read.ts'
import { country, day, duration, line, name, shape, text, topic, zone } from './schema.ts'
import { readYaml, type YamlFile } from './yaml.ts'

const version = z.strictObject({
  /** Null where it began before our records, or where a law that is not in force has no day yet. */
  inForceFrom: day.nullable(),
  /** The first day on which it no longer holds. */
  until: day.nullable(),
  /** `PT0S` is immediately; null is a duty without a figure, told in `words`. */
  limit: z.union([z.literal('PT0S'), duration]).nullable(),
  calendar: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('wall') }),
      // A country may be left open, where the text speaks of business days and names none.
      z.strictObject({
        kind: z.literal('business'),
        country: country.nullable(),
      }),
    ])
    .nullable(),
  /** By how much it may be put off, once and told in time. */
  extendBy: duration.optional(),
  words: text.optional(),
})

const clock = z.strictObject({
  id: z
    .string()
    .max(40)
    .regex(/^[A-Z][A-Z0-9]*([-.][A-Z0-9]+)*$/, 'is not an id like GDPR-33-1'),
  provision: line,
  /** What it is about, where a policy has a limit for the same. */
  topic: topic.optional(),
  duty: text,
  toWhom: text.optional(),
  starts: text.optional(),
  threshold: text.optional(),
  extension: text.optional(),
  status: z.enum(['in-force', 'not-yet-in-force', 'draft']),
  versions: z.array(version).min(1).max(50),
  note: text.optional(),
  confidence: z.enum(['high', 'medium-high', 'medium', 'low']),
  /** What the confidence does not cover. */
  doubt: text.optional(),
  source: line,
})

const lawFile = z.strictObject({
  format: z.literal(1),
  id: name,
  /** Null for what no state made: a standard, or our own policy. */
  jurisdiction: z
    .string()
    .regex(/^[A-Z]{2}(-[A-Z]{2})?$/, 'is not a jurisdiction like EU')
    .nullable(),
  regime: text,
  /** Whose days are counted; absent: those of the organisation. */
  zone: zone.optional(),
  /** How policies cite it, where that does not begin with the id: `CCPA 1798.82`. */
  cited: z.array(line).max(20).optional(),
  /** The day for which the states of these clocks were told. */
  asOf: day,
  clocks: z.array(clock).min(1).max(200),
})

type LawFile = z.infer<typeof lawFile>

/**
 * A regime with its clocks: whom to tell, from when, within what. Trust: this is the reading of a
 * few pages by people who are no lawyers; `confidence`, `doubt` and `source` say how far it carries.
 */
export type Law = Readonly<Omit<LawFile, 'format'>>
export type LawClock = Law['clocks'][number]
export type LawVersion = LawClock['versions'][number]

/** A clock that runs, with the version of it that holds. */
export type ClockInForce = Readonly<{ law: Law; clock: LawClock; version: LawVersion }>

/**
 * The laws in `folder`, one YAML file for each regime, by their ids.
 *
 * @throws OkiteError `POLICY_NOT_FOUND`; `POLICY_INVALID` with every complaint, each naming file,
 * line and place
 */
export function loadLaws(folder: string): ReadonlyMap<string, Law> {
  const { files, complaints } = readFolder(folder)
  return readLaws(basename(folder), files, complaints)
}

/**
 * Reads laws from the bytes of their files. Pure: the same bytes give the same laws or the same
 * complaints.
 *
 * @param told complaints that the reading of the folder already has
 * @throws OkiteError `POLICY_INVALID` with all complaints at once
 */
export function readLaws(
  subject: string,
  files: ReadonlyMap<string, Uint8Array>,
  told: readonly Complaint[] = [],
): ReadonlyMap<string, Law> {
  const complaints = [...told]
  const tell = (complaint: Complaint) => void complaints.push(complaint)
  const laws = new Map<string, Law>()
  const ids = new Set<string>()
  for (const [file, bytes] of files) {
    const read = readYaml(file, bytes)
    for (const complaint of read.complaints) tell(complaint)
    const value = shape(lawFile, read, tell)
    if (value === undefined) continue
    checkLaw(read, value, ids, tell)
    const { format: _, ...law } = value
    laws.set(value.id, freezeDeep(law))
  }
  refuse(subject, complaints)
  return laws
}

/**
 * The clocks that hold on `date`, a day of their jurisdiction, in the order of the files. A draft
 * never does, and a law that waits for its day does from that day on.
 */
export function lawsInForce(laws: ReadonlyMap<string, Law>, date: string): readonly ClockInForce[] {
  // Days are compared as text, and any word is later than all of them.
  assert(day.safeParse(date).success, 'a day')
  const found: ClockInForce[] = []
  for (const law of laws.values())
    for (const clock of law.clocks) {
      const version = clock.versions.find(version => holds(clock, version, date))
      if (version !== undefined) found.push({ law, clock, version })
    }
  return found
}

/**
 * A law as the list goes by it: the versions that hold, held, or have a day from which they will. A
 * draft has none, so nothing can be judged by it.
 */
export function lawTable({ id, zone, clocks }: Law): LawTable {
  const runs = ({ status }: LawClock, { inForceFrom }: LawVersion) =>
    status === 'in-force' || (status === 'not-yet-in-force' && inForceFrom !== null)
  return {
    ...{ law: id, zone: zone ?? null },
    clocks: clocks.map(clock => ({
      ...{ id: clock.id, provision: clock.provision },
      versions: clock.versions
        .filter(version => runs(clock, version))
        .map(({ inForceFrom, until, limit, calendar, extendBy }) => ({
          ...{ from: inForceFrom, until, extendBy: extendBy ?? null },
          // Immediately is no figure that a clock could count.
          limit: limit === 'PT0S' ? null : limit,
          // A table of business days is called like its country.
          calendar:
            calendar?.kind === 'business' ? (calendar.country?.toLowerCase() ?? null) : null,
        })),
    })),
  }
}

function holds({ status }: LawClock, { inForceFrom, until }: LawVersion, date: string): boolean {
  // Without a day, a law in force began before our records, and any other has not begun.
  const begun = inForceFrom === null ? status === 'in-force' : inForceFrom <= date
  return begun && (until === null || date < until)
}

/** @param ids of all clocks so far; those of this file are added */
function checkLaw(
  read: YamlFile,
  value: LawFile,
  ids: Set<string>,
  tell: (complaint: Complaint) => void,
): void {
  const complain = (path: PropertyKey[], problem: string) => tell(read.complain(path, problem))
  if (read.file !== `${value.id}.yaml`) complain(['id'], `the file is not ${value.id}.yaml`)
  for (const [c, clock] of value.clocks.entries()) {
    const at = ['clocks', c]
    if (ids.has(clock.id)) complain([...at, 'id'], `stands twice: ${clock.id}`)
    ids.add(clock.id)
    let before: LawVersion | null = null
    for (const [v, version] of clock.versions.entries()) {
      checkVersion(clock, version, before, (field, problem) =>
        complain([...at, 'versions', v, field], problem),
      )
      before = version
    }
  }
}

function checkVersion(
  { status }: LawClock,
  version: LawVersion,
  before: LawVersion | null,
  complain: (field: keyof LawVersion, problem: string) => void,
): void {
  const { inForceFrom, until, limit, calendar, words } = version
  if (before !== null && inForceFrom === null) complain('inForceFrom', 'is missing after another')
  if (before !== null && (before.until === null || before.until > (inForceFrom ?? '')))
    complain('inForceFrom', 'overlaps with the version before')
  if (inForceFrom !== null && until !== null && until <= inForceFrom)
    complain('until', 'is not later than inForceFrom')
  if (status === 'draft' && (inForceFrom !== null || until !== null))
    complain('inForceFrom', 'is said of a draft')
  if (limit === null && words === undefined)
    complain('words', 'are missing where there is no limit')
  const isMeasured = limit !== null && limit !== 'PT0S'
  if (isMeasured !== (calendar !== null))
    complain('calendar', isMeasured ? 'is missing' : 'is said where nothing is counted')
  else if (isMeasured && limit.endsWith('BD') !== (calendar?.kind === 'business'))
    complain('calendar', `does not fit ${limit}`)
}
