import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Control } from '../src/core/control/kind.ts'
import type { FactType } from '../src/core/fact.ts'
import type { Messages } from '../src/core/i18n/messages.ts'
import { loadPack } from '../src/core/policy/load.ts'
import type { Binding, Pack, Statement } from '../src/core/policy/pack.ts'
import { discoverModules, type Modules } from '../src/core/run/discover.ts'
import { messagesOf } from '../src/core/run/words.ts'

/**
 * Writes `docs/statements.md`: what judges each statement of the reference policy, by which figures,
 * over whom and by what evidence, and what is still missing. `./okite run scripts/statements.ts`
 */

const root = join(import.meta.dirname, '..')
const file = join(root, 'docs', 'statements.md')

/** Weakest last: a statement rests on the weakest of what it reads. */
const grounds = ['instruments', 'records', 'claims', 'awaits machinery'] as const
type Ground = (typeof grounds)[number]

const weakest = (all: readonly Ground[]): Ground =>
  grounds.findLast(ground => all.includes(ground)) ?? 'instruments'

/** The text of the page, what the file says now, and the statements in our words, which it does not repeat. */
export async function statementsPage() {
  const source = join(root, 'src')
  const house = houseOf(await discoverModules(source))
  const pack = loadPack(join(root, 'policy', 'weemed'))
  const messages = messagesOf(source)
  const sections = pack.sections.flatMap(({ section, title, groups }) => [
    `## ${section}. ${title.en}`,
    ...groups.flatMap(group => group.statements.map(one => statementText(one, house, messages))),
  ])
  const text = `${[headOf(pack, house), ...sections].join('\n\n')}\n`
  const restated = pack.statements.map(statement => statement.text.en)
  return { text, written: readFileSync(file, 'utf8'), restated }
}

type House = Readonly<{
  controls: ReadonlyMap<string, Control>
  /** The types that come from the world and lead to these, through whatever judges derive. */
  world(types: readonly FactType[]): readonly FactType[]
}>

