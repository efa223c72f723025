import { argon2, createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { OkiteError } from '../error.ts'
import { chineseWords, japaneseWords } from './password-words.ts'

const derive = promisify(argon2)

/** OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane. About 50 ms on a small server. */
const costs = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const

/** Two at a time take 38 MiB; whoever waits behind this many is told to come again. */
const atOnceMax = 2
const waitingMax = 32

export const lengthMin = 12
/** Longer ones are refused and never cut; the strength estimate reads as much. */
export const lengthMax = 256

/** Of 4: ten thousand million guesses. Three common words with a sign behind them reach 3. */
const scoreMin = 4

/** The estimate alone takes seconds for more; what begins so strongly is strong. */
const estimatedMax = 64

/** 256 KiB: a file of a five-letter prefix has some two thousand lines of 40 bytes. */
const breachBytesMax = 262_144

/**
 * Hashes and checks passwords. What is hashed is the text in NFC, so that the same keys on two machines
 * are one password (RFC 8265, 4.2), and nothing is trimmed or cut. The pepper lies outside the database.
 */
export type Passwords = Readonly<{
  hash(password: string): Promise<string>
  /** Takes the same time whether or not there is a hash. */
  verify(password: string, hash: string | null): Promise<boolean>
}>

export function createPasswords(pepper: Buffer): Passwords {
  const gate = createGate()
  const run = (password: string, nonce: Buffer) =>
    gate(() =>
      derive('argon2id', {
        message: Buffer.from(password.normalize('NFC')),
        nonce,
        secret: pepper,
        ...costs,
      }),
    )
  return {
    async hash(password) {
      const nonce = randomBytes(16)
      return [head, nonce, await run(password, nonce)].map(asText).join('$')
    },
    async verify(password, hash) {
      const [nonce, want] = hash === null ? [randomBytes(16), null] : readHash(hash)
      const got = await run(password, nonce)
      return want !== null && timingSafeEqual(got, want)
    },
  }
}

/** As in the PHC string format. */
const head = `$argon2id$v=19$m=${costs.memory},t=${costs.passes},p=${costs.parallelism}`
const asText = (part: string | Buffer): string =>
  typeof part === 'string' ? part : part.toString('base64').replaceAll('=', '')

function readHash(hash: string): [Buffer, Buffer] {
  const [nonce = '', tag = ''] = hash.slice(head.length + 1).split('$')
  const read: [Buffer, Buffer] = [Buffer.from(nonce, 'base64'), Buffer.from(tag, 'base64')]
  // One set of costs so far. Another one is another head, and is read beside this one.
  const isOurs = hash.startsWith(`${head}$`) && read[1].length === costs.tagLength
  if (!isOurs) throw new OkiteError('ACCOUNT_HASH')
  return read
}

function createGate() {
  let running = 0
  const waiting: Array<() => void> = []
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= atOnceMax) {
      if (waiting.length >= waitingMax) throw new OkiteError('HTTP_RATE', { retryAfterSeconds: 5 })
      await new Promise<void>(resolve => waiting.push(resolve))
    } else {
      running += 1
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}

/** Why a password is refused: a code with words in the catalogues. */
export type PasswordFault = 'short' | 'long' | 'unmixed' | 'personal' | 'guessable' | 'breached'

/**
 * Whether a new password may be taken.
 *
 * @param personal words of this person and this organisation, which may not be in it
 * @param breachFolder files named by the first five letters of a SHA-1, each a line `SUFFIX:COUNT`, as
 *   k-anonymity services publish them; null: none is configured
 * @throws OkiteError `ACCOUNT_PASSWORD` with the fault
 */
export async function requireGoodPassword(
  password: string,
  personal: readonly string[],
  breachFolder: string | null,
): Promise<void> {
  const fault = (why: PasswordFault): never => {
    throw new OkiteError('ACCOUNT_PASSWORD', { why })
  }
  const text = password.normalize('NFC')
  const length = Array.from(text).length
  if (length < lengthMin) fault('short')
  if (length > lengthMax) fault('long')
  if (kindsOf(text) < 3) fault('unmixed')
  const words = personalWords(personal)
  const folded = text.normalize('NFKC').toLowerCase()
  if (words.some(word => folded.includes(word))) fault('personal')
  const { score } = (await estimator()).check(text.slice(0, estimatedMax), [...words])
  if (score < scoreMin) fault('guessable')
  if (breachFolder !== null && (await isBreached(text, breachFolder))) fault('breached')
}

/** Small letters, capitals, digits, and everything else – which kana and Han characters are. */
const kindsOf = (text: string): number =>
  [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter(kind => kind.test(text)).length

/** Parts of names and addresses that are long enough to give somebody away. */
export const personalWords = (texts: readonly string[]): readonly string[] => [
  ...new Set(
    texts
      .flatMap(text =>
        text
          .normalize('NFKC')
          .toLowerCase()
          .split(/[^\p{L}\p{N}]+/u),
      )
      // Two Han characters are a whole name; of Latin letters fewer than four are in many words.
      .filter(word => word.length >= (/[^a-z0-9]/.test(word) ? 2 : 4)),
  ),
]

let made: Promise<ZxcvbnFactory> | null = null

/** Its dictionaries are megabytes: they are read when the first password is chosen. */
const estimator = (): Promise<ZxcvbnFactory> => (made ??= makeEstimator())

async function makeEstimator(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, common, en, ja] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
    import('@zxcvbn-ts/language-ja'),
  ])
  const own = {
    okite: ['okite', 'houshin', 'security'],
    zh: [...chineseWords],
    ja: [...japaneseWords],
  }
  return new ZxcvbnFactory({
    dictionary: {
      ...common.dictionary,
      ...prefixed('en', en.dictionary),
      ...prefixed('ja', ja.dictionary),
      ...own,
    },
    graphs: common.adjacencyGraphs,
  })
}

/** Two languages call their lists alike. */
const prefixed = <T>(language: string, lists: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(lists).map(([name, list]) => [`${language}-${name}`, list]))

/** A file that is not there knows nothing of this prefix. One that cannot be read refuses: deny when unsure. */
async function isBreached(text: string, folder: string): Promise<boolean> {
  const hash = createHash('sha1').update(text, 'utf8').digest('hex').toUpperCase()
  const [prefix, suffix] = [hash.slice(0, 5), hash.slice(5)]
  let lines: Buffer
  try {
    lines = await readFile(join(folder, prefix))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw new OkiteError('ACCOUNT_BREACH_FILE', { file: prefix })
  }
  if (lines.length > breachBytesMax) throw new OkiteError('ACCOUNT_BREACH_FILE', { file: prefix })
  return lines
    .toString('latin1')
    .toUpperCase()
    .split(/\r?\n/)
    .some(line => line.startsWith(`${suffix}:`) && !line.endsWith(':0'))
}
