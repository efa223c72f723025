import { OkiteError } from '../error.ts'
import type { Fact, FactType } from '../fact.ts'
import type { Command, Module, Reader } from '../module.ts'
import { readFlags } from '../run/arguments.ts'
import type { ViewAction } from './action.ts'
import { runImport, usage } from './command.ts'
import { runExport } from './export.ts'
import { type Begun, importSource, importTable } from './import-facts.ts'
import { type PlainColumn, readValue, showValue, type Value } from './plain-column.ts'
import { type Change, type Draft, presentPages, type Register } from './register.ts'
import { type Kept, registerTable } from './register-table.ts'
import { registerPermissions, registerRoutes } from './routes.ts'
import { type Cells, cellError } from './table.ts'
import { columnsOf, type View } from './view.ts'
import { type ComparedPart, runCompare, runDeclare, type SecondLook, type Whole } from './whole.ts'

/** The fields of the fact by which an entry is listed. */
type Body = Readonly<Record<string, Value>>

type Part = Readonly<{ of: string; rows: readonly PlainRow[] }>

/** Fields of an entry as a file or a form says them; `undefined` where it does not. */
type Entry = Body

export type PlainRow = Kept &
  Readonly<{
    id: string
    body: Body
    /** By column, what other facts say of it. */
    told: Readonly<Record<string, string>>
    /** The fact that holds its private slots. */
    listed: number
  }>

/** A register each of whose entries is listed by one fact, said anew, whole, whenever it changes. */
export type PlainOptions = Readonly<{
  /** The word of the command, of the routes and of the permissions: `data-set`. */
  name: string
  table: string
  /** The first is the number of an entry. */
  columns: readonly PlainColumn[]
  listed: FactType
  /** null: entries end by other facts. */
  removed: FactType | null
  begun: FactType<Begun>
  ended: FactType
  /** Who declares it whole, and the second source that confirms it. */
  whole?: Readonly<{
    declared: FactType
    /** The body of a declaration; `part`: the entries of the one that it is of. */
    declare(count: number, hash: string, part: Part | null): unknown
    compared?: Readonly<{ type: FactType; tell(part: ComparedPart, of: string): unknown }>
    /** The choice by which it falls into parts. A second source knows one, and each is declared by itself. */
    parts?: string
  }>
  /** Other facts that say something of an entry: what they make of its columns; null: they end it. */
  also?: Readonly<{
    from: readonly FactType[]
    /** Those of them whose keys on the list are not the entry. */
    unkeyed?: readonly FactType[]
    keyOf(fact: Pick<Fact, 'body'>): string
    step(row: PlainRow, fact: Fact): Pick<PlainRow, 'body' | 'told'> | null
  }>
  /** As of a view. */
  hints?: readonly string[]
  /** The column with the day on which an entry was last looked into. */
  verified?: string
  actions?: readonly ViewAction<PlainRow>[]
  /** What makes no sense together. @throws OkiteError `TABLE_CELL` */
  check?(body: Body): void
  /** The facts by which an entry is listed, where it is not one with the fields of the columns. */
  draftsOf?(body: Body, before: Body | null): readonly Draft[]
}>

