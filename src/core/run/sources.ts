import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

/** The rules of one module: which files they stand in, and the SHA-256 of that (V43). */
export type RuleSource = Readonly<{
  hash: string
  /** JSON: the SHA-256 of each file by its path. */
  content: string
  /** The texts of the files by their SHA-256: most are core's, and every module's. */
  files: ReadonlyMap<string, string>
}>

/**
 * The rule of a judge is its module's facts, judge and controls, what these import of the facts of other
 * modules, and core's kinds and time: a change in any of them may change a conclusion, so each counts
 * as a new source. Each file is read once, whichever modules are asked for.
 *
 * @param root the folder `src`
 * @returns what gives the source of `core`, or of the module of an id
 */
export function ruleSources(root: string): (moduleId: string) => RuleSource {
  const read = once(path => {
    const text = readFileSync(path, 'utf8')
    return { text, hash: sha256(text) }
  })
  const ofCore = [
    ...sources(join(root, 'core', 'control')),
    ...sources(join(root, 'core', 'time')),
    join(root, 'core', 'time.ts'),
    join(root, 'core', 'fact.ts'),
    join(root, 'core', 'facts.ts'),
  ].filter(existsSync)
  return once(moduleId => {
    const paths = [...ofCore, ...filesOf(root, moduleId, path => read(path).text)]
    const content: Record<string, string> = {}
    const files = new Map<string, string>()
    for (const path of [...new Set(paths)].sort()) {
      const { text, hash } = read(path)
      content[relative(root, path).replaceAll('\\', '/')] = hash
      files.set(hash, text)
    }
    return sourceIn(content, files)
  })
}

const sourceIn = (content: unknown, files: RuleSource['files']): RuleSource => {
  const text = JSON.stringify(content)
  return { hash: sha256(text), content: text, files }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The same question is answered once. */
function once<T>(answer: (question: string) => T): (question: string) => T {
  const known = new Map<string, T>()
  return question => {
    const found = known.get(question) ?? answer(question)
    known.set(question, found)
    return found
  }
}

/** A module's own, and what they import. */
function filesOf(root: string, moduleId: string, read: (path: string) => string) {
  if (moduleId === 'core') return []
  const folder = join(root, ...moduleId.split('.'))
  const own = [join(folder, 'facts.ts'), join(folder, 'judge.ts')]
  own.push(...sources(join(folder, 'controls')))
  return closure(own.filter(existsSync), read)
}

/**
 * Of a judge that reads verdicts, also which controls it reads: a roll-up that chooses them by a rule
 * concludes otherwise when there is one more.
 */
export function withReads(source: RuleSource, reads: readonly string[] | undefined): RuleSource {
  if (reads === undefined || reads.length === 0) return source
  return sourceIn({ reads, rule: JSON.parse(source.content) }, source.files)
}

/** These files and all that they import from modules, by name; core's own stand in every source. */
function closure(files: readonly string[], read: (path: string) => string): readonly string[] {
  const found = new Set(files)
  for (const file of found) {
    for (const [, path = ''] of read(file).matchAll(imported)) {
      const target = join(dirname(file), path)
      if (!target.includes(`${sep}core${sep}`) && existsSync(target)) found.add(target)
    }
  }
  return [...found]
}

const imported = /\bfrom '(\.[^']+\.ts)'/g

function sources(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .filter(entry => !entry.name.endsWith('.test.ts') && entry.name !== 'testing.ts')
    .map(entry => join(entry.parentPath, entry.name))
}
