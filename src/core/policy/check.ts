import { canonicalize } from '../ledger/canonical.ts'
import type { Complaint } from './complaint.ts'
import { type Frameworks, languages, type Text } from './pack.ts'
import type { PackFile, SectionFile, StatementEntry } from './schema.ts'
import type { YamlFile } from './yaml.ts'

/** A file of a section with the value it was read to. */
export type ReadSection = Readonly<{ read: YamlFile; value: SectionFile }>

type Tell = (complaint: Complaint) => void
type At = Readonly<{ entry: StatementEntry; tell: (path: PropertyKey[], problem: string) => void }>

/**
 * What no single place can show: that numbers run from 1 to n, that ids follow the document, that
 * every name that is used is declared, and that one control has one set of parameters.
 *
 * @param sections in the order of their numbers
 */
export function checkTogether(
  pack: Readonly<{ read: YamlFile; value: PackFile }> | null,
  sections: readonly ReadSection[],
  frameworks: Frameworks | null,
  tell: Tell,
): void {
  checkOrder(sections, tell)
  for (const [id, { gravest, mildest }] of Object.entries(pack?.value.scales ?? {}))
    if (gravest === mildest && pack !== null)
      tell(pack.read.complain(['scales', id, 'gravest'], 'is the mildest too'))
  const entries = new Map<number, At>()
  for (const at of statementsOf(sections, tell)) {
    checkAlone(at)
    if (pack !== null) checkDeclared(at, pack.value)
    if (frameworks !== null) checkFrameworks(at, frameworks)
    entries.set(at.entry.number, at)
  }
  for (const at of entries.values()) checkNeighbours(at, entries)
  checkParams(sections, tell)
}

function* statementsOf(sections: readonly ReadSection[], tell: Tell): Generator<At> {
  for (const { read, value } of sections)
    for (const [g, group] of value.groups.entries())
      for (const [s, entry] of group.statements.entries())
        yield {
          entry,
          tell: (path, problem) =>
            tell(read.complain(['groups', g, 'statements', s, ...path], problem)),
        }
}

/** Sections, groups, numbers and ids follow from the place in the document, and are written out only for readers. */
function checkOrder(sections: readonly ReadSection[], tell: Tell): void {
  let number = 0
  let count = 0
  let before: SectionFile | null = null
  for (const { read, value } of sections) {
    const goesOn: SectionFile | null = isPartAfter(value, before) ? before : null
    if (goesOn === null) count += 1
    checkPart({ read, value }, goesOn, count, tell)
    const last: Group | undefined = goesOn?.groups.at(-1)
    let group = last?.group ?? 0
    let inGroup = 0
    for (const [g, { group: said, title, statements }] of value.groups.entries()) {
      const isSame = g === 0 && last !== undefined && said === last.group
      if (isSame) inGroup = placeIn(last)
      else [group, inGroup] = [group + 1, 0]
      if (isSame && !isSameText(title, last.title))
        tell(read.complain(['groups', g, 'title'], 'is another than in the part before'))
      if (said !== group)
        tell(read.complain(['groups', g, 'group'], `is ${said}, expected ${group}`))
      for (const [s, entry] of statements.entries()) {
        number += 1
        inGroup += 1
        const at = ['groups', g, 'statements', s]
        if (entry.number !== number)
          tell(read.complain([...at, 'number'], `is ${entry.number}, expected ${number}`))
        const id = `${value.section}.${said}.${inGroup}`
        if (entry.id !== id) tell(read.complain([...at, 'id'], `is ${entry.id}, expected ${id}`))
      }
    }
    before = value
  }
}

type Group = SectionFile['groups'][number]

/** Which place in its group the last statement of a part has, as its id says. */
const placeIn = ({ statements }: Group): number => Number(statements.at(-1)?.id.split('.')[2])

const isPartAfter = (value: SectionFile, before: SectionFile | null): boolean =>
  value.part > 1 && before !== null && value.section === before.section

const isSameText = (one: Text, other: Text): boolean => languages.every(l => one[l] === other[l])

/** @param goesOn the part before it, where it has one @param expected number of the section */
function checkPart(
  { read, value }: ReadSection,
  goesOn: SectionFile | null,
  expected: number,
  tell: Tell,
): void {
  const { section, part, title } = value
  if (section !== expected) tell(read.complain(['section'], `is ${section}, expected ${expected}`))
  const partExpected = (goesOn?.part ?? 0) + 1
  if (part !== partExpected) tell(read.complain(['part'], `is ${part}, expected ${partExpected}`))
  if (goesOn !== null && !isSameText(title, goesOn.title))
    tell(read.complain(['title'], 'is another than in the part before'))
}

