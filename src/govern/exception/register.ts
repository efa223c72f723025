import type { HandPorts, Reader } from '../../core/module.ts'
import { type PlainColumn, readValue } from '../../core/register/plain-column.ts'
import type { Change, Register } from '../../core/register/register.ts'
import { cellError } from '../../core/register/table.ts'
import { isWithin } from './day.ts'
import { exceptionRequested, idOf } from './facts.ts'
import type { ExceptionRow } from './show.ts'

/** An exception is asked for with all of these. */
export const columns: readonly PlainColumn[] = [
  {
    ...{ name: 'control', field: 'control', kind: 'control', width: 40, isRequired: true },
    ...{ isFixed: true, names: ['管理策', '統制', '控制措施'] },
  },
  {
    ...{ name: 'subject', field: 'subject', kind: 'text', width: 20, isFixed: true },
    names: ['対象', '對象'],
  },
  {
    ...{ name: 'until', field: 'until', kind: 'date', width: 12, isRequired: true },
    names: ['end', '期限', '終了日', '結束日'],
  },
  {
    ...{ name: 'reason', field: 'reason', kind: 'text', width: 30, most: 1_000 },
    ...{ isRequired: true, isPersonal: true, names: ['理由', '原因'] },
  },
  {
    ...{ name: 'measure', field: 'measure', kind: 'text', width: 30, most: 1_000 },
    ...{
      isRequired: true,
      isPersonal: true,
      names: ['compensating measure', '代替策', '補償措施'],
    },
  },
]

export type Entry = Readonly<{
  control: string
  subject: string | null
  until: string
  reason: string
  measure: string
}>

export type Standing = Readonly<{
  id: string
  row: ExceptionRow | null
  reason: string
  measure: string
  /** Some fact has named its subject. */
  isKnown: boolean
}>

type Ports = Pick<HandPorts, 'reader' | 'policy' | 'clock' | 'controls'>

/** Requests, as they are typed in or come in a file. They end by a word of a person, and never by a file. */
export function openRequests(ports: Ports, by: string): Register<Entry, Standing> {
  const { reader, controls } = ports
  return {
    columns,
    entryOf(cells) {
      const entry = Object.fromEntries(
        columns.map(column => [column.name, readValue(column, { [column.name]: '', ...cells })]),
      ) as Entry
      if (!controls.some(({ id }) => id === entry.control)) throw cellError('control', 'unknown')
      if (!isWithin(entry.until, ports)) throw cellError('until', 'out of range')
      return entry
    },
    uniqueOf: entry => ({ control: idOf(entry) }),
    standingsOf: entries => standingsOf(entries, reader),
    changeOf: (entry, standing) => changeOf(entry, standing, by),
    idOf: ({ id }) => id,
    presentAfter: async () => [],
    leave: () => [],
    labelsOf: async standings => standings.map(({ id }) => id),
  }
}

async function standingsOf(
  entries: readonly Entry[],
  reader: Reader,
): Promise<readonly Standing[]> {
  const rows = await reader.query<ExceptionRow>(
    'select * from exception_register where id = any($1) and not closed',
    [entries.map(idOf)],
  )
  const texts = await reader.discloseAll(
    rows.flatMap(({ request }) => (request === null ? [] : Number(request))),
    ['reason', 'measure'],
  )
  const keys = await reader.query<{ key: string }>(
    'select distinct key from ledger.fact_key where key = any($1)',
    [entries.flatMap(({ subject }) => subject ?? [])],
  )
  const known = new Set(keys.map(({ key }) => key))
  const byId = new Map(rows.map(row => [row.id, row]))
  return entries.map(entry => {
    const row = byId.get(idOf(entry)) ?? null
    const { reason = '', measure = '' } = texts.get(Number(row?.request ?? -1)) ?? {}
    const isKnown = entry.subject === null || known.has(entry.subject)
    return { id: idOf(entry), row, reason, measure, isKnown }
  })
}

function changeOf(entry: Entry, standing: Standing | null, by: string): Change | null {
  const { control, subject, until, reason, measure } = entry
  // Its exception would cover nothing: a slip of the pen.
  if (standing?.isKnown === false) throw cellError('subject', 'unknown')
  const row = standing?.row ?? null
  const what = [
    ...(until === row?.wanted ? [] : ['until']),
    ...(reason === standing?.reason ? [] : ['reason']),
    ...(measure === standing?.measure ? [] : ['measure']),
  ]
  if (row !== null && what.length === 0) return null
  const facts = [
    {
      type: exceptionRequested,
      body: { control, subject, until },
      private: {
        by: { value: by, person: by },
        reason: { value: reason, person: by },
        measure: { value: measure, person: by },
      },
    },
  ]
  return { kind: row === null ? 'enters' : 'changes', what: row === null ? [] : what, facts }
}
