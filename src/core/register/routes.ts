import { z } from 'zod'
import type { Permissions } from '../account/roles.ts'
import { OkiteError } from '../error.ts'
import { needPermission } from '../http/routes.ts'
import { Download, defineRoute, type HandPorts, type Principal, personOf } from '../module.ts'
import { actionRoute, actionsFor } from './action.ts'
import { allCells, changeEntry, closeEntry, createEntry, rowOf } from './edit.ts'
import { encodings } from './encoding.ts'
import { entriesOf, knownEntries } from './entries.ts'
import { csvOf, jsonOf } from './export-text.ts'
import type { Indexed, Question } from './find.ts'
import { historyOf } from './history.ts'
import type { Complaint } from './import.ts'
import { importBytes } from './import-bytes.ts'
import { type ImportRow, sourceName } from './import-facts.ts'
import { comparedShape, declaredShape, standingOf, verifiedShape } from './standing.ts'
import type { Cells } from './table.ts'
import { type AnyView, columnKinds, columnsOf, type ViewColumn } from './view.ts'
import { compareBytes, declareWhole } from './whole.ts'

/** 32 MiB: 10⁵ people are a fifth of it. A larger register is imported by the command. */
const fileBytesMax = 32 * 1024 * 1024
/** Both passes over the largest such file. */
const importMsMax = 180_000
/** A screen shows fifty rows; a page that is read ahead has several screens. */
const pageMax = 500

const text = (max: number) => z.string().max(max)
/** A cell has at most a thousand characters; what is longer is refused by its column, not by the form. */
const typed = text(100_000)

/** What a query may say besides a filter for each column. */
const asked = {
  sort: text(40).optional(),
  order: z.enum(['up', 'down']).default('up'),
  text: text(200).default(''),
  closed: z.enum(['yes', 'no']).default('no'),
}
/** Names that no column may have, because a query already means something else by them. */
const reserved = [...Object.keys(asked), 'offset', 'limit', 'format', 'mark']

const row = z.object({
  id: z.string(),
  version: z.int(),
  closed: z.boolean(),
  values: z.record(z.string(), z.string()),
})

const complaint = z.object({
  line: z.int(),
  code: z.string(),
  column: z.string().nullable(),
  why: z.string().nullable(),
})

const told = z.object({
  pos: z.int(),
  type: z.string(),
  occurred: z.string(),
  recorded: z.string(),
  source: z.string(),
  by: z.string().nullable(),
  reason: z.string().nullable(),
  changes: z.array(z.object({ column: z.string(), was: z.string(), is: z.string() })),
})

const columnShape = z.object({
  name: z.string(),
  /** Its label in the catalogues. */
  label: z.string(),
  kind: z.enum(columnKinds),
  width: z.int(),
  choices: z.array(z.string()),
  isPersonal: z.boolean(),
  isFixed: z.boolean(),
  isShownOnly: z.boolean(),
  isRequired: z.boolean(),
})

const fileAsked = {
  source: sourceName,
  encoding: z.enum(encodings).optional(),
  dry: z.enum(['yes', 'no']).default('no'),
}

/**
 * The permissions of a register with the roles that have them. Whoever keeps it may also see whom it
 * speaks of; an auditor sees it all and changes nothing; whoever manages accounts reads none of it.
 */
export const registerPermissions = (name: string): Permissions => ({
  [`register.${name}.read`]: ['ciso', 'officer', 'auditor'],
  [`register.${name}.personal`]: ['ciso', 'officer', 'auditor'],
  [`register.${name}.write`]: ['ciso', 'officer'],
  [`register.${name}.approve`]: ['ciso'],
})

/**
 * The routes of a register: read by pages, one entry with its history, typed in, changed, ended,
 * imported, compared, declared whole, exported.
 */
