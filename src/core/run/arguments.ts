import { OkiteError } from '../error.ts'

/** A command line, taken apart: flags that core knows, the command, and what is left for it. */
export type Arguments = Readonly<{
  command: string
  rest: readonly string[]
  data: string | null
  language: string | null
}>

/** Longer arguments are no arguments. */
const argumentBytesMax = 8_192

/**
 * Takes `--data DIR` and `--lang LANGUAGE` from wherever they stand; the first word is the command.
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
  return {
    command: rest[0] ?? 'help',
    rest: rest.slice(1),
    data: taken['data'] ?? null,
    language: taken['lang'] ?? null,
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
