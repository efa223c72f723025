import { limits } from '../limits.ts'

/** Takes bytes as they come and gives away whole records. `isDone`: it wants no more. */
export type Splitter = Readonly<{
  push(chunk: Uint8Array): void
  end(): void
  isDone(): boolean
}>

/** `nth` counts from 0. The bytes are only lent: they change when the call is over. */
export type LineSink = Readonly<{
  line(bytes: Uint8Array, nth: number): void
  tooLong(nth: number): void
}>

/** A part of a file: the lines whose first byte lies in it. */
export type Piece = Readonly<{ from: number; to: number }>

/**
 * Splits at line feeds; a carriage return before one falls away. Of a piece that does not begin
 * the file, the bytes start one before it, since only they tell whether a line begins there.
 */
export function splitLines(sink: LineSink, piece: Piece | null = null): Splitter {
  let parts: Uint8Array[] = []
  let size = 0
  let nth = 0
  const isInside = piece !== null && piece.from > 0
  let start = isInside ? piece.from - 1 : 0
  let isFragment = isInside
  const to = piece?.to ?? Number.POSITIVE_INFINITY

  const keep = (bytes: Uint8Array): void => {
    size += bytes.length
    if (size > limits.eventBytesMax) parts = []
    else if (bytes.length > 0 && !isFragment) parts.push(bytes)
  }
  const give = (last: Uint8Array): void => {
    keep(last)
    if (!isFragment) {
      if (size > limits.eventBytesMax) sink.tooLong(nth)
      else
        sink.line(
          withoutReturn(parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts)),
          nth,
        )
      nth++
    }
    isFragment = false
    start += size + 1
    parts = []
    size = 0
  }
  return {
    push(chunk) {
      let from = 0
      for (
        let end = chunk.indexOf(lineFeed);
        end >= 0 && start < to;
        end = chunk.indexOf(lineFeed, from)
      ) {
        give(chunk.subarray(from, end))
        from = end + 1
      }
      if (from < chunk.length && start < to) keep(chunk.subarray(from))
    },
    end() {
      if (size > 0 && start < to) give(new Uint8Array())
    },
    isDone: () => start >= to,
  }
}

const lineFeed = 10
const carriageReturn = 13

const withoutReturn = (line: Uint8Array): Uint8Array =>
  line.at(-1) === carriageReturn ? line.subarray(0, -1) : line