export function registerRoutes(view: AnyView) {
  const { name } = view.kind
  const wrong = view.columns.find(column => reserved.includes(column.name))
  if (wrong !== undefined) throw new OkiteError('REGISTER_COLUMN_RESERVED', { column: wrong.name })
  const may = (what: string) => `register.${name}.${what}`
  const seesPersonal = ({ permissions }: Principal) => permissions.has(may('personal'))
  /** A file says what stands in every column, and its answer names entries. @throws OkiteError `HTTP_FORBIDDEN` */
  const needPersonal = (principal: Principal) => {
    if (view.columns.some(({ isPersonal }) => isPersonal)) {
      needPermission(may('personal'), principal)
    }
  }
  const filters = Object.fromEntries(view.columns.map(one => [one.name, text(200).optional()]))
  const values = z.strictObject(
    Object.fromEntries(columnsOf(view.columns).map(one => [one.name, typed.optional()])),
  )
  const entry = z.strictObject({ id: text(200) })
  const path = `/registers/${name}`

  const visible = (principal: Principal) =>
    view.columns.filter(({ isPersonal }) => !isPersonal || seesPersonal(principal))
  const shown = (cells: Cells, principal: Principal): Record<string, string> =>
    Object.fromEntries(visible(principal).map(one => [one.name, cells[one.name] ?? '']))
  const cellsOf = ({ cells }: Indexed): Cells =>
    Object.fromEntries(view.columns.map((column, at) => [column.name, cells[at] ?? '']))

  const questionOf = (
    query: Readonly<Record<string, string | number | undefined>>,
    principal: Principal,
  ): Question => {
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
  }

  const list = defineRoute({
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
    response: z.object({ rows: z.array(row), found: z.int(), size: z.int() }),
    async run({ query, principal }, ports) {
      const entries = await entriesOf(view, ports)
      const question = questionOf(query, principal)
      const found = await entries.find(question)
      const page = found.slice(query.offset, query.offset + query.limit)
      return {
        rows: page.map(one => ({
          ...{ id: one.id, version: one.version, closed: one.closed },
          values: shown(cellsOf(one), principal),
        })),
        found: found.length,
        size: entries.sizeOf(question.closed),
      }
    },
  })

  const about = defineRoute({
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
      size: z.int(),
      closed: z.int(),
      may: z.object({ write: z.boolean(), approve: z.boolean(), close: z.boolean() }),
      sources: z.array(z.object({ source: z.string(), file: z.string(), ended: z.boolean() })),
      /** Whether somebody vouches for the whole of it; then who did last, and whether it is still that. */
      isWhole: z.boolean(),
      declared: declaredShape.nullable(),
      compared: comparedShape.nullable(),
      verified: verifiedShape.nullable(),
      /** What else can be done with an entry by who asks, and what is said with it. */
      actions: z.array(
        z.object({ name: z.string(), label: z.string(), fields: z.array(columnShape) }),
      ),
      /** What a second source is asked about, where it is asked about a part only. */
      comparable: z.array(z.string()).nullable(),
    }),
    async run({ principal }, ports) {
      const { permissions } = principal
      const sizes = await knownEntries(view, ports).sizes()
      return {
        ...{ name, module: view.kind.begun.module, listed: view.table.from[0]?.name ?? '' },
        columns: visible(principal)
          .map(one => shapeOf(one, `${name}.column.${one.name}`))
          // What there is of them is known only when the program runs.
          .map(one => (one.kind === 'control' ? { ...one, choices: controlsOf(ports) } : one)),
        actions: (view.actions ?? [])
          .filter(({ permission }) => permissions.has(may(permission)))
          .map(action => ({
            ...{ name: action.name, label: `${name}.action.${action.name}` },
            fields: action.fields.map(one => shapeOf(one, `${name}.field.${one.name}`)),
          })),
        ...{ size: sizes.open, closed: sizes.closed },
        may: {
          write: permissions.has(may('write')),
          approve: permissions.has(may('approve')),
          close: view.isClosable && permissions.has(may('write')),
        },
        sources: await ports.reader.query<ImportRow>(
          `select source, file, ended from ${view.kind.imports} order by source`,
        ),
        isWhole: view.whole !== undefined,
        ...(await standingOf(view, seesPersonal(principal), ports)),
        comparable: view.second === undefined ? null : [...(view.comparable ?? [])],
      }
    },
  })

  const read = defineRoute({
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
        values: shown(await allCells(view, found, ports), principal),
        actions: actionsFor(view, found, principal, ports.clock.nowMs()),
        history: history.map(fact => ({
          ...fact,
          changes: fact.changes.filter(({ column }) => seen.has(column)),
        })),
      }
    },
  })

  const create = defineRoute({
    method: 'post',
    path,
    permission: may('write'),
    summary: `A new entry of the register ${name}`,
    body: z.strictObject({ values }),
    response: z.object({ id: z.string() }),
    run: async ({ body, principal }, ports) => ({
      id: await createEntry(view, body.values, { principal, ports }),
    }),
  })

  const change = defineRoute({
    method: 'patch',
    path: `${path}/entry`,
    permission: may('write'),
    summary: `Changes an entry of the register ${name} that is still as it was seen`,
    query: entry,
    body: z.strictObject({ values }),
    ifMatch: true,
    response: z.object({ id: z.string(), version: z.int() }),
    async run({ query: { id }, body, version, principal }, ports) {
      await changeEntry(view, id, version ?? -1, body.values, { principal, ports })
      return { id, version: Number((await rowOf(view, id, ports)).pos) }
    },
  })

  const close = defineRoute({
    method: 'post',
    path: `${path}/entry/close`,
    permission: may('write'),
    summary: `Ends an entry of the register ${name}, with a reason`,
    query: entry,
    body: z.strictObject({ reason: z.string().trim().min(1).max(2_000) }),
    ifMatch: true,
    response: z.object({ id: z.string() }),
    async run({ query: { id }, body, version, principal }, ports) {
      if (!view.isClosable) throw new OkiteError('REGISTER_NOT_CLOSABLE')
      await closeEntry(view, id, version ?? -1, body.reason, { principal, ports })
      return { id }
    },
  })

  const imports = defineRoute({
    method: 'post',
    path: `${path}/import`,
    permission: may('write'),
    summary: `A file as the whole register ${name} of one source; dry, only what it would change`,
    query: z.strictObject({
      ...fileAsked,
      leavers: z.coerce.number().int().min(0).max(10_000_000).optional(),
    }),
    transfer: { sizeBytesMax: fileBytesMax },
    msMax: importMsMax,
    response: z.object({
      outcome: z.enum(['refused', 'dry', 'same', 'done']),
      read: z.object({ format: z.string(), encoding: z.string() }),
      ...{ rows: z.int(), enters: z.int(), changes: z.int(), leaves: z.int(), present: z.int() },
      complaints: z.array(complaint),
      complaintCount: z.int(),
      differences: z.array(
        z.object({ kind: z.string(), label: z.string(), what: z.array(z.string()) }),
      ),
    }),
    async run({ query, transfer, principal }, ports) {
      needPersonal(principal)
      const { source, encoding = null, leavers = null } = query
      const options = { source, encoding, leavers, by: personOf(principal) }
      const dry = query.dry === 'yes'
      const bytes = transfer?.bytes ?? new Uint8Array()
      const imported = await importBytes(bytes, { ...options, dry }, ports, view.kind)
      // Whoever reads the register next finds in it what he has just brought.
      if (imported.last !== null) await ports.shown()
      const { rows, enters, changes, leaves, present, complaintCount } = imported.examined
      return {
        outcome: imported.outcome,
        read: { format: imported.table.format, encoding: imported.table.encoding },
        ...{ rows, enters, changes, leaves, present, complaintCount },
        complaints: imported.examined.complaints.map(complaintOf),
        differences: imported.examined.differences.map(one => ({ ...one, what: [...one.what] })),
      }
    },
  })

  const exports = defineRoute({
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
    download: ['text/csv', 'application/json'],
    response: z.instanceof(Download),
    async run({ query, principal }, ports) {
      const entries = await entriesOf(view, ports)
      const found = await entries.find(questionOf(query, principal))
      const names = columnsOf(visible(principal)).map(column => column.name)
      const rows = found.map(one => shown(cellsOf(one), principal))
      const isCsv = query.format === 'csv'
      return new Download(
        `${name}.${query.format}`,
        isCsv ? 'text/csv; charset=utf-8' : 'application/json',
        isCsv ? csvOf(names, rows, query.mark === 'yes') : jsonOf(names, rows),
      )
    },
  })

  const declare = defineRoute({
    method: 'post',
    path: `${path}/declare`,
    permission: may('approve'),
    summary: `A named person declares the register ${name} complete as it stands`,
    body: z.strictObject({}),
    msMax: importMsMax,
    response: z.object({ count: z.int(), hash: z.string(), pos: z.int() }),
    async run({ principal }, ports) {
      if (view.whole === undefined) throw new OkiteError('REGISTER_NOT_DECLARED')
      const whole = view.whole(ports.reader)
      const { count, hash, last } = await declareWhole(whole, personOf(principal), ports)
      await ports.shown()
      return { count, hash, pos: last }
    },
  })

  const compare = defineRoute({
    method: 'post',
    path: `${path}/compare`,
    permission: may('write'),
    summary: `Lays a second source beside the register ${name}; dry, without a word on the list`,
    query: z.strictObject({ ...fileAsked, of: text(40).optional() }),
    transfer: { sizeBytesMax: fileBytesMax },
    msMax: importMsMax,
    response: z.object({
      outcome: z.enum(['refused', 'dry', 'done']),
      ...{ seen: z.int(), missing: z.int(), unlisted: z.int() },
      isDeclared: z.boolean(),
      here: z.array(z.string()),
      there: z.array(z.string()),
      complaints: z.array(complaint),
      complaintCount: z.int(),
    }),
    async run({ query, transfer, principal }, ports) {
      needPersonal(principal)
      const { source, encoding = null, of = null } = query
      const look = view.second?.(ports.reader, of)
      if (look === undefined || view.whole === undefined) {
        throw new OkiteError('REGISTER_NOT_DECLARED')
      }
      const options = { source, encoding, by: personOf(principal), dry: query.dry === 'yes' }
      const bytes = transfer?.bytes ?? new Uint8Array()
      const whole = view.whole(ports.reader)
      const result = await compareBytes(bytes, options, ports, whole, look)
      const { compared, difference } = result
      return {
        outcome: difference === null ? 'refused' : result.last === null ? 'dry' : 'done',
        ...{ seen: compared.seen.size, missing: difference?.missing ?? 0 },
        ...{ unlisted: compared.unlisted, isDeclared: result.isDeclared },
        here: [...(difference?.here ?? [])],
        there: [...(difference?.there ?? [])],
        complaints: compared.complaints.map(complaintOf),
        complaintCount: compared.complaintCount,
      }
    },
  })

  return {
    list,
    about,
    read,
    create,
    change,
    close,
    import: imports,
    export: exports,
    declare,
    compare,
    ...Object.fromEntries((view.actions ?? []).map(one => [one.name, actionRoute(view, one)])),
  }
}

const controlsOf = ({ controls }: Pick<HandPorts, 'controls'>): string[] =>
  controls.map(({ id }) => id).sort()

const shapeOf = (column: ViewColumn, label: string): z.infer<typeof columnShape> => ({
  ...{ name: column.name, label, kind: column.kind, width: column.width },
  ...{ choices: [...(column.choices ?? [])], isPersonal: column.isPersonal === true },
  ...{ isFixed: column.isFixed === true, isShownOnly: column.isShownOnly === true },
  isRequired: column.isRequired === true,
})

const complaintOf = ({ line, error: { code, data } }: Complaint) => ({
  line,
  code,
  column: typeof data['column'] === 'string' ? data['column'] : null,
  why: typeof data['why'] === 'string' ? data['why'] : null,
})
