import { resolve } from 'node:path'
import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { fileBytesMax, type Recorded, record } from '../record/record.ts'
import { readFlags } from './arguments.ts'
import type { Call } from './call.ts'
import type { Okite } from './compose.ts'
import { errorLine } from './explain.ts'
import { inProgram } from './in-program.ts'
import { readNamedFile } from './named-file.ts'

/** What crosses the control socket: the program that runs reads the file itself. */
export const recordCall = z.strictObject({
  path: z.string().max(8_192),
  by: z.string().min(1).max(320),
  dry: z.boolean(),
})

type RecordRequest = z.infer<typeof recordCall>

type RecordAnswer = Readonly<{
  lines: number
  appended: number
  known: number
  last: number | null
  complaintCount: number
  complaints: readonly Readonly<{ line: number; code: string; data: OkiteError['data'] }>[]
}>

/** `./okite record FILE --by PERSON [--dry-run]`: facts that no machine can see, a line each. */
export async function runRecord(args: readonly string[], call: Call): Promise<number> {
  const { flags, words } = readFlags(args, { by: 'value', 'dry-run': 'switch' })
  const [path, ...more] = words
  const by = flags['by']?.trim() ?? ''
  if (path === undefined || more.length > 0 || by === '') {
    throw new OkiteError('ARGUMENT_INVALID', { argument: 'record FILE --by PERSON' })
  }
  const dry = flags['dry-run'] !== undefined
  const request = { path: resolve(path), by, dry }
  const answer = await inProgram<RecordRequest, RecordAnswer>(
    call,
    '/record',
    request,
    answerRecord,
  )
  const { complaints, complaintCount, lines, ...counts } = answer
  if (complaintCount === 0) {
    const id = dry ? 'cli.record.good' : 'cli.record.done'
    call.out(`${call.say(id, { ...counts, last: counts.last ?? 0, lines })}\n`)
    return 0
  }
  for (const { line, code, data } of complaints) {
    const text = errorLine(new OkiteError(code, data), call.source, call.locale)
    call.out(`${call.say('cli.record.line', { line })}  ${text}\n`)
  }
  call.out(`${call.say('cli.record.refused', { count: complaintCount, lines })}\n`)
  return 1
}

/** Runs inside the program. @throws OkiteError `RECORD_FILE_MISSING` and those of `record` */
export async function answerRecord(okite: Okite, request: RecordRequest): Promise<RecordAnswer> {
  const recorded = await recordLines(okite, readBytes(request.path), request)
  return {
    ...recorded,
    complaints: recorded.complaints.map(({ line, error }) => ({
      line,
      code: error.code,
      data: error.data,
    })),
  }
}

type Telling = Readonly<{ by: string; dry: boolean; anew?: boolean }>

/** One file at a time, so that the list tells of every fact with which file it came. */
const turns = new WeakMap<Okite, Promise<unknown>>()

/** Records what a person told, whoever asks for it. @throws OkiteError those of `record` */
export function recordLines(okite: Okite, bytes: Uint8Array, options: Telling): Promise<Recorded> {
  const before = turns.get(okite) ?? Promise.resolve()
  const turn = before.then(() => recordOne(okite, bytes, options))
  turns.set(
    okite,
    turn.catch(() => undefined),
  )
  return turn
}

async function recordOne(
  okite: Okite,
  bytes: Uint8Array,
  { by, dry, anew = false }: Telling,
): Promise<Recorded> {
  const { clock, ledger, modules } = okite
  const recorded = await record(bytes, {
    ledger,
    types: modules.types,
    judges: modules.judges,
    nowMs: clock.nowMs(),
    by,
    dry,
    anew,
  })
  if (recorded.last !== null) await okite.settled(recorded.last)
  return recorded
}

const readBytes = (path: string): Uint8Array =>
  readNamedFile(path, fileBytesMax, {
    missing: 'RECORD_FILE_MISSING',
    tooLarge: 'RECORD_FILE_TOO_LARGE',
  })
