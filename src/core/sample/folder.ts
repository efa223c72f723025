import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { secretsText } from '../ledger/secrets.ts'
import { keyLine } from '../ledger/signer.ts'
import { secretOf } from './random.ts'

/**
 * What makes a folder a sample: the name of the key that signs its list. Every checkpoint bears it, and
 * a list signed by another key does not open, so nobody takes the mark off by accident. The file
 * `sample.json` beside it says which sample it is, and marks the folder while it has no key yet.
 */
const host = 'sample.example'

const markSchema = z.strictObject({
  seed: z.int().min(0).max(0xffff_ffff),
  until: z.iso.datetime({ precision: 3 }),
  isFull: z.boolean(),
})
export type Mark = z.infer<typeof markSchema>

const markPath = (folder: string) => join(folder, 'sample.json')
const signerPath = (folder: string) => join(folder, 'keys', 'signer')

/** Where either mark is found, it is one: what is a sample must never pass for real. */
export function isSample(folder: string): boolean {
  return existsSync(markPath(folder)) || isSignedBySample(folder)
}

function isSignedBySample(folder: string): boolean {
  const wanted = `PRIVATE+KEY+${host}/`
  const start = Buffer.alloc(wanted.length)
  let file: number
  try {
    file = openSync(signerPath(folder), 'r')
  } catch {
    return false
  }
  try {
    readSync(file, start)
  } finally {
    closeSync(file)
  }
  return start.toString() === wanted
}

/** Which sample a folder holds; null where nothing says. @throws OkiteError `SAMPLE_UNFINISHED` */
export function readMark(folder: string): Mark | null {
  if (!existsSync(markPath(folder))) return null
  try {
    // It is ours, and a few words long: what is longer is cut and then no JSON.
    return markSchema.parse(JSON.parse(readFileSync(markPath(folder), 'utf8').slice(0, 1_000)))
  } catch (cause) {
    throw new OkiteError('SAMPLE_UNFINISHED', { folder }, { cause })
  }
}

export function writeMark(folder: string, mark: Mark): void {
  writeFileSync(markPath(folder), `${JSON.stringify(mark)}\n`, { mode: 0o600 })
}

/**
 * Keys that follow from the seed, for a folder that has none. They protect nothing: whoever knows the
 * seed has them.
 */
export function makeKeys(folder: string, seed: number): void {
  const keys = join(folder, 'keys')
  mkdirSync(keys, { mode: 0o700 })
  const id = secretOf(seed, 'ledger').toString('hex').slice(0, 16)
  const own = { mode: 0o600, flag: 'wx' }
  writeFileSync(signerPath(folder), keyLine(`${host}/okite/${id}`, secretOf(seed, 'signer')), own)
  const secrets = secretsText(name => secretOf(seed, `secrets ${name}`))
  writeFileSync(join(keys, 'secrets'), secrets, own)
}