/** Everything that a register needs, for a module to declare. */
export function plainRegister(options: PlainOptions) {
  const { name, columns, begun, ended } = options
  const imports = importTable(`${options.table}_import`, [begun, ended])
  const table = tableOf(options)
  const kind = {
    ...{ name, begun, ended, imports: imports.name },
    open: (source: string, { reader }: Readonly<{ reader: Reader }>) =>
      openPlain(source, reader, options),
  }
  const wholeOf = (reader: Reader) => allOf(options, imports.name, reader)
  const lookOf = (reader: Reader, of: string | null) => secondLook(options, reader, of)
  const parts = partsOf(options)
  const view: View<PlainRow, Entry, PlainRow> = {
    ...{ kind, columns, table },
    cellsOf: row => cellsOf(row, columns),
    ...(columns.some(({ isPersonal }) => isPersonal) && {
      disclose: (rows, reader) => personalOf(rows, reader, columns),
    }),
    standingOf: row => row,
    isClosable: options.removed !== null,
    ...(options.whole && { whole: wholeOf }),
    ...(options.whole?.compared && { second: lookOf, compared: options.whole.compared.type }),
    ...(parts && { parts }),
    ...(options.hints && { hints: options.hints }),
    ...(options.verified && { verified: options.verified }),
    ...(options.actions && { actions: options.actions }),
  }
  const hasSecond = options.whole?.compared !== undefined
  const command: Command = {
    name,
    summary: {
      en: `the register ${name}: import, export${options.whole ? ', declare' : ''}${hasSecond ? ', compare' : ''}`,
      ja: `台帳 ${name}：import（取り込み）、export（書き出し）${options.whole ? '、declare（宣言）' : ''}${hasSecond ? '、compare（照合）' : ''}`,
      'zh-TW': `清冊 ${name}：import（匯入）、export（匯出）${options.whole ? '、declare（宣告）' : ''}${hasSecond ? '、compare（比對）' : ''}`,
    },
    async run([verb, ...rest], ports) {
      const flags = () => {
        const read = readFlags(rest, {
          ...{ source: 'value', by: 'value', encoding: 'value', 'dry-run': 'switch' },
          ...(parts && { [parts.column]: 'value' }),
        })
        return [read.flags, read.words] as const
      }
      const whole = options.whole && wholeOf(ports.reader)
      if (verb === 'import') return runImport(rest, ports, kind)
      if (verb === 'export') {
        const header = columnsOf(columns).map(column => column.name)
        const rowsOf = (source: string) => exportRows(source, options, ports.reader)
        return runExport(rest, ports, { imports: imports.name, header, rowsOf })
      }
      if (verb === 'declare' && whole) return runDeclare(...flags(), ports, whole)
      if (verb === 'compare' && whole && hasSecond) {
        const [given, words] = flags()
        const look = lookOf(ports.reader, given[parts?.column ?? ''] ?? null)
        return runCompare(given, words, ports, { whole, ...look })
      }
      ports.out(`${ports.messages.translate(ports.locale, `usage.${name}`)}\n`)
      return verb === undefined || verb === 'help' ? 0 : 2
    },
  }
  return {
    tables: [table.table, imports] as NonNullable<Module['tables']>,
    routes: registerRoutes(view),
    permissions: registerPermissions(name),
    command,
    /** All of it as it is declared, for a module that lays a second source beside it by itself. */
    wholeOf,
  }
}

/** The column of the parts; null: the register is one. */
function partsOf({ columns, whole }: PlainOptions) {
  const column = columns.find(({ name }) => name === whole?.parts)
  if (column === undefined) return null
  return { column: column.name, choices: column.choices ?? [], field: column.field ?? '' }
}

const keyField = ({ columns }: Pick<PlainOptions, 'columns'>): string => columns[0]?.field ?? ''

function tableOf(options: PlainOptions) {
  const { listed, removed, also } = options
  const field = keyField(options)
  const isAlso = (type: string) => also?.from.some(one => one.name === type) === true
  const keyOf = (fact: Pick<Fact, 'body'>): string => {
    const found = (fact.body as Body)[field]
    return typeof found === 'string' ? found : (also?.keyOf(fact) ?? '')
  }
  return registerTable<PlainRow>({
    name: options.table,
    version: 1,
    columns: `
      id text primary key,
      body jsonb not null,
      told jsonb not null,
      listed bigint not null,
      unique (source, id)`,
    key: 'id',
    from: [listed, ...(removed === null ? [] : [removed]), ...(also?.from ?? [])],
    ...(also?.unkeyed && { unkeyed: also.unkeyed }),
    keyOf,
    step(row, fact) {
      if (fact.type === listed.name) {
        const body = { ...row?.body, ...(fact.body as Body) }
        return { id: keyOf(fact), body, told: row?.told ?? {}, listed: fact.pos }
      }
      if (row === null || !isAlso(fact.type)) return null
      const after = also?.step(row, fact) ?? null
      return after === null ? null : { ...row, ...after }
    },
  })
}

