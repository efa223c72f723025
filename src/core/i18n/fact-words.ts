import type { FactType } from '../fact.ts'

/**
 * The ids under which the catalogues name what stands in facts: one that is of the type alone comes before
 * one of the name wherever it stands, so that the same thing is called the same everywhere and a type may
 * still say it better.
 */

type Named = Pick<FactType, 'name'>

export const typeWord = (type: Named): string => `fact.${type.name}`

/** `path`: `primary.latitude`; within the items of a list it begins anew. */
export const fieldWords = ({ name }: Named, path: string): readonly string[] => {
  const own = path.slice(path.lastIndexOf('.') + 1)
  return [...new Set([`field.${name}.${path}`, `field.${name}.${own}`, `field.${own}`])]
}

export const slotWords = ({ name }: Named, slot: string): readonly string[] => [
  `slot.${name}.${slot}`,
  `slot.${slot}`,
]

/** `field`: the name of the field that is chosen for, without what it stands in. */
export const choiceWords = (
  { name }: Named,
  field: string,
  value: string | number,
): readonly string[] => [
  `choice.${name}.${field}.${value}`,
  `choice.${field}.${value}`,
  `choice.${value}`,
]