function checkAlone({ entry, tell }: At): void {
  if (entry.kind === 'cadence' && entry.period === undefined)
    tell(['period'], 'is missing in a cadence')
  if (entry.kind === 'clock' && entry.limit === undefined) tell(['limit'], 'is missing in a clock')
  if (entry.kind === 'clock' && entry.clock === undefined) tell(['clock'], 'is missing in a clock')
  if (entry.controls.length === 0 && entry.awaits.length === 0)
    tell(['awaits'], 'is missing: a statement is bound to a control or awaits one')
  const names = entry.figures.map(figure => figure.name)
  if (new Set(names).size < names.length) tell(['figures'], 'names one twice')
  const assumable = new Set(names)
  if (entry.period !== undefined) assumable.add('period')
  if (entry.limit !== undefined) assumable.add('limit')
  for (const [i, name] of entry.assumed.entries())
    if (!assumable.has(name)) tell(['assumed', i], `names no figure: ${name}`)
  const counted = [entry.period, entry.limit, ...entry.figures.map(figure => figure.value)]
  if (entry.calendar !== undefined && !counted.some(isBusiness))
    tell(['calendar'], 'is said where no business days are counted')
  const bound = entry.controls.map(binding => binding.id)
  if (new Set(bound).size < bound.length) tell(['controls'], 'binds one twice')
  for (const [i, id] of entry.awaits.entries())
    if (bound.includes(id)) tell(['awaits', i], `is bound already: ${id}`)
  for (const [c, binding] of entry.controls.entries())
    for (const [i, name] of binding.assumed.entries())
      if (!Object.hasOwn(binding.params, name))
        tell(['controls', c, 'assumed', i], `names no parameter: ${name}`)
}

function checkDeclared({ entry, tell }: At, pack: PackFile): void {
  if (!Object.hasOwn(pack.roles, entry.owner)) tell(['owner'], `names no role: ${entry.owner}`)
  for (const [i, figure] of entry.figures.entries())
    if (!Object.hasOwn(pack.units, figure.unit))
      tell(['figures', i, 'unit'], `names no unit: ${figure.unit}`)
  for (const end of ['start', 'stop'] as const) {
    const event = entry.clock?.[end]
    if (event !== undefined && !Object.hasOwn(pack.events, event))
      tell(['clock', end], `names no event: ${event}`)
  }
  for (const field of ['uses', 'defines'] as const)
    for (const [i, term] of entry[field].entries())
      if (!Object.hasOwn(pack.terms, term)) tell([field, i], `names no term: ${term}`)
  if (entry.level !== undefined) checkLevel(entry.level, pack, tell)
}

const isBusiness = (value: unknown): boolean => /^P\d+BD$/.test(String(value))

function checkLevel(
  { scale, value }: NonNullable<StatementEntry['level']>,
  pack: PackFile,
  tell: At['tell'],
): void {
  const ends = Object.hasOwn(pack.scales, scale) ? pack.scales[scale] : undefined
  if (ends === undefined) tell(['level', 'scale'], `names no scale: ${scale}`)
  else if (
    value < Math.min(ends.gravest, ends.mildest) ||
    value > Math.max(ends.gravest, ends.mildest)
  )
    tell(['level', 'value'], `is not on the scale: ${value}`)
}

function checkFrameworks({ entry, tell }: At, frameworks: Frameworks): void {
  for (const [id, references] of Object.entries(entry.frameworks)) {
    const framework = frameworks.get(id)
    if (framework === undefined) tell(['frameworks', id], 'is no known framework')
    else
      for (const [i, reference] of references.entries())
        if (!framework.labels.has(reference))
          tell(['frameworks', id, i], `is not in ${framework.name}: ${reference}`)
  }
}

function checkNeighbours({ entry, tell }: At, entries: ReadonlyMap<number, At>): void {
  for (const field of ['sameDutyAs', 'related'] as const)
    for (const [i, number] of entry[field].entries()) {
      if (number === entry.number) tell([field, i], 'names itself')
      else if (!entries.has(number)) tell([field, i], `names no statement: ${number}`)
    }
  for (const [i, number] of entry.sameDutyAs.entries()) {
    const other = entries.get(number)?.entry
    if (other === undefined || number === entry.number) continue
    if (!other.sameDutyAs.includes(entry.number))
      tell(['sameDutyAs', i], `is not mutual: ${number} does not name ${entry.number}`)
    const theirs = new Set(answering(other))
    if (!answering(entry).some(id => theirs.has(id)))
      tell(['sameDutyAs', i], `shares no control with ${number}`)
  }
}

const answering = (entry: StatementEntry): readonly string[] => [
  ...entry.controls.map(binding => binding.id),
  ...entry.awaits,
]

/** One control has one verdict, so it cannot have two sets of parameters (M16). */
function checkParams(sections: readonly ReadSection[], tell: Tell): void {
  const first = new Map<string, Readonly<{ params: string; number: number }>>()
  for (const { read, value } of sections)
    for (const [g, group] of value.groups.entries())
      for (const [s, entry] of group.statements.entries())
        for (const [c, binding] of entry.controls.entries()) {
          const params = canonicalize([binding.params, [...binding.assumed].sort()])
          const known = first.get(binding.id)
          if (known === undefined) first.set(binding.id, { params, number: entry.number })
          else if (known.params !== params)
            tell(
              read.complain(
                ['groups', g, 'statements', s, 'controls', c, 'params'],
                `${binding.id} has other parameters in statement ${known.number}`,
                'POLICY_PARAMS_CONFLICT',
              ),
            )
        }
}
