import { basename } from 'node:path'
import { z } from 'zod'
import { type Complaint, refuse } from './complaint.ts'
import { readFolder } from './folder.ts'
import { measures } from './pack.ts'
import { freezeDeep } from './read.ts'
import {
  country,
  day,
  duration,
  grades,
  isMeasured,
  line,
  name,
  shape,
  text,
  topic,
} from './schema.ts'
import { readYaml, type YamlFile } from './yaml.ts'

/** When a fact holds: null is before our records, or without an end that we know. */
const held = { from: day.nullable(), until: day.nullable() }

const advice = z.strictObject({
  provision: line,
  measures: z.enum(measures),
  /** Against having the figure at all, or a least or a most of it. */
  advises: z.enum(['against', 'atLeast', 'atMost']),
  value: z.union([z.int(), line]).optional(),
  words: text,
  ...held,
})

const cadence = z.strictObject({ provision: line, topic, every: duration, words: text, ...held })

const scale = z.strictObject({
  id: name,
  provision: line,
  text,
  ...grades,
  /** Id of the law whose scale it is: it concerns who cites that law. */
  law: name.nullable(),
  ...held,
})

const body = z.strictObject({
  id: name,
  name: text,
  jurisdiction: country.nullable(),
  /** The first day without it, and what became of it. */
  until: day.nullable(),
  ended: z.enum(['renamed', 'dissolved']).optional(),
  successor: text.optional(),
  source: line,
})

const outsideFile = z.strictObject({
  format: z.literal(1),
  id: name,
  title: text,
  /** The day on which somebody last looked. */
  asOf: day,
  source: line,
  advice: z.array(advice).max(200).default([]),
  cadences: z.array(cadence).max(200).default([]),
  scales: z.array(scale).max(50).default([]),
  bodies: z.array(body).max(500).default([]),
})

type OutsideFile = z.infer<typeof outsideFile>

/**
 * What the world says on a policy's matters and no law does: what a standard advises, how an
 * authority grades, which bodies there are. Trust: it was read by people and may be out of date;
 * `source` and `asOf` say how far it carries. It judges nobody, it only raises doubts.
 */
export type Source = Readonly<Omit<OutsideFile, 'format'>>
export type Advice = Source['advice'][number]

/**
 * The outside facts in `folder`, one YAML file for each source, by their ids.
 *
 * @throws OkiteError `POLICY_NOT_FOUND`; `POLICY_INVALID` with every complaint, each naming file,
 * line and place
 */
export function loadOutside(folder: string): ReadonlyMap<string, Source> {
  const { files, complaints } = readFolder(folder)
  return readOutside(basename(folder), files, complaints)
}

/**
 * Reads outside facts from the bytes of their files. Pure: the same bytes give the same facts or
 * the same complaints.
 *
 * @param told complaints that the reading of the folder already has
 * @throws OkiteError `POLICY_INVALID` with all complaints at once
 */
export function readOutside(
  subject: string,
  files: ReadonlyMap<string, Uint8Array>,
  told: readonly Complaint[] = [],
): ReadonlyMap<string, Source> {
  const complaints = [...told]
  const tell = (complaint: Complaint) => void complaints.push(complaint)
  const sources = new Map<string, Source>()
  const ids = new Set<string>()
  for (const [file, bytes] of files) {
    const read = readYaml(file, bytes)
    for (const complaint of read.complaints) tell(complaint)
    const value = shape(outsideFile, read, tell)
    if (value === undefined) continue
    checkSource(read, value, ids, tell)
    const { format: _, ...source } = value
    sources.set(value.id, freezeDeep(source))
  }
  refuse(subject, complaints)
  return sources
}

/** Whether a fact holds on `date`: days are compared as text. */
export const holdsOn = (
  { from, until }: Readonly<{ from: string | null; until: string | null }>,
  date: string,
): boolean => (from === null || from <= date) && (until === null || date < until)

/** @param ids of all scales and bodies so far; those of this file are added */
function checkSource(
  read: YamlFile,
  value: OutsideFile,
  ids: Set<string>,
  tell: (complaint: Complaint) => void,
): void {
  const complain = (path: PropertyKey[], problem: string) => tell(read.complain(path, problem))
  if (read.file !== `${value.id}.yaml`) complain(['id'], `the file is not ${value.id}.yaml`)
  const lists = ['advice', 'cadences', 'scales', 'bodies'] as const
  if (lists.every(list => value[list].length === 0)) complain([], 'says nothing')
  for (const list of ['advice', 'cadences', 'scales'] as const)
    for (const [i, { from, until }] of value[list].entries())
      if (from !== null && until !== null && until <= from)
        complain([list, i, 'until'], 'is not later than from')
  for (const list of ['scales', 'bodies'] as const)
    for (const [i, { id }] of value[list].entries()) {
      if (ids.has(id)) complain([list, i, 'id'], `stands twice: ${id}`)
      ids.add(id)
    }
  for (const [i, one] of value.advice.entries())
    if (!isSaid(one)) complain(['advice', i, 'value'], `does not fit ${one.advises}`)
  for (const [i, { gravest, mildest }] of value.scales.entries())
    if (gravest === mildest) complain(['scales', i, 'gravest'], 'is the mildest too')
  for (const [i, { until, ended, successor }] of value.bodies.entries()) {
    if ((until === null) !== (ended === undefined))
      complain(['bodies', i, 'ended'], until === null ? 'is said without a day' : 'is missing')
    if (until === null && successor !== undefined)
      complain(['bodies', i, 'successor'], 'is said of a body that stands')
  }
}

/** What is advised against needs no figure, and a least or a most is nothing without one. */
function isSaid({ advises, value, measures }: Advice): boolean {
  if (advises === 'against') return value === undefined
  return value !== undefined && isMeasured(measures, value)
}
