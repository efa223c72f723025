import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { choiceWords } from '../i18n/fact-words.ts'
import { type Locale, locales } from '../i18n/locale.ts'
import { defineRoute, type HandPorts } from '../module.ts'
import { entriesOf } from './entries.ts'
import type { Scope } from './route-scope.ts'
import { text } from './route-shapes.ts'
import type { Cells } from './table.ts'
import type { AnyView, ViewColumn } from './view.ts'

/** What is offered at once; typing one more letter is quicker than reading more. */
const offeredMax = 20
/** As many as one field of a fact names. */
const namedMax = 256
/** As long as the number of an entry may be, with the space after it. */
const numberMax = 121

/** Entries to choose from: what is kept, how people call it, and by what else they know it. */
export const foundSchema = z.object({
  choices: z.array(z.object({ value: z.string(), text: z.string(), hint: z.string() })),
  /** How many fit, offered or not. */
  found: z.int(),
})

/**
 * Entries to choose from in a form, for who may read the register: he sees no more of it here than there,
 * and finds by nothing that he does not see.
 */
export function choicesRoute({ view, name, path, may, visible, questionOf, cellsOf }: Scope) {
  return defineRoute({
    method: 'get',
    path: `${path}/choices`,
    permission: may('read'),
    summary: `Entries of the register ${name} to choose from, by what is typed`,
    query: z.strictObject({
      locale: z.enum(locales),
      text: text(200).default(''),
      /** The column whose cell is kept; without it, and where the cell is empty, our own number. */
      by: text(40).optional(),
      /** Instead of a search: how these are called, with a space between each two. */
      values: text(namedMax * numberMax).optional(),
    }),
    response: foundSchema,
    async run({ query, principal }, ports) {
      const { by, values, locale } = query
      const seen = visible(principal)
      if (by !== undefined && !seen.some(column => column.name === by))
        throw new OkiteError('REGISTER_FILTER', { column: by })
      const entries = await entriesOf(view, ports)
      const say = sayOf(view, seen, locale, ports)
      const choiceOf = (entry: Parameters<typeof cellsOf>[0]) => {
        const cells = cellsOf(entry)
        const value = by === undefined ? entry.id : cells[by] || entry.id
        return { value, ...say(cells, entry.id) }
      }
      if (values !== undefined) {
        const wanted = values.split(' ').slice(0, namedMax)
        const listed = entries.named(wanted, by ?? null).map(choiceOf)
        const choices = [...listed, ...unlisted(view, wanted, listed, locale, ports)]
        return { choices, found: choices.length }
      }
      const sort = calledBy(view, seen)?.name
      const asked = { text: query.text, ...(sort !== undefined && { sort }) }
      const found = await entries.find(questionOf(asked, principal))
      return { choices: found.slice(0, offeredMax).map(choiceOf), found: found.length }
    },
  })
}

/** An office that nobody was ever given stands in no register, and is called all the same. */
const unlisted = (
  { columns }: AnyView,
  wanted: readonly string[],
  listed: readonly Readonly<{ value: string }>[],
  locale: Locale,
  { policy }: Pick<HandPorts, 'policy'>,
) =>
  columns[0]?.kind !== 'office'
    ? []
    : wanted
        .filter(value => !listed.some(one => one.value === value))
        .flatMap(value => {
          const name = policy.roles.get(value)?.[locale]
          return name === undefined ? [] : [{ value, text: name, hint: '' }]
        })

/** A person has a name; what has none is called by its number, and whose is hidden by ours. */
const calledBy = ({ columns }: AnyView, seen: readonly ViewColumn[]): ViewColumn | undefined =>
  seen.find(({ name }) => name === 'name') ?? seen.find(column => column === columns[0])

/** Besides what it is called, this tells one from another on one line. */
const hintsMax = 2
const telling: readonly ViewColumn['kind'][] = ['text', 'code', 'choice', 'office']

/** How an entry is called, and what tells it from others. */
function sayOf(view: AnyView, seen: readonly ViewColumn[], locale: Locale, ports: HandPorts) {
  const { hints } = view
  const called = calledBy(view, seen)
  const others = seen
    .filter(column => column !== called)
    .filter(({ name, kind }) => hints?.includes(name) ?? telling.includes(kind))
    .slice(0, hintsMax)
  const word = (column: ViewColumn, cells: Cells) =>
    wordOf(view, column, cells[column.name] ?? '', locale, ports)
  return (cells: Cells, id: string) => ({
    text: (called === undefined ? '' : word(called, cells)) || id,
    hint: others
      // What has no number of its own is known by ours.
      .map(column => word(column, cells) || (column === view.columns[0] ? id : ''))
      .filter(part => part !== '')
      .join(' · '),
  })
}

function wordOf(
  view: AnyView,
  { name, kind }: ViewColumn,
  cell: string,
  locale: Locale,
  { messages, policy }: HandPorts,
): string {
  if (kind === 'office') return policy.roles.get(cell)?.[locale] ?? cell
  if (kind !== 'choice' || cell === '') return cell
  const type = view.table.from[0]?.name ?? ''
  const ids = [
    `${view.kind.name}.choice.${name}.${cell}`,
    ...choiceWords({ name: type }, name, cell),
  ]
  const id = ids.find(one => messages.has(one))
  return id === undefined ? cell : messages.translate(locale, id)
}
