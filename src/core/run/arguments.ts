import { OkiteError } from '../error.ts'
import { type Locale, localeOf } from '../i18n/locale.ts'

/** A command line, taken apart: flags that core knows, the command, and what is left for it. */
export type Arguments = Readonly<{
  command: string
  rest: readonly string[]
  data: string | null
  /** It is about the sample organisation. */
  isSample: boolean
  language: Locale | null
}>

/** What people try first on a program that they do not know. */
const synonyms: Readonly<Record<string, string>> = {
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
  '-V': 'version',
}

/** Longer arguments are no arguments. */
const argumentBytesMax = 8_192

/**
 * Takes `--data DIR`, `--lang LANGUAGE` and `--sample` from wherever they stand; the first word is the command.
 * What follows `--` is left alone.
 *
 * @throws OkiteError `ARGUMENT_INVALID`
 */
export function readArguments(words: readonly string[]): Arguments {
  const rest: string[] = []
  const taken: Record<string, string> = {}
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (Buffer.byteLength(word) > argumentBytesMax || /\0/.test(word)) {
      throw new OkiteError('ARGUMENT_INVALID', { argument: word.slice(0, 40) })
    }
    if (word === '--') {
      rest.push(...words.slice(index + 1))
      break
    }
    if (word === '--sample') {
      if (Object.hasOwn(taken, 'sample')) {
        throw new OkiteError('ARGUMENT_INVALID', { argument: word })
      }
      taken['sample'] = 'true'
      continue
    }
    const flag = /^--(data|lang)(?:=(.*))?$/s.exec(word)
    if (flag?.[1] === undefined) {
      rest.push(word)
      continue
    }
    const value = flag[2] ?? words[++index]
    if (value === undefined || value === '' || Object.hasOwn(taken, flag[1])) {
      throw new OkiteError('ARGUMENT_INVALID', { argument: `--${flag[1]}` })
    }
    taken[flag[1]] = value
  }
  const language = taken['lang'] === undefined ? null : localeOf(taken['lang'])
  if (taken['lang'] !== undefined && language === null) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: `--lang ${taken['lang'].slice(0, 40)}` })
  }
  const [first = 'help', ...others] = rest
  return {
    command: Object.hasOwn(synonyms, first) ? (synonyms[first] ?? first) : first,
    rest: others,
    data: taken['data'] ?? null,
    isSample: taken['sample'] !== undefined,
    language,
  }
}

/**
 * For a command that takes nothing: what stands there was meant for something else.
 *
 * @throws OkiteError `ARGUMENT_INVALID`
 */
export function refuseWords(words: readonly string[]): void {
  if (words.length > 0) {
    throw new OkiteError('ARGUMENT_INVALID', { argument: (words[0] ?? '').slice(0, 80) })
  }
}

/**
 * Reads the flags of one command, strictly: `--name value`, `--name=value`, or `--name` alone for a
 * switch.
 *
 * @throws OkiteError `ARGUMENT_INVALID` naming what is not known or lacks its value
 */
export function readFlags(
  words: readonly string[],
  known: Readonly<Record<string, 'value' | 'switch'>>,
): Readonly<{ flags: Readonly<Record<string, string>>; words: readonly string[] }> {
  const flags: Record<string, string> = {}
  const others: string[] = []
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    const match = /^--([a-z][a-z-]*)(?:=(.*))?$/s.exec(word)
    if (match?.[1] === undefined) {
      others.push(word)
      continue
    }
    const [, name, given] = match
    const kind = Object.hasOwn(known, name) ? known[name] : undefined
    const value =
      kind === 'switch' ? (given === undefined ? 'true' : undefined) : (given ?? words[++index])
    if (kind === undefined || value === undefined || Object.hasOwn(flags, name)) {
      throw new OkiteError('ARGUMENT_INVALID', { argument: `--${name}` })
    }
    flags[name] = value
  }
  return { flags, words: others }
}