function houseOf(found: Modules): House {
  const makers = found.modules
    .flatMap(module => module.judges ?? [])
    .flatMap(judge => judge.makes.map(type => ({ name: type.name, judge })))
  const world = (types: readonly FactType[], seen: Set<string>): readonly FactType[] =>
    types.flatMap(type => {
      if (seen.has(type.name) || type.module === 'core') return []
      seen.add(type.name)
      const made = makers.filter(({ name }) => name === type.name)
      const isTold = made.every(({ judge }) => judge.told?.includes(type) === true)
      return [...(isTold ? [type] : []), ...made.flatMap(({ judge }) => world(judge.from, seen))]
    })
  return {
    controls: new Map(found.controls.map(control => [control.id, control])),
    world: types => world(types, new Set()).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

/** Also what stands behind the controls that a roll-up reads. */
function behind(control: Control, house: House): readonly Control[] {
  const read = control.reads.flatMap(id => house.controls.get(id) ?? [])
  return [control, ...read.flatMap(one => behind(one, house))]
}

const evidenceOf = (control: Control, house: House) =>
  house.world(behind(control, house).flatMap(one => one.rests.evidence))

/** Only a machine may deliver it, and there is none yet. */
const isAwaited = (type: FactType): boolean => type.draft && type.trusts.every(isMeasured)
const isMeasured = (trust: string): boolean => trust === 'instrument'

function missingOf(control: Control, house: House): readonly FactType[] {
  const all = behind(control, house).flatMap(({ rests: { evidence, population } }) => [
    ...evidence,
    ...(population?.from ?? []),
    ...(population?.second ? [population.second] : []),
  ])
  return house.world(all).filter(isAwaited)
}

/** @param built as if every machine were there */
function groundOf(control: Control, house: House, built: boolean): Ground {
  const isHere = (type: FactType) => built || !type.draft
  const evidence = evidenceOf(control, house).map((type): Ground => {
    if (isHere(type) && type.trusts.includes('instrument')) return 'instruments'
    if (type.trusts.includes('record')) return 'records'
    return type.trusts.includes('claim') ? 'claims' : 'awaits machinery'
  })
  const isMissing = !built && missingOf(control, house).length > 0
  return weakest([...evidence, ...(isMissing ? (['awaits machinery'] as const) : [])])
}

const boundTo = (statement: Statement, house: House): readonly Control[] =>
  statement.controls.flatMap(({ control }) => house.controls.get(control) ?? [])

function headOf(pack: Pack, house: House): string {
  const count = (ground: Ground, built: boolean): number =>
    pack.statements.filter(
      statement =>
        weakest(boundTo(statement, house).map(one => groundOf(one, house, built))) === ground,
    ).length
  const rows = grounds.map(
    ground => `| ${ground} | ${count(ground, false)} | ${count(ground, true)} |`,
  )
  const bindings = pack.statements.flatMap(statement => statement.controls)
  const controls = new Set(bindings.map(binding => binding.control)).size
  return `# What judges each statement

<!-- Written by scripts/statements.ts; a test compares. -->

${pack.statements.length} statements, ${controls} controls, ${bindings.length} bindings. Statements by what they rest on:

| rests on | today | once every machine is built |
|---|--:|--:|
${rows.join('\n')}

The rule: a statement rests on the weakest evidence of its controls; what judges derive counts as what it is derived from, and a roll-up as what its controls rest on. A type of facts that an instrument delivers is an instrument; one that a person enters as it happens is a record, also while the instrument that could deliver it is not built; one that is only told afterwards is a claim. A statement awaits machinery while a type that it needs – as evidence, as list of subjects or as second source – may come from an instrument alone and is a draft, because then nobody can deliver it. Records are entered with \`okite record\`.

A figure is *decided* when the policy states it and *assumed* when it does not; \`okite policy decide\` makes an assumed one the organisation's own.`
}

function statementText(statement: Statement, house: House, messages: Messages): string {
  const ground = weakest(boundTo(statement, house).map(one => groundOf(one, house, false)))
  const controls = statement.controls.map(binding => bindingText(binding, house, messages))
  return `### ${statement.id} (${statement.number}) – ${ground}\n\n${controls.join('\n')}`
}

function bindingText(binding: Binding, house: House, messages: Messages): string {
  const control = house.controls.get(binding.control)
  if (control === undefined) throw new Error(`no control ${binding.control}`)
  const { population } = control.rests
  const missing = missingOf(control, house)
  const reads = control.reads.length
  const lines = [
    ['figures', figuresText(binding, control)],
    ['population', population === null ? '–' : `${population.id}, by ${namesOf(population.from)}`],
    ['second source', population?.second?.name ?? '–'],
    ['evidence', reads > 0 ? `${reads} controls` : evidenceText(control, house)],
    ['freshness', freshnessText(binding, control)],
    ['missing', missing.length === 0 ? '–' : missing.map(type => type.name).join(', ')],
  ]
  const name = messages.translate('en', `control.${control.id}`)
  const module = control.id.split('.').slice(0, 2).join('.')
  const head = `- **${name}** – \`${control.id}\`, ${control.kind}, module ${module}`
  return [head, ...lines.map(([what, text]) => `  - ${what}: ${text}`)].join('\n')
}

const namesOf = (types: readonly FactType[]): string => types.map(type => type.name).join(', ')

const evidenceText = (control: Control, house: House): string =>
  evidenceOf(control, house)
    .map(type => `${type.name} (${type.trusts.join(', ')})`)
    .join('; ')

/** As it is judged: what the pack binds, and for the rest what the control starts with (V35). */
const valuesOf = (binding: Binding, control: Control) =>
  Object.entries({ ...control.params, ...binding.params })

const isDecided = (binding: Binding, name: string): boolean =>
  Object.hasOwn(binding.params, name) && !binding.assumed.includes(name)

function figuresText(binding: Binding, control: Control): string {
  const of = (decided: boolean) =>
    valuesOf(binding, control)
      .filter(([name]) => isDecided(binding, name) === decided)
      .map(([name, value]) => `${name} ${value === '' ? '(none)' : value}`)
      .join(', ')
  const parts = [of(true) && `decided ${of(true)}`, of(false) && `assumed ${of(false)}`]
  return parts.filter(part => part !== '').join('; ') || 'none of its own'
}

const freshnessText = (binding: Binding, control: Control): string =>
  valuesOf(binding, control)
    .filter(([name]) => /fresh$|^every$/i.test(name))
    .map(([name, value]) => `${name} ${value}`)
    .join(', ') || '–'

if (import.meta.main) writeFileSync(file, (await statementsPage()).text)
