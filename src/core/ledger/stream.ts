import type { ClientBase } from 'pg'

/**
 * The rows of a query in order of position, a page at a time, so that a list of any length is read
 * in the same memory.
 */
export type Stream<Row> = Readonly<{
  /** The next rows; none at the end. */
  page(): Promise<Row[]>
  /** Reads ahead until the rows of every position up to this one are here. */
  fill(pos: number): Promise<void>
  /** The rows of one position. Rows of lower ones that nobody took are strays. */
  take(pos: number): Row[]
  /** Positions of rows that were passed over. */
  strays(): readonly number[]
  /** Positions of rows that were not reached. */
  rest(): readonly number[]
}>

export async function openStream<Row extends { pos: number | string }>(
  client: ClientBase,
  name: string,
  sql: string,
): Promise<Stream<Row>> {
  await client.query(`declare ${name} no scroll cursor for ${sql}`)
  let rows: Row[] = []
  let at = 0
  let isAtEnd = false
  const strays: number[] = []
  const page = async () => {
    const fetched = await client.query<Row>(`fetch ${pageCount} from ${name}`)
    return fetched.rows
  }
  return {
    page,
    async fill(pos) {
      while (!isAtEnd && !(Number(rows.at(-1)?.pos) > pos)) {
        const more = await page()
        isAtEnd = more.length === 0
        rows = rows.slice(at).concat(more)
        at = 0
      }
    },
    take(pos) {
      const taken: Row[] = []
      for (; at < rows.length; at++) {
        const row = rows[at] as Row
        const rowPos = Number(row.pos)
        if (rowPos > pos) break
        if (rowPos === pos) taken.push(row)
        else strays.push(rowPos)
      }
      return taken
    },
    strays: () => strays,
    rest: () => rows.slice(at).map(row => Number(row.pos)),
  }
}

/** A megabyte or so of entries. */
const pageCount = 2000
