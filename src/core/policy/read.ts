import { createHash } from 'node:crypto'
import type { Params } from '../control/kind.ts'
import { canonicalize } from '../ledger/canonical.ts'
import { checkTogether, type ReadSection } from './check.ts'
import { type Complaint, refuse } from './complaint.ts'
import type { Binding, Frameworks, Group, Pack, Section, Statement } from './pack.ts'
import { type PackFile, packFile, type StatementEntry, sectionFile, shape } from './schema.ts'
import { readYaml, type YamlFile } from './yaml.ts'

/** The file that says what the pack is; every other file is a section. */
export const packFileName = 'pack.yaml'

/**
 * Reads a pack from the bytes of its files. Pure: the same bytes give the same pack or the same
 * complaints. Trust: whoever can write these files decides what every statement means and which
 * controls answer for it; that is why adoption names the hash of the content.
 *
 * @param files file name → bytes
 * @param frameworks when given, every reference must have a label there
 * @param told complaints that the reading of the folder already has
 * @throws OkiteError `POLICY_INVALID`, `POLICY_PARAMS_CONFLICT` with all complaints at once
 */
export function readPack(
  subject: string,
  files: ReadonlyMap<string, Uint8Array>,
  frameworks: Frameworks | null = null,
  told: readonly Complaint[] = [],
): Pack {
  const complaints = [...told]
  const tell = (complaint: Complaint) => void complaints.push(complaint)
  const read = [...files.keys()].sort().map(name => readOnce(name, files.get(name) as Uint8Array))
  for (const file of read) for (const complaint of file.complaints) tell(complaint)

  const head = read.find(file => file.file === packFileName)
  if (head === undefined && !told.some(c => c.file === packFileName))
    tell({
      code: 'POLICY_INVALID',
      file: packFileName,
      line: null,
      path: '',
      problem: 'is missing',
    })
  const pack = head === undefined ? undefined : shape(packFile, head, tell)

  const sections: ReadSection[] = []
  for (const file of read) {
    if (file === head) continue
    const value = shape(sectionFile, file, tell)
    if (value !== undefined) sections.push({ read: file, value })
  }
  // Stable: two files of one part of a section keep the order of their names, and the second is complained of.
  sections.sort((a, b) => a.value.section - b.value.section || a.value.part - b.value.part)
  if (read.length === (head === undefined ? 0 : 1))
    tell({ code: 'POLICY_INVALID', file: '*.yaml', line: null, path: '', problem: 'no section' })
  // With a section left out, every number after it would be complained of: mend the file first.
  if (sections.length === read.length - (head === undefined ? 0 : 1))
    checkTogether(
      head === undefined || pack === undefined ? null : { read: head, value: pack },
      sections,
      frameworks,
      tell,
    )
  refuse(subject, complaints)
  return build(
    pack as PackFile,
    sections.map(section => section.value),
  )
}

/**
 * What these very bytes were read to: who changes one file of a large pack reads it again as a whole.
 * Held no longer than the bytes are.
 */
const readings = new WeakMap<Uint8Array, YamlFile>()

function readOnce(name: string, bytes: Uint8Array): YamlFile {
  const known = readings.get(bytes)
  if (known?.file === name) return known
  const read = readYaml(name, bytes)
  readings.set(bytes, read)
  return read
}

/**
 * The pack of a canonical text that an earlier reading made. Its caller compares the hash with the
 * one that the list names; a text of another hash is another policy.
 */
export const packFromCanonical = (canonical: string): Pack =>
  assemble(JSON.parse(canonical) as Content)

// Terms and scales came later than the first packs that were adopted; their texts stay as they were.
type Content = Omit<PackFile, 'organisation' | 'terms' | 'scales'> &
  Readonly<{ organisation: Pack['organisation']; sections: readonly Section[] }> &
  Partial<Pick<PackFile, 'terms' | 'scales'>>

/** A section while the parts of it are put together. */
type Joined = Omit<Section, 'groups'> & {
  groups: (Omit<Group, 'statements'> & { statements: Statement[] })[]
}

function build(head: PackFile, files: readonly ReadSection['value'][]): Pack {
  const sections: Joined[] = []
  for (const { section, title, groups } of files) {
    const before = sections.at(-1)
    const into = before?.section === section ? before : { section, title, groups: [] }
    if (into !== before) sections.push(into)
    for (const { group, title, statements } of groups) {
      const last = into.groups.at(-1)
      const same = last?.group === group ? last : { group, title, statements: [] }
      if (same !== last) into.groups.push(same)
      for (const entry of statements) same.statements.push(toStatement(section, group, entry))
    }
  }
  const { registration, ...organisation } = head.organisation
  return assemble({
    ...head,
    organisation: { ...organisation, registration: registration ?? null },
    sections,
  })
}

function assemble(content: Content): Pack {
  const { sections } = content
  const canonical = canonicalize(content)
  const statements = sections.flatMap(s => s.groups.flatMap(g => g.statements))
  const bindings = new Map(statements.map(s => [s.id, s.controls] as const))
  const controls = new Map<string, Params>()
  for (const bound of bindings.values()) for (const b of bound) controls.set(b.control, b.params)
  return freezeDeep({
    id: content.id,
    version: content.version,
    title: content.title,
    organisation: content.organisation,
    published: content.published,
    roles: new Map(Object.entries(content.roles)),
    units: new Map(Object.entries(content.units)),
    events: new Map(Object.entries(content.events)),
    terms: new Map(Object.entries(content.terms ?? {})),
    scales: new Map(Object.entries(content.scales ?? {})),
    sections,
    statements,
    canonical,
    hash: createHash('sha256').update(canonical).digest('hex'),
    // A fresh map each time: `Map` cannot be frozen, and nobody's change may reach another reader.
    bindings: () => new Map(bindings),
    controls: () => new Map(controls),
  })
}

/** What a file leaves out is written out, so that saying nothing and saying "none" hash alike. */
function toStatement(section: number, group: number, entry: StatementEntry): Statement {
  return {
    ...entry,
    section,
    group,
    sentence: entry.sentence ?? null,
    alsoKind: entry.alsoKind ?? null,
    period: entry.period ?? null,
    limit: entry.limit ?? null,
    clock: entry.clock === undefined ? null : { ...entry.clock, stage: entry.clock.stage ?? null },
    calendar: entry.calendar ?? null,
    scope: entry.scope ?? null,
    level: entry.level ?? null,
    note: entry.note ?? null,
    figures: entry.figures.map(figure => ({
      ...figure,
      bound: figure.bound ?? null,
      measures: figure.measures ?? null,
    })),
    controls: entry.controls.map(
      ({ id, params, assumed }): Binding => ({ control: id, params, assumed }),
    ),
  }
}

export function freezeDeep<T extends object>(value: T): T {
  for (const member of Object.values(value))
    if (typeof member === 'object' && member !== null && !Object.isFrozen(member))
      freezeDeep(member as object)
  return Object.freeze(value)
}
