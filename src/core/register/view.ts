import type { FactType } from '../fact.ts'
import type { HandPorts, Reader } from '../module.ts'
import type { ViewAction } from './action.ts'
import type { Column } from './columns.ts'
import type { RegisterKind } from './kind.ts'
import type { Kept, RegisterTable } from './register-table.ts'
import type { Cells } from './table.ts'
import type { AnyWhole, SecondLook } from './whole.ts'

export const columnKinds = [
  'text',
  'code',
  'office',
  'choice',
  'truth',
  'number',
  'date',
  'list',
  'place',
  'control',
] as const

/** A column of a register as people work with it. Its label is `<register>.column.<name>` of the catalogues. */
export type ViewColumn = Column &
  Readonly<{
    kind: (typeof columnKinds)[number]
    /** In characters of half width. */
    width: number
    /** Of a choice, or of a list of them. */
    choices?: readonly string[]
    /** Only who may see personal values sees it, finds by it, or sorts by it. */
    isPersonal?: boolean
    /** It is said once: what is otherwise is another entry. */
    isFixed?: boolean
    /** Its value, or each in a list, is of another register: the cell of its column `by`, or its number. */
    of?: Readonly<{ register: string; by?: string }>
    /** Said by other facts, and never typed in or imported. */
    isShownOnly?: boolean
  }>

/**
 * A register as people work with it: what stands in a row, as texts by column in the form in which they
 * are typed and imported, and how what is typed becomes facts (`kind`).
 */
export type View<Row extends Kept, Entry, Standing> = Readonly<{
  kind: RegisterKind<Entry, Standing>
  columns: readonly ViewColumn[]
  table: RegisterTable<Row>
  /** All that is not personal. */
  cellsOf(row: Row, ports: Pick<HandPorts, 'policy' | 'clock'>): Cells
  /** The personal columns, in the order of the rows; what is erased is empty. */
  disclose?(rows: readonly Row[], reader: Reader): Promise<readonly Cells[]>
  /** What stands in a row rests on other tables as well, so that it is read whole each time: a small one. */
  isReadWhole?: boolean
  standingOf(row: Row): Standing
  /** False where entries are ended by what this register does not know, or by two persons. */
  isClosable: boolean
  /** What else is done with an entry. */
  actions?: readonly ViewAction<Row>[]
  whole?(reader: Reader): AnyWhole
  /**
   * How a second source is laid beside it. @param of where a source knows one part only, which: one of
   * the choices of `parts` @throws OkiteError `REGISTER_USAGE`
   */
  second?(reader: Reader, of: string | null): SecondLook
  /** The column by which it falls into parts that are compared, and may be declared, each by itself. */
  parts?: Readonly<{ column: string; choices: readonly string[] }>
  /** The fact by which a comparison is told, in one or more parts. */
  compared?: FactType
  /** The columns by which people tell one entry from another that is called alike; without it the first ones. */
  hints?: readonly string[]
  /** The column with the day on which an entry was last looked into. */
  verified?: string
}>

export type AnyView = View<any, any, any>

/** What a file of it may have as columns. */
export const columnsOf = (columns: readonly ViewColumn[]): readonly ViewColumn[] =>
  columns.filter(({ isShownOnly }) => !isShownOnly)
