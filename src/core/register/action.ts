import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { defineRoute, type HandPorts, type Principal } from '../module.ts'
import { inTurn } from '../turn.ts'
import { fieldsError, isOfCell, openRow, rowOf } from './edit.ts'
import { type PlainColumn, readValue, type Value } from './plain-column.ts'
import type { Kept } from './register-table.ts'
import { type Cells, cellOf } from './table.ts'
import type { AnyView } from './view.ts'

/** What people do with one entry besides changing its cells: approve it, verify it, put it off. */
export type ViewAction<Row extends Kept> = Readonly<{
  /** Its label is `<register>.action.<name>`, that of a field `<register>.field.<name>`. */
  name: string
  permission: 'write' | 'approve'
  summary: string
  fields: readonly PlainColumn[]
  /** Whether it can be done with the entry as it stands: a screen offers no other, a route takes none. */
  isFor(row: Row, nowMs: number): boolean
  run(
    row: Row,
    said: Readonly<Record<string, Value>>,
    asked: Readonly<{ principal: Principal; ports: HandPorts }>,
  ): Promise<void>
}>

/** The names of what can be done with a row now, by who asks. */
export const actionsFor = (
  view: AnyView,
  row: Kept,
  principal: Principal,
  nowMs: number,
): string[] =>
  (view.actions ?? [])
    .filter(({ permission }) =>
      principal.permissions.has(`register.${view.kind.name}.${permission}`),
    )
    .filter(action => !row.closed && action.isFor(row, nowMs))
    .map(({ name }) => name)

/** The route by which an action is done: only with the entry as it was seen. */
export function actionRoute(view: AnyView, action: ViewAction<any>) {
  const { name } = view.kind
  const fields = Object.fromEntries(action.fields.map(one => [one.name, z.string().optional()]))
  return defineRoute({
    method: 'post',
    path: `/registers/${name}/entry/${action.name}`,
    permission: `register.${name}.${action.permission}`,
    summary: action.summary,
    query: z.strictObject({ id: z.string().max(200) }),
    body: z.strictObject({ values: z.strictObject(fields) }),
    ifMatch: true,
    response: z.object({ id: z.string(), version: z.int() }),
    async run({ query: { id }, body, version, principal }, ports) {
      const said = readFields(action.fields, body.values as Cells)
      // One edit of a register at a time, as of its cells.
      await inTurn(name, async () => {
        const row = await openRow(view, id, version ?? -1, ports)
        if (!action.isFor(row, ports.clock.nowMs())) throw new OkiteError('REGISTER_ACTION_UNFIT')
        await action.run(row, said, { principal, ports }).catch((error: unknown) => {
          throw isOfCell(error) ? fieldsError([error]) : error
        })
        await ports.shown()
      })
      return { id, version: Number((await rowOf(view, id, ports)).pos) }
    },
  })
}

/** @throws OkiteError `REGISTER_FIELDS` with all that is wrong */
function readFields(
  columns: readonly PlainColumn[],
  typed: Cells,
): Readonly<Record<string, Value>> {
  const complaints: OkiteError[] = []
  const said: Record<string, Value> = {}
  for (const column of columns) {
    try {
      said[column.name] = readValue(column, {
        [column.name]: cellOf(typed[column.name] ?? '', column.name),
      })
    } catch (error) {
      if (!(error instanceof OkiteError)) throw error
      complaints.push(error)
    }
  }
  if (complaints.length > 0) throw fieldsError(complaints)
  return said
}
