import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { defineRoute, type Principal, personOf, type ReceivedFile } from '../module.ts'
import { inTurn } from '../turn.ts'
import { type Asked, append, fieldsError, isOfCell, openRow, rowOf } from './edit.ts'
import { refuseUnfit } from './import.ts'
import { type PlainColumn, readValue, type Value } from './plain-column.ts'
import type { Draft } from './register.ts'
import type { Kept } from './register-table.ts'
import { type Cells, cellError, cellOf } from './table.ts'
import type { AnyView } from './view.ts'

/** What people do with one entry besides changing its cells: approve it, verify it, put it off. */
export type ViewAction<Row extends Kept> = Readonly<{
  /** Its label is `<register>.action.<name>`, that of a field `<register>.field.<name>`. */
  name: string
  permission: 'write' | 'approve'
  summary: string
  fields: readonly PlainColumn[]
  /** It is shown by a file, under a field of this name; what is said under it is the SHA-256 of the file. */
  evidence?: string
  /** Whether it can be done with the entry as it stands: a screen offers no other, a route takes none. */
  isFor(row: Row, nowMs: number): boolean
  run(row: Row, said: Readonly<Record<string, Value>>, asked: Acting): Promise<void>
}>

/** Who acts, and the file that shows it. */
export type Acting = Asked & Readonly<{ file: ReceivedFile | null }>

/** 25 MiB, as for the evidence of a duty. */
export const evidenceBytesMax = 26_214_400

/** Says one fact of an entry. Its file is kept first, and only when nothing is wrong with what is said. */
export async function tellOf(draft: Draft, { file, ...asked }: Acting): Promise<void> {
  refuseUnfit(draft)
  await file?.keep(personOf(asked.principal))
  await append([draft], asked)
}

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
    ...(action.evidence !== undefined && {
      upload: { filesMax: 1, sizeBytesMax: () => evidenceBytesMax },
    }),
    response: z.object({ id: z.string(), version: z.int() }),
    async run({ query: { id }, body, version, principal, files }, ports) {
      const [file = null] = files
      const said = readFields(action, body.values as Cells, file)
      // One edit of a register at a time, as of its cells.
      await inTurn(name, async () => {
        const row = await openRow(view, id, version ?? -1, ports)
        if (!action.isFor(row, ports.clock.nowMs())) throw new OkiteError('REGISTER_ACTION_UNFIT')
        await action.run(row, said, { principal, ports, file }).catch((error: unknown) => {
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
  { fields, evidence }: ViewAction<any>,
  typed: Cells,
  file: ReceivedFile | null,
): Readonly<Record<string, Value>> {
  const complaints: OkiteError[] = []
  const said: Record<string, Value> = {}
  for (const column of fields) {
    try {
      said[column.name] = readValue(column, {
        [column.name]: cellOf(typed[column.name] ?? '', column.name),
      })
    } catch (error) {
      if (!(error instanceof OkiteError)) throw error
      complaints.push(error)
    }
  }
  if (evidence !== undefined) {
    if (file === null) complaints.push(cellError(evidence, 'empty'))
    else said[evidence] = file.file.sha256
  }
  if (complaints.length > 0) throw fieldsError(complaints)
  return said
}
