import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { locales } from '../i18n/locale.ts'
import { Download, defineRoute, type HandPorts } from '../module.ts'
import { actionsFor, evidenceBytesMax } from './action.ts'
import { allCells, rowOf } from './edit.ts'
import { entriesOf } from './entries.ts'
import { csvOf, jsonOf } from './export-text.ts'
import { historyOf } from './history.ts'
import type { Scope } from './route-scope.ts'
import { asked, columnShape, row, shapeOf, told } from './route-shapes.ts'
import { comparedShape, declaredShape, standingOf, verifiedShape } from './standing.ts'
import { type AnyView, columnsOf } from './view.ts'

/**
 * Who asks first after a start waits until the register is read: 10⁵ people took seven to ten seconds on
 * two busy cores. He would be refused only to begin it for the next.
 */
const readMsMax = 60_000
/** A screen shows fifty rows; a page that is read ahead has several screens. */
const pageMax = 500

export function listRoute({ view, name, path, may, shownTo, cellsOf, questionOf, filters }: Scope) {
  return defineRoute({
    method: 'get',
    path,
    permission: may('read'),
    summary: `The register ${name}: a page of what is asked for, and how many there are`,
    query: z.strictObject({
      ...asked,
      offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
      limit: z.coerce.number().int().min(1).max(pageMax).default(50),
      ...filters,
    }),
    msMax: readMsMax,
    response: z.object({ rows: z.array(row), found: z.int(), size: z.int() }),
    async run({ query, principal }, ports) {
      const entries = await entriesOf(view, ports)
      const question = questionOf(query, principal)
      const found = await entries.find(question)
      const page = found.slice(query.offset, query.offset + query.limit)
      const shown = shownTo(principal)
      return {
        rows: page.map(one => ({
          ...{ id: one.id, version: one.version, closed: one.closed },
          values: shown(cellsOf(one)),
        })),
        found: found.length,
        size: entries.sizeOf(question.closed),
      }
    },
  })
}

export function aboutRoute({ view, name, path, may, seesPersonal, visible }: Scope) {
  return defineRoute({
    method: 'get',
    path: `${path}/about`,
    permission: may('read'),
    summary: `The register ${name}: its columns, its sources, and who vouches for it`,
    response: z.object({
      name: z.string(),
      /** Whose catalogue has its words, and the fact that lists an entry. */
      module: z.string(),
      listed: z.string(),
      columns: z.array(columnShape),
      /** Of offices in its columns: how the policy calls them, and who holds them, for who may see that. */
      offices: z.array(
        z.object({
          id: z.string(),
          names: z.record(z.enum(locales), z.string()),
          holder: z.string().nullable(),
        }),
      ),
      size: z.int(),
      closed: z.int(),
      may: z.object({ write: z.boolean(), close: z.boolean() }),
      sources: z.array(z.object({ source: z.string(), file: z.string(), ended: z.boolean() })),
      /** Whether somebody vouches for the whole of it; then who did last, and whether it is still that. */
      isWhole: z.boolean(),
      declared: declaredShape.nullable(),
      compared: comparedShape.nullable(),
      verified: verifiedShape.nullable(),
      /** What else can be done with an entry by who asks, and what is said with it. */
      actions: z.array(
        z.object({
          ...{ name: z.string(), label: z.string(), fields: z.array(columnShape) },
          /** The field of the file that shows it. */
          evidence: z
            .object({ name: z.string(), label: z.string(), sizeBytesMax: z.int() })
            .nullable(),
        }),
      ),
      /** What a second source is asked about, where it is asked about a part only. */
      comparable: z.object({ column: z.string(), choices: z.array(z.string()) }).nullable(),
    }),
    async run({ principal }, ports) {
      const { permissions } = principal
      const { sizes, sources, declared, compared, verified } = await standingOf(view, ports)
      return {
        ...{ name, module: view.kind.begun.module, listed: view.table.from[0]?.name ?? '' },
        columns: visible(principal)
          .map(one => shapeOf(one, `${name}.column.${one.name}`))
          // What there is of them is known only when the program runs.
          .map(one => ({ ...one, choices: choicesOf(one, ports) })),
        offices: await officesOf(view, seesPersonal(principal), ports),
        actions: (view.actions ?? [])
          .filter(({ permission }) => permissions.has(may(permission)))
          .map(({ name: what, fields, evidence }) => ({
            ...{ name: what, label: `${name}.action.${what}` },
            fields: fields.map(one => shapeOf(one, `${name}.field.${one.name}`)),
            evidence:
              evidence === undefined
                ? null
                : {
                    ...{ name: evidence, label: `${name}.field.${evidence}` },
                    sizeBytesMax: evidenceBytesMax,
                  },
          })),
        ...{ size: sizes.open, closed: sizes.closed },
        may: {
          write: permissions.has(may('write')),
          close: view.isClosable && permissions.has(may('write')),
        },
        sources,
        isWhole: view.whole !== undefined,
        declared: declared && { ...declared, by: seesPersonal(principal) ? declared.by : null },
        ...{ compared, verified },
        comparable:
          view.second === undefined
            ? null
            : { column: view.parts?.column ?? '', choices: [...(view.parts?.choices ?? [])] },
      }
    },
  })
}

