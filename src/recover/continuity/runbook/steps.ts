import { createHash } from 'node:crypto'
import { OkiteError } from '../../../core/error.ts'
import { type PlainColumn, readValue } from '../../../core/register/plain-column.ts'
import { openTable } from '../../../core/register/table.ts'
import { stepsMax } from '../facts.ts'

/** A step as people write it. */
export type Step = Readonly<{
  /** Which system is back when it is done; null: none yet. */
  system: string | null
  role: string
  minutes: number
  todo: string
  /** By what one sees that it is done. */
  sign: string
}>

/** Longer than this nobody reads while everything stands still. */
export const wordsMax = 1_000
/** A week. */
export const minutesMax = 10_080
/** 1 MiB: many times what so many steps can have. */
export const stepsBytesMax = 1_048_576

const columns: readonly PlainColumn[] = [
  {
    ...{ name: 'role', field: 'role', kind: 'office', width: 20, isRequired: true },
    ...{ pattern: /^[a-z][a-z0-9-]{0,39}$/, names: ['office', '役割', '担当', '角色', '職務'] },
  },
  {
    ...{ name: 'minutes', field: 'minutes', kind: 'number', width: 10, isRequired: true },
    ...{ least: 1, most: minutesMax, names: ['所要時間', '想定時間', '分', '預計時間', '分鐘'] },
  },
  {
    ...{ name: 'system', field: 'system', kind: 'text', width: 20, most: 80 },
    names: ['復旧するシステム', 'システム', '復原系統', '系統'],
  },
  {
    ...{ name: 'todo', field: 'todo', kind: 'text', width: 60, isRequired: true, most: wordsMax },
    names: ['what to do', '手順', '作業内容', '步驟', '作業內容'],
  },
  {
    ...{ name: 'sign', field: 'sign', kind: 'text', width: 60, isRequired: true, most: wordsMax },
    names: ['done when', '完了の確認', '完了条件', '完成確認', '完成條件'],
  },
]

/**
 * Steps from a file, a row each, in their order.
 *
 * @throws OkiteError `TABLE_…` with the line of the first that is wrong, `RUNBOOK_STEPS`
 */
export function readSteps(bytes: Uint8Array): readonly Step[] {
  if (bytes.length > stepsBytesMax)
    throw new OkiteError('TABLE_FILE_TOO_LARGE', { limit: stepsBytesMax })
  const steps: Step[] = []
  for (const { line, cells, error } of openTable(bytes, columns).rows()) {
    if (error !== undefined) throw atLine(error, line)
    // Refused before more is read: the file is of another kind.
    if (steps.length >= stepsMax) throw new OkiteError('RUNBOOK_STEPS', { why: 'too many' })
    try {
      const read = Object.fromEntries(
        columns.map(column => [column.name, readValue(column, cells) ?? null]),
      )
      steps.push(read as unknown as Step)
    } catch (cause) {
      throw cause instanceof OkiteError ? atLine(cause, line) : cause
    }
  }
  return checked(steps)
}

const atLine = (error: OkiteError, line: number): OkiteError =>
  new OkiteError(error.code, { line, ...error.data }, { cause: error })

/** What no single step can know. @throws OkiteError `RUNBOOK_STEPS` */
export function checked(steps: readonly Step[]): readonly Step[] {
  const systems = systemsOf(steps)
  const why =
    steps.length === 0
      ? 'none'
      : steps.length > stepsMax
        ? 'too many'
        : systems.length === 0
          ? 'no system'
          : new Set(systems).size < systems.length
            ? 'system twice'
            : null
  if (why !== null) throw new OkiteError('RUNBOOK_STEPS', { why })
  return steps
}

/** Systems in the order in which they come back. */
export const systemsOf = (steps: readonly Pick<Step, 'system'>[]): readonly string[] =>
  steps.flatMap(({ system }) => system ?? [])

/** Binds every word of every step, in their order. */
export const hashOfSteps = (steps: readonly Step[]): string =>
  createHash('sha256')
    .update(
      JSON.stringify(
        steps.map(({ system, role, minutes, todo, sign }) => [system, role, minutes, todo, sign]),
      ),
    )
    .digest('hex')
