import { visit, Document as YamlDocument } from 'yaml'
import { matchByHash } from './document/bind.ts'
import { figuresOf } from './document/figures.ts'
import type { Document, Sentence } from './document/text.ts'
import { type Binding, languages, type Pack, type Statement, type Text } from './pack.ts'
import { packFileName } from './read.ts'

/** What stands under `awaits` of a sentence for which nobody has chosen a control yet. */
export const undecided = 'core.policy.undecided'

/** What the document does not say of itself. */
export type DraftHead = Readonly<{
  id: string
  version: string
  organisation: string
  zone: string
  date: string
  language: string
}>

/** A sentence with the statement that says the same, and the pack it is of. */
export type Drafted = Readonly<{
  sentence: Sentence
  known: Readonly<{ statement: Statement; pack: Pack }> | null
}>

/** Words of a draft, in every language: `draft.text` with the place of a sentence. */
export type Words = (id: string, values?: Readonly<Record<string, string | number>>) => Text

/** For each sentence the first of the packs that knows it, by its hash. */
export function recognise(document: Document, packs: readonly Pack[]): readonly Drafted[] {
  const { sentences } = document
  const found = packs.map(pack => ({ pack, at: matchByHash(sentences, pack.statements) }))
  return sentences.map((sentence, index) => {
    const one = found.find(({ at }) => at[index] != null)
    const statement = one?.pack.statements[one.at[index] ?? -1]
    return { sentence, known: one && statement ? { statement, pack: one.pack } : null }
  })
}

/**
 * The files of a pack for a policy as written: places, hashes and figures, never its words. What one
 * of `packs` knows is restated and bound as there, the first of them before the others; every other
 * sentence awaits a control. Sections and groups without a sentence are left out.
 *
 * @param packs the organisation's own pack, if there is one, and the reference
 * @returns file name → text; not checked yet, `readPack` does that
 */
export function draftPack(
  drafted: readonly Drafted[],
  head: DraftHead,
  packs: readonly Pack[],
  words: Words,
): ReadonlyMap<string, string> {
  const numbers = numbersOf(drafted)
  const bound = bindingsOf(drafted, packs)
  const files = new Map([[packFileName, yaml(headOf(head, packs, words))]])
  let number = 0
  for (const [s, inSection] of placed(drafted, 0).entries()) {
    const section = s + 1
    const groups = placed(inSection, 1).map((inGroup, g) => ({
      group: g + 1,
      title:
        titleOf(inGroup, (pack, { section, group }) =>
          pack.sections
            .find(one => one.section === section)
            ?.groups.find(one => one.group === group),
        ) ?? words('draft.group', { group: g + 1 }),
      statements: inGroup.map((one, index) => ({
        number: ++number,
        id: `${section}.${g + 1}.${index + 1}`,
        sentence: one.sentence.hash,
        ...(one.known === null
          ? unknown(one.sentence, ownerOf(packs), words)
          : restated(one.known.statement, numbers.get(one.known.pack) ?? new Map(), bound)),
      })),
    }))
    const title =
      titleOf(inSection, (pack, { section }) =>
        pack.sections.find(one => one.section === section),
      ) ?? words('draft.section', { section })
    for (const [p, some] of partsOf(groups).entries()) {
      const part = p + 1
      const more = part === 1 ? {} : { part }
      const name = String(section).padStart(3, '0')
      const file = part === 1 ? name : `${name}-${String(part).padStart(3, '0')}`
      files.set(`${file}.yaml`, yaml({ section, ...more, title, groups: some }))
    }
  }
  return files
}

/**
 * 96 KiB as JSON, which is at most twice that as YAML: a file stays below its limit when controls are
 * bound and its texts are written out.
 */
const partBytesMax = 96 * 1024

type DraftGroup = Readonly<{ group: number; title: Text; statements: readonly object[] }>

/** Groups in files: a long group goes on in the next one. */
function partsOf(groups: readonly DraftGroup[]): readonly (readonly DraftGroup[])[] {
  const parts: (DraftGroup & { statements: object[] })[][] = [[]]
  let sizeBytes = 0
  for (const { group, title, statements } of groups) {
    for (const statement of statements) {
      const bytes = Buffer.byteLength(JSON.stringify(statement))
      if (sizeBytes > 0 && sizeBytes + bytes > partBytesMax) {
        parts.push([])
        sizeBytes = 0
      }
      sizeBytes += bytes
      const part = parts.at(-1)
      const last = part?.at(-1)
      if (last?.group === group) last.statements.push(statement)
      else part?.push({ group, title, statements: [statement] })
    }
  }
  return parts
}

/** Sentences by a part of their place, in order: sections (0), or groups of one section (1). */
function placed(drafted: readonly Drafted[], part: 0 | 1): readonly (readonly Drafted[])[] {
  const byPlace = new Map<string, Drafted[]>()
  for (const one of drafted) {
    const place = one.sentence.id.split('.')[part] ?? ''
    const same = byPlace.get(place)
    if (same) same.push(one)
    else byPlace.set(place, [one])
  }
  return [...byPlace.values()]
}

