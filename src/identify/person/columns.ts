import { dateOf } from '../../core/register/read-cell.ts'
import { type Cells, cellError } from '../../core/register/table.ts'
import type { ViewColumn } from '../../core/register/view.ts'
import { personKinds } from './facts.ts'

/** What a file of people has, by header in three languages. What it has no column for stays as it is. */
export const personColumns: readonly ViewColumn[] = [
  {
    ...{ name: 'number', kind: 'code', width: 12, isPersonal: true, isFixed: true },
    names: [
      'staff number',
      'employee number',
      '社員番号',
      '職員番号',
      '従業員番号',
      '員工編號',
      '工號',
    ],
    isRequired: true,
  },
  {
    ...{ name: 'name', kind: 'text', width: 20, isPersonal: true, isRequired: true },
    names: ['full name', '氏名', '名前', '姓名'],
  },
  {
    ...{ name: 'mail', kind: 'text', width: 28, isPersonal: true },
    names: ['email', 'e mail', 'mail address', 'メールアドレス', 'メール', '電子郵件', '信箱'],
  },
  {
    ...{ name: 'kind', kind: 'choice', width: 12, choices: personKinds },
    names: ['employment', '区分', '種別', '雇用区分', '身分', '身份', '類別'],
    isRequired: true,
  },
  { name: 'department', kind: 'text', width: 20, names: ['部署', '所属', '部門'] },
  { name: 'jobs', kind: 'list', width: 20, names: ['job', '職種', '職務', '担当業務', '工作職務'] },
  {
    ...{ name: 'away-from', kind: 'date', width: 12 },
    names: ['leave from', '休職開始日', '休暇開始日', '休業開始日', '留職停薪起日', '請假起日'],
  },
  {
    ...{ name: 'away-until', kind: 'date', width: 12 },
    names: ['leave until', '休職終了日', '休暇終了日', '休業終了日', '留職停薪迄日', '請假迄日'],
  },
]

export type Kind = (typeof personKinds)[number]

const kindTable: Readonly<Record<string, Kind>> = {
  ...Object.fromEntries(personKinds.map(kind => [kind, kind])),
  staff: 'employee',
  ...{
    社員: 'employee',
    正社員: 'employee',
    契約社員: 'employee',
    従業員: 'employee',
    職員: 'employee',
  },
  ...{ 員工: 'employee', 正職: 'employee', 正職員工: 'employee', 正式員工: 'employee' },
  ...{ 業務委託: 'contractor', 委託: 'contractor', 派遣: 'contractor', 派遣社員: 'contractor' },
  ...{ 約聘: 'contractor', 承攬: 'contractor', 外包: 'contractor', 派遣人員: 'contractor' },
  ...{
    提携先: 'partner',
    協力会社: 'partner',
    パートナー: 'partner',
    合作夥伴: 'partner',
    夥伴: 'partner',
  },
}

/** A map, because an object also has what nobody has put there: `constructor`. */
const kindWords = new Map(Object.entries(kindTable))

/** A row that was read; `undefined` where the file has no such column. */
export type Entry = Readonly<{
  number: string
  name: string
  mail: string | undefined
  kind: Kind
  department: string | null | undefined
  jobs: readonly string[] | undefined
  isAway: boolean | undefined
}>

/** @param today in the zone of the organisation, as `2026-11-01` */
export function entryOf(cells: Cells, today: string): Entry {
  return {
    number: numberOf(cells),
    name: required(cells, 'name', 200),
    mail: mailOf(cells['mail']),
    kind: kindOf(required(cells, 'kind', 40)),
    department: departmentOf(cells['department']),
    jobs: jobsOf(cells['jobs']),
    isAway: awayOf(cells, today),
  }
}

/** One width and no spaces: `００１` and `001` are one person. */
export const numberOf = (cells: Cells): string => {
  const number = required(cells, 'number', 80).normalize('NFKC')
  if (/\s/.test(number)) throw cellError('number', 'space')
  return number
}

export function required(cells: Cells, column: string, lengthMax: number): string {
  const text = cells[column] ?? ''
  if (text === '') throw cellError(column, 'empty')
  if (text.length > lengthMax) throw cellError(column, 'too long')
  return text
}

function kindOf(text: string): Kind {
  const kind = kindWords.get(text.normalize('NFKC').toLowerCase())
  if (kind === undefined) throw cellError('kind', 'unknown', [...new Set(kindWords.values())])
  return kind
}

export function mailOf(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return text
  if (text.length > 320 || !/^[^\s@]+@[^\s@]+$/.test(text)) throw cellError('mail', 'no address')
  return text
}

function departmentOf(text: string | undefined): string | null | undefined {
  if (text === undefined) return undefined
  if (text.length > 80) throw cellError('department', 'too long')
  return text === '' ? null : text
}

/** @throws OkiteError `TABLE_CELL` */
export function jobsOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined
  const jobs = [...new Set(text.split(/[\s,;|、]+/).filter(job => job !== ''))].sort()
  if (jobs.some(job => !/^[a-z][a-z0-9-]{0,39}$/.test(job))) throw cellError('jobs', 'unknown')
  // 32: one person has a handful.
  if (jobs.length > 32) throw cellError('jobs', 'too many')
  return jobs
}

/** Both days count; without an end he is away until a file says otherwise. */
function awayOf(cells: Cells, today: string): boolean | undefined {
  const from = cells['away-from']
  if (from === undefined) return undefined
  const until = cells['away-until'] ?? ''
  if (from === '') {
    if (until !== '') throw cellError('away-from', 'empty')
    return false
  }
  const begin = dateOf(from, 'away-from')
  const end = until === '' ? null : dateOf(until, 'away-until')
  if (end !== null && end < begin) throw cellError('away-until', 'before its beginning')
  return begin <= today && (end === null || today <= end)
}
