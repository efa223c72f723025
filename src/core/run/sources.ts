import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

/** The text of the rules of one module and its SHA-256 (V43). */
export type RuleSource = Readonly<{ hash: string; content: string }>

/**
 * The rule of a judge is its module's facts, judge and controls, what these import of the facts of other
 * modules, and core's kinds and time: a change in any of them may change a conclusion, so each counts
 * as a new source.
 *
 * @param root the folder `src`
 * @param moduleId `core`, or the id of a module
 */
export function ruleSource(root: string, moduleId: string): RuleSource {
  const files = [
    ...sources(join(root, 'core', 'control')),
    ...sources(join(root, 'core', 'time')),
    join(root, 'core', 'time.ts'),
    join(root, 'core', 'fact.ts'),
    join(root, 'core', 'facts.ts'),
  ]
  if (moduleId !== 'core') {
    const folder = join(root, ...moduleId.split('.'))
    const own = [join(folder, 'facts.ts'), join(folder, 'judge.ts')]
    own.push(...sources(join(folder, 'controls')))
    files.push(...closure(own.filter(existsSync)))
  }
  const content: Record<string, string> = {}
  for (const file of [...new Set(files)].filter(existsSync).sort()) {
    content[relative(root, file).replaceAll('\\', '/')] = readFileSync(file, 'utf8')
  }
  const text = JSON.stringify(content)
  return { hash: createHash('sha256').update(text).digest('hex'), content: text }
}

/**
 * Of a judge that reads verdicts, also which controls it reads: a roll-up that chooses them by a rule
 * concludes otherwise when there is one more.
 */
export function withReads(source: RuleSource, reads: readonly string[] | undefined): RuleSource {
  if (reads === undefined || reads.length === 0) return source
  const content = JSON.stringify({ reads, rule: JSON.parse(source.content) })
  return { hash: createHash('sha256').update(content).digest('hex'), content }
}

/** These files and all that they import from modules, by name; core's own stand in every source. */
function closure(files: readonly string[]): readonly string[] {
  const found = new Set(files)
  for (const file of found) {
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(imported)) {
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