/** The title of the place in a pack that most of these sentences are from. */
function titleOf(
  drafted: readonly Drafted[],
  find: (pack: Pack, statement: Statement) => Readonly<{ title: Text }> | undefined,
): Text | null {
  const counts = new Map<Text, number>()
  for (const { known } of drafted) {
    const title = known === null ? undefined : find(known.pack, known.statement)?.title
    if (title !== undefined) counts.set(title, (counts.get(title) ?? 0) + 1)
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1])
  return most?.[0] ?? null
}

/** Where the statements of each pack stand now: its number → ours. */
function numbersOf(drafted: readonly Drafted[]): ReadonlyMap<Pack, ReadonlyMap<number, number>> {
  const numbers = new Map<Pack, Map<number, number>>()
  for (const [index, { known }] of drafted.entries()) {
    if (known === null) continue
    const of = numbers.get(known.pack) ?? new Map<number, number>()
    numbers.set(known.pack, of.set(known.statement.number, index + 1))
  }
  return numbers
}

/** One control has one set of parameters: that of the first pack that is used and binds it. */
function bindingsOf(drafted: readonly Drafted[], packs: readonly Pack[]) {
  const bound = new Map<string, Binding>()
  for (const pack of packs)
    for (const { known } of drafted)
      if (known?.pack === pack)
        for (const one of known.statement.controls)
          if (!bound.has(one.control)) bound.set(one.control, one)
  return bound
}

function restated(
  known: Statement,
  numbers: ReadonlyMap<number, number>,
  bound: ReadonlyMap<string, Binding>,
): object {
  const { section: _, group: _g, number: _n, id: _id, sentence: _s, ...statement } = known
  const here = (list: readonly number[]) => list.flatMap(one => numbers.get(one) ?? [])
  return {
    ...(said(statement) as object),
    // Required, also where they are empty.
    frameworks: statement.frameworks,
    sameDutyAs: here(statement.sameDutyAs),
    related: here(statement.related),
    controls: statement.controls.map(one => {
      const { control, params, assumed } = bound.get(one.control) ?? one
      return { id: control, params, assumed }
    }),
  }
}

const unknown = ({ id, text }: Sentence, owner: string, words: Words): object => ({
  kind: 'state',
  text: words('draft.text', { place: id }),
  owner,
  figures: figuresOf(text).map(({ value, unit }, index) => ({
    name: `stated${index + 1}`,
    value,
    unit,
  })),
  population: words('draft.population'),
  evidence: words('draft.evidence'),
  frameworks: {},
  awaits: [undecided],
})

/** Who answers for information security answers for what nobody has given to another. */
const ownerOf = (packs: readonly Pack[]): string => {
  const roles = packs.flatMap(pack => [...pack.roles.keys()])
  return roles.includes('ciso') ? 'ciso' : (roles[0] ?? 'ciso')
}

function headOf(head: DraftHead, packs: readonly Pack[], words: Words): object {
  const { id, version, organisation, zone, date, language } = head
  const everywhere = Object.fromEntries(languages.map(one => [one, organisation]))
  const first = packs[0]?.id === id ? packs[0] : null
  // What an own pack declares wins over the reference; what neither uses does no harm.
  const declared = (of: (pack: Pack) => ReadonlyMap<string, unknown>) =>
    Object.fromEntries(packs.toReversed().flatMap(pack => [...of(pack)]))
  return {
    format: 1,
    id,
    version,
    title: first?.title ?? words('draft.title', { organisation }),
    organisation: {
      name: first?.organisation.name ?? everywhere,
      ...(first?.organisation.registration && { registration: first.organisation.registration }),
      zone,
    },
    published: { date, language, where: first?.published.where ?? words('draft.where') },
    roles: declared(pack => pack.roles),
    units: {
      ppm: words('draft.unit.ppm'),
      duration: words('draft.unit.duration'),
      count: words('draft.unit.count'),
      ...declared(pack => pack.units),
    },
    events: declared(pack => pack.events),
    terms: declared(pack => pack.terms),
    scales: declared(pack => pack.scales),
  }
}

/** A value as a file has it: what it says nothing of is left out. */
function said(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(said)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null && !(Array.isArray(one) && one.length === 0))
      .map(([name, one]) => [name, said(one)]),
  )
}

function yaml(value: object): string {
  const document = new YamlDocument(said(value), yamlOptions)
  visit(document, {
    // A text in three languages stands in one line, as a person writes it.
    Map: (_, node) => {
      if (node.has('ja')) node.flow = true
    },
  })
  return document.toString(yamlOptions)
}

/** As `readYaml` wants it: no aliases, and a text stays on its line. */
export const yamlOptions = {
  version: '1.2',
  schema: 'core',
  lineWidth: 0,
  aliasDuplicateObjects: false,
} as const
