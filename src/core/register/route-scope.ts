import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { needPermission } from '../http/routes.ts'
import type { Principal } from '../module.ts'
import type { Indexed, Question } from './find.ts'
import { reserved, text, typed } from './route-shapes.ts'
import type { Cells } from './table.ts'
import { type AnyView, columnsOf } from './view.ts'

/** What all routes of one register have in common: their names, and what of it is shown to whom. */
export type Scope = ReturnType<typeof scopeOf>

/** @throws OkiteError `REGISTER_COLUMN_RESERVED` */
export function scopeOf(view: AnyView) {
  const { name } = view.kind
  const wrong = view.columns.find(column => reserved.includes(column.name))
  if (wrong !== undefined) throw new OkiteError('REGISTER_COLUMN_RESERVED', { column: wrong.name })
  const may = (what: string) => `register.${name}.${what}`
  const seesPersonal = ({ permissions }: Principal) => permissions.has(may('personal'))
  const visible = (principal: Principal) =>
    view.columns.filter(({ isPersonal }) => !isPersonal || seesPersonal(principal))
  return {
    ...{ view, name, path: `/registers/${name}`, may, seesPersonal, visible },
    /** A file says what stands in every column, and its answer names entries. @throws OkiteError `HTTP_FORBIDDEN` */
    needPersonal(principal: Principal) {
      if (view.columns.some(({ isPersonal }) => isPersonal)) {
        needPermission(may('personal'), principal)
      }
    },
    filters: Object.fromEntries(view.columns.map(one => [one.name, text(200).optional()])),
    values: z.strictObject(
      Object.fromEntries(columnsOf(view.columns).map(one => [one.name, typed.optional()])),
    ),
    entry: z.strictObject({ id: text(200) }),
    /** What somebody sees of an entry. */
    shownTo(principal: Principal) {
      const names = visible(principal).map(column => column.name)
      return (cells: Cells): Record<string, string> =>
        Object.fromEntries(names.map(one => [one, cells[one] ?? '']))
    },
    cellsOf: ({ cells }: Indexed): Cells =>
      Object.fromEntries(view.columns.map((column, at) => [column.name, cells[at] ?? ''])),
    /** @throws OkiteError `REGISTER_FILTER` */
    questionOf(
      query: Readonly<Record<string, string | number | undefined>>,
      principal: Principal,
    ): Question {
      const { sort = visible(principal)[0]?.name ?? '' } = query
      const given = view.columns.flatMap(column => {
        const filter = query[column.name]
        return typeof filter === 'string' ? [[column.name, filter] as const] : []
      })
      const seen = new Set(visible(principal).map(column => column.name))
      // What somebody may not see, he may not find out by its order either.
      const hidden = [String(sort), ...given.map(([column]) => column)].find(one => !seen.has(one))
      if (hidden !== undefined)
        throw new OkiteError('REGISTER_FILTER', { column: hidden.slice(0, 40) })
      return {
        sort: String(sort),
        isDescending: query['order'] === 'down',
        text: String(query['text'] ?? ''),
        filters: Object.fromEntries(given),
        closed: query['closed'] === 'yes',
        seesPersonal: seesPersonal(principal),
      }
    },
  }
}
