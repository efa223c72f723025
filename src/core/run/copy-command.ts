import { closeSync, fsyncSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Pool } from 'pg'
import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { copyIn, copyOut, listEntry, listHead } from '../ledger/copy.ts'
import type { Types } from '../ledger/intake.ts'
import { syncFolder } from '../ledger/private-file.ts'
import { packFromCanonical } from '../policy/read.ts'
import { readFlags } from './arguments.ts'
import type { Call } from './call.ts'
import type { Okite } from './compose.ts'
import { inProgram } from './in-program.ts'
import { readFoldSchema } from './schema.ts'

/** As it crosses the control socket: the program that runs writes the file itself. */
export const exportCall = z.strictObject({ path: z.string().max(8_192) })

/** The content of a policy that the list has adopted: a verdict cannot be judged again without it. */
const policyLine = z.strictObject({ policy: z.string() })

/** `./okite export FILE`: the list as lines of JSON, without anybody's name, to be judged again elsewhere. */
export async function runExport(args: readonly string[], call: Call): Promise<number> {
  const [path, ...more] = readFlags(args, {}).words
  if (path === undefined || more.length > 0) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: 'export FILE' })
  }
  const request = { path: resolve(path) }
  const { size } = await inProgram(call, '/export', request, exportList)
  call.out(`${call.say('cli.export.done', { path, size })}\n`)
  return 0
}

/** Runs inside the program. A file that is there is never written over. @throws OkiteError `EXPORT_FILE` */
export async function exportList(
  okite: Pick<Okite, 'database'>,
  { path }: z.infer<typeof exportCall>,
): Promise<Readonly<{ size: number }>> {
  const { pool } = okite.database
  let file: number
  try {
    file = openSync(path, 'wx', 0o600)
  } catch (cause) {
    throw new OkiteError('EXPORT_FILE', { path }, { cause })
  }
  try {
    const write = (lines: readonly object[]) =>
      // A single write may take less than it is given; this one goes on until all is written.
      writeFileSync(file, lines.map(line => `${JSON.stringify(line)}\n`).join(''))
    const size = await copyOut(pool, {
      async head(head, tx) {
        const { rows } = await tx.query<{ policy: string }>(
          'select content as policy from fold.policy order by hash',
        )
        write([head, ...rows])
      },
      entries: async entries => write(entries),
    })
    // What is answered as exported must outlive a power cut.
    fsyncSync(file)
    syncFolder(dirname(path))
    return { size }
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}

/**
 * Takes an exported list into a database that has none.
 *
 * @param trusted the key that must have signed it, as a vkey; null: the one that it names
 * @throws OkiteError `COPY_FORM` with the line, and those of `copyIn`
 */
export async function importList(
  pool: Pool,
  path: string,
  types: Types,
  trusted: string | null,
): Promise<Readonly<{ size: number; origin: string; vkey: string }>> {
  const lines = numbered(path)
  const first = await lines.next()
  const head = take(listHead, first.done ? null : first.value)
  await pool.query(readFoldSchema())
  async function* entries() {
    for await (const line of lines) {
      const policy = policyLine.safeParse(line.value)
      if (!policy.success) yield take(listEntry, line)
      else await keepPolicy(pool, policy.data.policy, line.number)
    }
  }
  const size = await copyIn(pool, head, entries(), types, trusted)
  return { size, origin: head.origin, vkey: head.vkey }
}

/** Under the hash of what it says, so that no adoption finds another content than its own. */
async function keepPolicy(pool: Pool, content: string, line: number): Promise<void> {
  let hash: string
  try {
    hash = packFromCanonical(content).hash
  } catch (cause) {
    throw new OkiteError('COPY_FORM', { line }, { cause })
  }
  await pool.query(
    'insert into fold.policy (hash, content) values ($1, $2) on conflict do nothing',
    [hash, content],
  )
}

type NumberedLine = Readonly<{ number: number; value: unknown }>

function take<T>(schema: z.ZodType<T>, line: NumberedLine | null): T {
  const { data, success } = schema.safeParse(line?.value)
  if (!success) throw new OkiteError('COPY_FORM', { line: line?.number ?? 1 })
  return data
}

/** 16 MiB: the largest policy; a leaf is a thousandth of it. */
const lineBytesMax = 16 * 1024 * 1024

async function* numbered(path: string): AsyncGenerator<NumberedLine> {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (cause) {
    throw new OkiteError('EXPORT_FILE', { path }, { cause })
  }
  const chunk = Buffer.alloc(1024 * 1024)
  let rest = Buffer.alloc(0)
  let number = 0
  const parse = (bytes: Buffer): NumberedLine => {
    number += 1
    try {
      return { number, value: JSON.parse(bytes.toString('utf8')) }
    } catch (cause) {
      throw new OkiteError('COPY_FORM', { line: number }, { cause })
    }
  }
  try {
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
      rest = Buffer.concat([rest, chunk.subarray(0, size)])
      let begin = 0
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, begin)) {
        yield parse(rest.subarray(begin, end))
        begin = end + 1
      }
      rest = rest.subarray(begin)
      if (rest.length > lineBytesMax) throw new OkiteError('COPY_FORM', { line: number + 1 })
    }
    if (rest.length > 0) yield parse(rest)
  } finally {
    closeSync(file)
  }
}