const isPrivate = ({ isPersonal, field }: PlainColumn): boolean =>
  isPersonal === true && field !== null

function cellsOf({ body, told }: PlainRow, columns: readonly PlainColumn[]): Cells {
  const open = columns.filter(column => !isPrivate(column))
  return Object.fromEntries(
    open.map(({ name, field }) => [
      name,
      field === null ? (told[name] ?? '') : showValue(body[field]),
    ]),
  )
}

async function personalOf(
  rows: readonly PlainRow[],
  reader: Reader,
  columns: readonly PlainColumn[],
): Promise<readonly Cells[]> {
  const hidden = columns.filter(isPrivate)
  const values = await reader.discloseAll(
    rows.map(({ listed }) => Number(listed)),
    hidden.map(({ field }) => field ?? ''),
  )
  return rows.map(({ listed }) => {
    const found = values.get(Number(listed)) ?? {}
    return Object.fromEntries(hidden.map(({ name, field }) => [name, found[field ?? ''] ?? '']))
  })
}

const pageOf = (table: string, reader: Reader, after: string, countMax: number, source?: string) =>
  reader.query<PlainRow>(
    `select * from ${table} where id > $1 and not closed
     and ($3::text is null or source = $3) order by id limit $2`,
    [after, countMax, source ?? null],
  )

/** The entries of one source. */
function openPlain(
  source: string,
  reader: Reader,
  options: PlainOptions,
): Register<Entry, PlainRow> {
  const { columns, table, removed } = options
  const field = keyField(options)
  const own = importSource(source)
  const idOf = (entry: Entry) => String(entry[field])
  return {
    columns: columnsOf(columns),
    entryOf: cells =>
      Object.fromEntries(
        columns.flatMap(column =>
          column.field === null ? [] : [[column.field, readValue(column, cells)] as const],
        ),
      ),
    uniqueOf: entry => ({ [columns[0]?.name ?? '']: idOf(entry) }),
    async standingsOf(entries) {
      const rows = await reader.query<PlainRow>(
        `select * from ${table} where id = any($1) and not closed`,
        [entries.map(idOf)],
      )
      const personal = await personalOf(rows, reader, columns)
      const byId = new Map(
        rows.map((row, at) => [row.id, { ...row, told: { ...row.told, ...personal[at] } }]),
      )
      return entries.map(entry => byId.get(idOf(entry)) ?? null)
    },
    changeOf: (entry, row) => changeOf(entry, row, own, options),
    idOf: ({ id }) => id,
    presentAfter: (after, countMax) => pageOf(table, reader, after, countMax, own),
    leave: ({ id }) => (removed === null ? [] : [{ type: removed, body: { [field]: id } }]),
    labelsOf: async rows => rows.map(({ id }) => id),
  }
}

function changeOf(
  entry: Entry,
  row: PlainRow | null,
  own: string,
  options: PlainOptions,
): Change | null {
  // Two sources that list one entry would take it from each other with every file.
  if (row !== null && row.source !== own) {
    throw new OkiteError('REGISTER_SOURCE_OTHER', { source: row.source })
  }
  const { columns } = options
  const body: Record<string, Value> = { ...row?.body }
  const slots: Record<string, string> = {}
  for (const column of columns) {
    const { field, name, kind, empty = kind === 'list' ? [] : null } = column
    if (field === null) continue
    const said = entry[field]
    if (isPrivate(column))
      slots[field] = said === undefined ? (row?.told[name] ?? '') : showValue(said)
    else if (said !== undefined || row === null) body[field] = said ?? empty
  }
  options.check?.(body)
  const what = columns
    .filter(column =>
      isPrivate(column)
        ? slots[column.field ?? ''] !== (row?.told[column.name] ?? '')
        : column.field !== null &&
          showValue(body[column.field]) !== showValue(row?.body[column.field]),
    )
    .map(({ name }) => name)
  const fixed = columns.find(({ name, isFixed }) => row && isFixed && what.includes(name))
  if (fixed !== undefined) throw cellError(fixed.name, 'fixed')
  const given = Object.entries(slots).filter(([, value]) => value !== '')
  const drafts = options.draftsOf?.(body, row?.body ?? null) ?? [{ type: options.listed, body }]
  // What is private is of no one person: a supplier's name, an authority's telephone.
  const hidden = Object.fromEntries(given.map(([slot, value]) => [slot, { value, person: null }]))
  const facts = drafts.map(draft =>
    draft.type === options.listed && given.length > 0 ? { ...draft, private: hidden } : draft,
  )
  if (row === null) return { kind: 'enters', what: [], facts }
  return what.length === 0 ? null : { kind: 'changes', what, facts }
}

