import { parseArgs } from 'node:util'
import type { EventSource } from '../index.ts'
import { type Format, formats } from './format.ts'
import { levels } from './levels.ts'
import { runLimits } from './limits.ts'

/** What a run was asked to do. */
export type Options = Readonly<{
  rules: readonly string[]
  events: readonly string[]
  format: Format | null
  source: EventSource | null
  levelMin: string | null
  /** null: one for each core. */
  workers: number | null
  isJson: boolean
  hasWhy: boolean
  hasStats: boolean
}>

const known = {
  rules: { type: 'string', short: 'r', multiple: true },
  format: { type: 'string', short: 'f' },
  product: { type: 'string', multiple: true },
  category: { type: 'string', multiple: true },
  service: { type: 'string', multiple: true },
  level: { type: 'string', short: 'l' },
  workers: { type: 'string', short: 'w' },
  json: { type: 'boolean', short: 'j' },
  why: { type: 'boolean' },
  stats: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Reads a command line: what to do, that help is wanted, or what is wrong with it. */
export function parseOptions(
  words: readonly string[],
): { options: Options } | { help: true } | { wrong: string } {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(words)
  } catch (error) {
    if (error instanceof TypeError && 'code' in error)
      return { wrong: firstSentence(error.message) }
    throw error
  }
  const { values, positionals } = parsed
  if (values.help) return { help: true }
  const { rules = [], format = null, level = null, workers = null } = values
  if (rules.length === 0) return { wrong: 'name the rules: --rules DIR' }
  if (positionals.length === 0)
    return { wrong: 'name the events: files, folders, or - for standard input' }
  if (format !== null && !isFormat(format)) {
    return { wrong: `--format is one of ${formats.join(', ')}` }
  }
  if (level !== null && !(levels as readonly string[]).includes(level)) {
    return { wrong: `--level is one of ${levels.join(', ')}` }
  }
  const workersWanted = workers === null ? null : Number(workers)
  if (workersWanted !== null && !isWorkers(workersWanted)) {
    return { wrong: `--workers is a number from 1 to ${runLimits.workersMax}` }
  }
  return {
    options: {
      rules,
      events: positionals,
      format,
      source: sourceOf(values),
      levelMin: level,
      workers: workersWanted,
      isJson: values.json ?? false,
      hasWhy: values.why ?? false,
      hasStats: values.stats ?? false,
    },
  }
}

const parse = (words: readonly string[]) =>
  parseArgs({ args: [...words], options: known, allowPositionals: true, strict: true })

/** The library goes on about how to write the word; what is wrong is in front. */
const firstSentence = (message: string): string =>
  (message.split('. ')[0] as string).replace(/\.$/, '')

const isFormat = (text: string): text is Format => (formats as readonly string[]).includes(text)

const isWorkers = (number: number): boolean =>
  Number.isInteger(number) && number >= 1 && number <= runLimits.workersMax

function sourceOf(values: {
  product?: string[]
  category?: string[]
  service?: string[]
}): EventSource | null {
  const lower = (names: string[] = []): string[] => names.map(name => name.toLowerCase())
  const source = {
    products: lower(values.product),
    categories: lower(values.category),
    services: lower(values.service),
  }
  return Object.values(source).every(names => names.length === 0) ? null : source
}
