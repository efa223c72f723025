import { strict as assert } from 'node:assert'
import { z } from 'zod'
import { isByPerson } from '../src/core/control/match.ts'
import type { FactType } from '../src/core/fact.ts'
import { choiceWords, fieldWords, slotWords, typeWord } from '../src/core/i18n/fact-words.ts'
import { locales } from '../src/core/i18n/locale.ts'
import type { Messages } from '../src/core/i18n/messages.ts'
import { recordable } from '../src/core/record/record.ts'
import type { Modules } from '../src/core/run/discover.ts'

/** The part of the contract that is about words for what stands in facts. */

type Shape = Readonly<{
  type?: string
  anyOf?: readonly Shape[]
  enum?: readonly (string | number)[]
  items?: Shape
  properties?: Readonly<Record<string, Shape>>
}>

/** A field as a form asks for it, and beside which others it stands. */
type Asked = Readonly<{ path: string; choices: readonly (string | number)[]; beside: string }>

/** Either of several shapes, and of a list what is in it. */
const within = (shape: Shape): readonly Shape[] => [
  ...(shape.anyOf?.flatMap(within) ?? [shape]),
  ...(shape.items === undefined ? [] : within(shape.items)),
]

function* fieldsOf(shape: Shape, before = '', beside = ''): Iterable<Asked> {
  for (const [name, field] of Object.entries(shape.properties ?? {})) {
    const path = `${before}${name}`
    const all = within(field)
    yield { path, choices: all.flatMap(one => one.enum ?? []), beside }
    const isList = all.some(one => one.type === 'array')
    const inner = all.find(one => one.properties !== undefined)
    if (inner) yield* fieldsOf(inner, isList ? '' : `${path}.`, `${beside}/${name}`)
  }
}

const askedOf = (type: FactType): readonly Asked[] => [
  ...fieldsOf(z.toJSONSchema(type.schema, { io: 'input' }) as Shape),
]

const nameOf = (path: string) => path.slice(path.lastIndexOf('.') + 1)

/** Who says it stands on every fact, is shown with it, and asked of nobody. */
const slotsOf = (type: FactType) => type.slots.filter(slot => slot !== 'by')

/** What has no word, or the same as another beside it, in a type that `module` owns. */
export function checkWords(module: string, all: Modules, messages: Messages): void {
  const byHand = recordable(all.types, all.judges)
  const missing: string[] = []
  const alike: string[] = []
  const wordOf = (ids: readonly string[]) => {
    const id = ids.find(one => messages.has(one))
    if (id === undefined) missing.push(ids[0] ?? '')
    return id
  }
  const differ = (where: string, ids: readonly (string | undefined)[]) => {
    for (const locale of locales) {
      const texts = ids.map(id => (id === undefined ? id : messages.translate(locale, id)))
      if (new Set(texts).size < texts.length) alike.push(`${locale} ${where}: ${texts.join(', ')}`)
    }
  }
  for (const type of [...all.types.values()].filter(one => one.module === module)) {
    wordOf([typeWord(type)])
    if (!byHand.has(type.name) || !isByPerson(type)) continue
    const asked = askedOf(type).map(one => ({ ...one, id: wordOf(fieldWords(type, one.path)) }))
    const slots = slotsOf(type).map(slot => wordOf(slotWords(type, slot)))
    for (const { path, choices } of asked) {
      const field = nameOf(path)
      differ(
        `choice.${type.name}.${field}`,
        choices.map(value => wordOf(choiceWords(type, field, value))),
      )
    }
    for (const [beside, fields] of Map.groupBy(asked, one => one.beside)) {
      const ids = fields.map(({ id }) => id)
      differ(`field.${type.name}${beside}`, beside === '' ? [...ids, ...slots] : ids)
    }
  }
  assert.deepEqual(missing, [], 'no words')
  assert.deepEqual(alike, [], 'two that are read as one')
}

const ofFacts = /^(fact|field|slot|choice)\./

/** Words of `ids`, a module's or core's, that are of nothing it owns, or that wait for a value. */
export function checkLeftOver(
  module: string,
  ids: readonly string[],
  all: Modules,
  messages: Messages,
): void {
  // What core says of a name is for all modules.
  const types = [...all.types.values()].filter(one => module === 'core' || one.module === module)
  const known = new Set(
    types.flatMap(type => [
      typeWord(type),
      ...type.slots.flatMap(slot => slotWords(type, slot)),
      ...askedOf(type).flatMap(({ path, choices }) => [
        ...fieldWords(type, path),
        ...choices.flatMap(value => choiceWords(type, nameOf(path), value)),
      ]),
    ]),
  )
  const own = ids.filter(id => ofFacts.test(id))
  const left = own.filter(id => !known.has(id))
  assert.deepEqual(left, [], 'words of what is not there')
  for (const locale of locales) {
    for (const id of own) assert.doesNotMatch(messages.translate(locale, id), /[{}]/, id)
  }
}