function allOf(options: PlainOptions, imports: string, reader: Reader): Whole<PlainRow> {
  const { name, table, columns, whole } = options
  const type = whole?.declared ?? options.listed
  const parts = partsOf(options)
  const pages = () =>
    presentPages<PlainRow>({
      idOf: ({ id }) => id,
      presentAfter: (after, countMax) => pageOf(table, reader, after, countMax),
    })
  return {
    ...{ name, imports, declared: type, pages },
    idOf: ({ id }) => id,
    lineOf: row =>
      columns.flatMap(column =>
        column.field === null || isPrivate(column) ? [] : showValue(row.body[column.field]),
      ),
    labelsOf: async rows => rows.map(({ id }) => id),
    async declare(count, hash) {
      if (parts === null) return [{ type, body: whole?.declare(count, hash, null) }]
      const found = new Map<string, PlainRow[]>()
      for await (const page of pages()) {
        for (const row of page) {
          const of = String(row.body[parts.field])
          const rows = found.get(of) ?? []
          rows.push(row)
          found.set(of, rows)
        }
      }
      return [...found].map(([of, rows]) => ({
        type,
        body: whole?.declare(rows.length, hash, { of, rows }),
      }))
    },
  }
}

/**
 * A second source knows entries by their number, and may say more that is not asked for.
 *
 * @throws OkiteError `REGISTER_USAGE` where it must be said which part it knows
 */
function secondLook(options: PlainOptions, reader: Reader, of: string | null): SecondLook {
  const { columns, table, whole } = options
  const parts = partsOf(options)
  if (parts !== null && !parts.choices.some(one => one === of)) {
    throw usage(`--${parts.column} ${parts.choices.join(' | ')}`)
  }
  const [first] = columns as readonly [PlainColumn, ...PlainColumn[]]
  return {
    columns: columnsOf(columns).map(column => ({ ...column, isRequired: column === first })),
    second: {
      read: (cells: Cells) => [String(readValue(first, cells))],
      async find(ids: readonly string[]) {
        const rows = await reader.query<PlainRow>(
          `select id from ${table} where id = any($1) and not closed
           and ($2::text is null or body ->> $3 = $2)`,
          [ids, parts === null ? null : of, parts?.field ?? ''],
        )
        const known = new Set(rows.map(({ id }) => id))
        return ids.map(id => (known.has(id) ? id : null))
      },
      labelOf: (id: string) => id,
    },
    ...(parts !== null && { of: (row: PlainRow) => row.body[parts.field] === of }),
    tell: (part: ComparedPart): Draft => ({
      type: whole?.compared?.type ?? options.listed,
      body: whole?.compared?.tell(part, of ?? ''),
    }),
  }
}

async function* exportRows(source: string, options: PlainOptions, reader: Reader) {
  const { columns, table } = options
  const pages = presentPages<PlainRow>({
    idOf: ({ id }) => id,
    presentAfter: (after, countMax) => pageOf(table, reader, after, countMax, source),
  })
  for await (const page of pages) {
    const personal = await personalOf(page, reader, columns)
    yield page.map((row, at) => {
      const cells = { ...cellsOf(row, columns), ...personal[at] }
      return columnsOf(columns).map(({ name }) => cells[name] ?? '')
    })
  }
}
