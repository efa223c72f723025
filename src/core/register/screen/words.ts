import { choiceWords } from '../../i18n/fact-words.ts'
import { formatDay } from '../../i18n/time.ts'
import type { Words } from '../../ui/words.tsx'
import type { About, Column } from './asks.ts'

/** How a choice is called: by the register, by the fact that lists an entry, or wherever it has this name. */
export function choiceText(about: Pick<About, 'name' | 'listed'>, column: string, words: Words) {
  const { t, has } = words
  return (value: string): string => {
    const ids = [
      `${about.name}.choice.${column}.${value}`,
      ...choiceWords({ name: about.listed }, column, value),
    ]
    const found = ids.find(has)
    return found === undefined ? value : t(found)
  }
}

/** A cell for people: what a file and a form call `yes` or `2026-11-23` is so only there. */
export function cellText(about: About, column: Column, cell: string, words: Words): string {
  if (cell === '') return ''
  switch (column.kind) {
    case 'truth':
      return words.t(`register.truth.${cell}`)
    case 'choice':
      return choiceText(about, column.name, words)(cell)
    case 'list':
      return cell
        .split(' ')
        .map(choiceText(about, column.name, words))
        .join(words.t('register.and'))
    case 'office':
      return officeOf(about, cell)?.names[words.locale] ?? cell
    case 'control':
      return words.has(`control.${cell}`) ? words.t(`control.${cell}`) : cell
    case 'date':
      return formatDay(words.locale, 'UTC', `${cell}T12:00:00Z`)
    default:
      return cell
  }
}

/** null: the policy does not know it. */
export const officeOf = ({ offices }: About, id: string) =>
  offices.find(office => office.id === id) ?? null

export const labelOf = (label: string, words: Words): string => {
  const own = label.split('.')[2] ?? label
  const shared = `register.field.${own}`
  return words.has(label) || !words.has(shared) ? words.t(label) : words.t(shared)
}

/** The modules whose catalogues name the controls that a register speaks of. */
export const modulesOf = ({ columns }: About): string[] => [
  ...new Set(
    columns
      .filter(({ kind }) => kind === 'control')
      .flatMap(({ choices }) => choices.map(id => id.split('.').slice(0, 2).join('.'))),
  ),
]
