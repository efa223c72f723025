import { z } from 'zod'
import type { FactType } from '../fact.ts'
import { choiceWords, fieldWords, slotWords, typeWord } from '../i18n/fact-words.ts'
import type { Locale } from '../i18n/locale.ts'
import type { Messages } from '../i18n/messages.ts'
import { office } from './naming.ts'
import { isHash, type Shape, shapeOfType, takes, valuesOf } from './shape.ts'

/** A field of a form, as a screen draws it. */
export type Field = Readonly<{
  /** Where its value stands: `primary.latitude`; of the items of a list, within an item. */
  path: string
  label: string
  kind:
    | 'text'
    | 'integer'
    | 'boolean'
    | 'date'
    | 'instant'
    | 'choice'
    | 'file'
    | 'list'
    | 'group'
    | 'json'
  isRequired: boolean
  /** It may be known to be none. */
  isNullable: boolean
  min: number | null
  max: number | null
  pattern: string | null
  choices: readonly Readonly<{ value: string; label: string }>[]
  /** The register of which its value, or each of its list, is the number of an entry. */
  register: string | null
  /** Of a list: what an item is. Of a group: what is in it. */
  fields: readonly Field[]
}>

/** A private value that goes with it. */
export type Slot = Readonly<{ slot: string; label: string; kind: 'person' | 'text' }>

type Say = (ids: readonly string[], otherwise: string) => string

/** Offices by their words, as the policy calls them. */
type Offices = ReadonlyMap<string, Readonly<Record<Locale, string>>>

type Choices = Field['choices']

/**
 * What a form for facts of a type asks for: read from its schema, worded in the catalogues of the modules.
 * A screen shows the bare name where there is no word.
 */
export function fieldsOf(
  type: FactType,
  messages: Messages,
  locale: Locale,
  roles: Offices,
): Readonly<{ title: string; fields: readonly Field[]; slots: readonly Slot[] }> {
  const say: Say = (ids, otherwise) => {
    const id = ids.find(one => messages.has(one))
    return id === undefined ? otherwise : messages.translate(locale, id)
  }
  const { properties = {}, required = [] } = shapeOfType(type)
  const offices = [...roles].map(([value, names]) => ({ value, label: names[locale] }))
  return {
    title: say([typeWord(type)], type.name),
    fields: listOf(properties, required, '', { type, say, offices }),
    slots: type.slots
      .filter(slot => slot !== 'by')
      .map(slot => ({
        slot,
        label: say(slotWords(type, slot), slot),
        kind: textSlots.has(slot) ? 'text' : 'person',
      })),
  }
}

/** What is a person's words; in every other slot a person stands. */
const textSlots = new Set(['reason', 'note', 'name', 'mail', 'text'])

type About = Readonly<{ type: FactType; say: Say; offices: Choices }>

const listOf = (
  shapes: Readonly<Record<string, Shape>>,
  required: readonly string[],
  before: string,
  about: About,
): readonly Field[] =>
  Object.entries(shapes).map(([name, shape]) =>
    fieldOf(name, `${before}${name}`, shape, required.includes(name), about),
  )

function fieldOf(
  name: string,
  path: string,
  shape: Shape,
  isRequired: boolean,
  about: About,
): Field {
  const { type, say } = about
  const given = valuesOf(shape).filter(one => one.type !== 'null')
  // The first of several kinds is the usual one; what none of them is, the schema refuses.
  const [one = {}] = given
  const inner = one.items ?? one
  const register = valuesOf(inner).find(each => each.names !== undefined)?.names ?? null
  const isOffice = register === office
  const kind = isOffice && one.items === undefined ? 'choice' : kindOf(one)
  const properties = valuesOf(inner).find(each => each.properties)?.properties
  const choices = valuesOf(kind === 'list' ? inner : one).flatMap(each => each.enum ?? [])
  return {
    path,
    label: say(fieldWords(type, path), name),
    kind,
    isRequired: isRequired && !takes(shape, 'null'),
    isNullable: takes(shape, 'null'),
    min: one.minimum ?? one.minItems ?? one.minLength ?? null,
    max: one.maximum ?? one.maxItems ?? one.maxLength ?? null,
    pattern: one.pattern ?? null,
    choices: isOffice
      ? about.offices
      : choices.map(value => ({
          value: String(value),
          label: say(choiceWords(type, name, String(value)), String(value)),
        })),
    register: isOffice ? null : register,
    fields:
      properties === undefined
        ? []
        : listOf(properties, inner.required ?? [], kind === 'list' ? '' : `${path}.`, about),
  }
}

function kindOf(shape: Shape): Field['kind'] {
  if (shape.enum !== undefined) return 'choice'
  if (shape.properties !== undefined) return 'group'
  if (isHash(shape)) return 'file'
  if (shape.format === 'date') return 'date'
  if (shape.format === 'date-time') return 'instant'
  switch (shape.type) {
    case 'array':
      return 'list'
    case 'integer':
    case 'number':
      return 'integer'
    case 'boolean':
      return 'boolean'
    case 'string':
      return 'text'
    default:
      return 'json'
  }
}

const choice = z.object({ value: z.string(), label: z.string() })

export const fieldSchema: z.ZodType<Field> = z.object({
  path: z.string(),
  label: z.string(),
  kind: z.enum([
    ...(['text', 'integer', 'boolean', 'date', 'instant', 'choice', 'file'] as const),
    ...(['list', 'group', 'json'] as const),
  ]),
  isRequired: z.boolean(),
  isNullable: z.boolean(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  pattern: z.string().nullable(),
  choices: z.array(choice),
  register: z.string().nullable(),
  get fields() {
    return z.array(fieldSchema)
  },
})