export function readRoute({ view, name, path, may, visible, shownTo, entry }: Scope) {
  return defineRoute({
    method: 'get',
    path: `${path}/entry`,
    permission: may('read'),
    summary: `One entry of the register ${name}, with the facts that made it`,
    query: entry,
    response: row.extend({ history: z.array(told), actions: z.array(z.string()) }),
    async run({ query, principal }, ports) {
      await ports.shown()
      const found = await rowOf(view, query.id, ports)
      if (found === null) throw new OkiteError('REGISTER_ENTRY_UNKNOWN')
      const seen = new Set(visible(principal).map(column => column.name))
      const history = await historyOf(view, query.id, ports)
      return {
        ...{ id: query.id, version: Number(found.pos), closed: found.closed === true },
        values: shownTo(principal)(await allCells(view, found, ports)),
        actions: actionsFor(view, found, principal, ports.clock.nowMs()),
        history: history.map(fact => ({
          ...fact,
          changes: fact.changes.filter(({ column }) => seen.has(column)),
        })),
      }
    },
  })
}

export function exportRoute({
  view,
  name,
  path,
  may,
  visible,
  shownTo,
  cellsOf,
  questionOf,
  filters,
}: Scope) {
  return defineRoute({
    method: 'get',
    path: `${path}/export`,
    permission: may('read'),
    summary: `What is asked for of the register ${name}, as a file`,
    query: z.strictObject({
      ...asked,
      format: z.enum(['csv', 'json']).default('csv'),
      /** U+FEFF at the beginning, by which older spreadsheets recognise UTF-8. */
      mark: z.enum(['yes', 'no']).default('no'),
      ...filters,
    }),
    msMax: readMsMax,
    download: ['text/csv', 'application/json'],
    response: z.instanceof(Download),
    async run({ query, principal }, ports) {
      const entries = await entriesOf(view, ports)
      const found = await entries.find(questionOf(query, principal))
      const names = columnsOf(visible(principal)).map(column => column.name)
      const shown = shownTo(principal)
      // Made as it is sent: all of them at once would keep everybody else waiting.
      const rows = found.values().map(one => shown(cellsOf(one)))
      const isCsv = query.format === 'csv'
      return new Download(
        `${name}.${query.format}`,
        isCsv ? 'text/csv; charset=utf-8' : 'application/json',
        isCsv ? csvOf(names, rows, query.mark === 'yes') : jsonOf(names, rows),
      )
    },
  })
}

type Here = Pick<HandPorts, 'controls' | 'policy'>

function choicesOf({ kind, choices }: z.infer<typeof columnShape>, here: Here): string[] {
  if (kind === 'control') return here.controls.map(({ id }) => id).sort()
  return kind === 'office' ? [...here.policy.roles.keys()] : choices
}

async function officesOf({ columns }: AnyView, seesPersonal: boolean, ports: HandPorts) {
  if (!columns.some(({ kind }) => kind === 'office')) return []
  const holders = seesPersonal ? await ports.officeHolders() : new Map<string, string>()
  return [...ports.policy.roles].map(([id, names]) => {
    const holder = holders.get(id) ?? null
    return { id, names: { ...names }, holder }
  })
}
