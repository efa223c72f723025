import type { ErrorData } from '../error.ts'

/** A problem document (RFC 9457), as the edge makes it of what was refused. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: string
  readonly status: number
  readonly remedy: string
  readonly data: ErrorData

  constructor(
    told: Readonly<{
      code?: string
      status?: number
      title?: string
      remedy?: string
      data?: ErrorData
    }>,
  ) {
    super(told.title ?? '')
    this.code = told.code ?? ''
    this.status = told.status ?? 0
    this.remedy = told.remedy ?? ''
    this.data = told.data ?? {}
  }

  /** Somebody else has changed it since it was read. */
  get isConflict(): boolean {
    return this.status === 409 || this.status === 412
  }

  /**
   * The fields that the server would not take, by name, with the code of each complaint. A route's
   * schema tells them as `name: code, …`; a module's own refusal names its field as `field`, or several
   * as `fields`: by their names, or of a register by their columns, with the why of a cell.
   */
  get fields(): ReadonlyMap<string, string> {
    const { part, at, field, fields } = this.data
    if (Array.isArray(fields)) return new Map((fields as FieldTold[]).map(toldOf))
    if (typeof field === 'string') return new Map([[field, this.code]])
    if (part !== 'body' || typeof at !== 'string') return new Map()
    const told = at.split(', ').map(each => each.split(': '))
    return new Map(told.map(([name = '', code = '']) => [name, code]))
  }
}

type FieldTold = Readonly<{ column?: string; field?: string; code: string; why?: string }>

const toldOf = ({ column, field = '', code, why }: FieldTold) =>
  [column ?? field, why === undefined ? code : `${code}.why.${why.replaceAll(' ', '-')}`] as const

type Words = Readonly<{
  t(id: string, values?: Readonly<Record<string, unknown>>): string
  has(id: string): boolean
}>

/**
 * A problem in the language of its reader; the server's English where no catalogue has it. What is done about
 * it on a screen may be another thing than at the command line: `….remedy.screen` says so.
 */
export function problemText(
  words: Words,
  problem: Readonly<{ code: string; message: string; remedy: string; data?: ErrorData }>,
): Readonly<{ what: string; remedy: string }> {
  const id = `error.${problem.code.replaceAll('_', '-')}`
  if (!words.has(id)) return { what: problem.message, remedy: problem.remedy }
  const remedy = [`${id}.remedy.screen`, `${id}.remedy`].find(words.has)
  const fails = problem.data?.['fails']
  const said = words.t(id)
  const what = typeof fails === 'string' ? words.t('ui.problem.fails', { what: said, fails }) : said
  return { what, remedy: remedy === undefined ? '' : words.t(remedy) }
}

export type Particular = Readonly<{ name: string; label: string; value: string }>

/** So many are shown, each so long: a refusal names what is wrong, and does not repeat it. */
const particularsMax = 6
const valueMax = 300

/** Which column, which line, how many: what the problem names and the catalogue has a word for. */
export function particularsOf(
  { t, has }: Words,
  { data }: Pick<Problem, 'data'>,
): readonly Particular[] {
  return Object.entries(data)
    .filter(([name]) => has(`error.data.${name}`))
    .flatMap(([name, value]) => {
      const parts = (Array.isArray(value) ? value : [value]).filter(
        part => typeof part === 'string' || typeof part === 'number',
      )
      const text = parts.join(', ').slice(0, valueMax)
      return text === '' ? [] : [{ name, label: t(`error.data.${name}`), value: text }]
    })
    .slice(0, particularsMax)
}
