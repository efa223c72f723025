import { closeSync, openSync } from 'node:fs'
import type { EvtxItem } from '../evtx/index.ts'
import { flatten, readEvtx, toJson } from '../evtx/index.ts'
import { evtxSource } from '../evtx/node-file.ts'
import { separatorOf, splitRows } from './csv.ts'
import { type Format, formatOf } from './format.ts'
import { splitValues } from './json-values.ts'
import { runLimits } from './limits.ts'
import { type Piece, type Splitter, splitLines } from './lines.ts'
import { type Opened, openBytes, standardInput } from './open.ts'
import { parseSyslog } from './syslog.ts'

/** A file, or a piece of one, to be read. `isNamed`: somebody asked for it, it was not just found. */
export type Input = Readonly<{
  path: string
  format: Format | null
  piece: Piece | null
  isNamed: boolean
}>

/**
 * Takes what a file has. An event is bytes of a JSON object, bytes of a line of text, or an object;
 * it is only lent. `at` is its line or its place, from 0; `record` the number that an event log gave it.
 */
export type RecordSink = Readonly<{
  event(event: Uint8Array | object, at: number, record: string | null): void
  trouble(code: string, at: number | null, detail: string): void
  /** Bytes that were read from the disk. */
  read(bytes: number): void
  /** Called between events every now and then: reading goes on when it is done. */
  pause(): Promise<void> | null
}>

/** What a file turned out to be; `lines` is how many lines a piece has. */
export type Read = Readonly<{ format: Format | null; lines: number }>

/**
 * Reads all events of a file. What is wrong inside it is told to the sink.
 *
 * @throws Error with `code`, see `readingError`: the file cannot be read, or not further
 */
export async function readRecords(input: Input, sink: RecordSink): Promise<Read> {
  let bytesRead = 0
  // What lies behind a piece is counted with the next one.
  const ownBytes = input.piece === null ? Number.POSITIVE_INFINITY : sizeOf(input.piece)
  const counting = (bytes: number): void => {
    const own = Math.min(bytes, ownBytes - bytesRead)
    bytesRead += own
    sink.read(own)
  }
  const opened = await openBytes(input.path, counting, startOf(input.piece))
  try {
    const format = input.format ?? formatOf(opened.peek, input.path, input.isNamed)
    if (format === null) return { format, lines: 0 }
    if (format === 'evtx') {
      if (!opened.isPlain || input.path === standardInput) {
        await readItems(readEvtx(await wholeOf(opened)), sink)
      } else {
        await opened.close()
        // What was looked at is read again.
        sink.read(-bytesRead)
        await readLog(input.path, sink)
      }
      return { format, lines: 0 }
    }
    let lines = 0
    const counted = (nth: number): void => void (lines = nth + 1)
    const splitter = splitterFor(format, { input, peek: opened.peek, sink, counted })
    for await (const chunk of opened.chunks) {
      splitter.push(chunk)
      if (splitter.isDone()) break
      const pause = sink.pause()
      if (pause) await pause
    }
    splitter.end()
    return { format, lines }
  } finally {
    await opened.close()
  }
}

const sizeOf = ({ from, to }: Piece): number => to - from

/** One byte before the piece shows whether a line begins with it. */
const startOf = (piece: Piece | null): number => Math.max(0, (piece?.from ?? 0) - 1)

type Splitting = Readonly<{
  input: Input
  peek: Uint8Array
  sink: RecordSink
  counted(nth: number): void
}>

function splitterFor(
  format: Exclude<Format, 'evtx'>,
  { input, peek, sink, counted }: Splitting,
): Splitter {
  const trouble = (code: string, nth: number): void => sink.trouble(code, nth, '')
  switch (format) {
    case 'json':
      return splitValues({ object: (bytes, nth) => sink.event(bytes, nth, null), trouble })
    case 'csv': {
      const header = Buffer.from(peek).toString().split('\n', 1)[0] ?? ''
      return splitRows(
        { row: (row, nth) => sink.event(row, nth, null), trouble },
        separatorOf(header),
      )
    }
    case 'jsonl':
    case 'syslog':
    case 'text': {
      const take = lineTaker(format, sink)
      return splitLines(
        {
          line(bytes, nth) {
            counted(nth)
            if (!isBlank(bytes)) take(bytes, nth)
          },
          tooLong(nth) {
            counted(nth)
            trouble('EVENT_TOO_LARGE', nth)
          },
        },
        input.piece,
      )
    }
  }
}

function lineTaker(
  format: 'jsonl' | 'syslog' | 'text',
  sink: RecordSink,
): (bytes: Uint8Array, nth: number) => void {
  switch (format) {
    case 'jsonl':
      return (bytes, nth) => {
        if (firstOf(bytes) === openBrace) sink.event(bytes, nth, null)
        else sink.trouble('EVENT_SHAPE', nth, 'no object')
      }
    case 'syslog':
      return (bytes, nth) => {
        const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
        sink.event(parseSyslog(line) ?? bytes, nth, null)
      }
    case 'text':
      return (bytes, nth) => sink.event(bytes, nth, null)
  }
}

const openBrace = 123
const isBlankByte = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13)
const firstOf = (bytes: Uint8Array): number | undefined => bytes.find(byte => !isBlankByte(byte))
const isBlank = (bytes: Uint8Array): boolean => firstOf(bytes) === undefined

/** An event log that is a plain file: a chunk of it is in memory at a time. */
async function readLog(path: string, sink: RecordSink): Promise<void> {
  const file = openSync(path, 'r')
  try {
    const source = evtxSource(file)
    const read = (at: number, into: Uint8Array): number => {
      const bytes = source.read(at, into)
      sink.read(bytes)
      return bytes
    }
    await readItems(readEvtx({ sizeBytes: source.sizeBytes, read }), sink)
  } finally {
    closeSync(file)
  }
}

async function readItems(items: Iterable<EvtxItem>, sink: RecordSink): Promise<void> {
  let nth = 0
  for (const item of items) {
    if (item.kind === 'record') {
      sink.event(flatten(toJson(item.event)), nth++, String(item.recordId))
      const pause = sink.pause()
      if (pause) await pause
    } else {
      const record = item.recordId === null ? '' : `, record ${item.recordId}`
      sink.trouble(item.reason, null, `byte ${item.at}${record}`)
    }
  }
}

async function wholeOf({ chunks }: Opened): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > runLimits.packedEvtxBytesMax) {
      const message = `an event log of more than ${runLimits.packedEvtxBytesMax} bytes cannot be read packed`
      throw Object.assign(new Error(message), { code: 'EVTX_TOO_LARGE' })
    }
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}
