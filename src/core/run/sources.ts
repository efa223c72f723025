import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** The text of the rules of one module and its SHA-256 (V43). */
export type RuleSource = Readonly<{ hash: string; content: string }>

/**
 * The rule of a judge is its module's facts, judge and controls together with core's kinds and time:
 * a change in any of them may change a conclusion, so each counts as a new source.
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
    files.push(
      join(folder, 'facts.ts'),
      join(folder, 'judge.ts'),
      ...sources(join(folder, 'controls')),
    )
  }
  const content: Record<string, string> = {}
  for (const file of files.filter(existsSync).sort()) {
    content[relative(root, file).replaceAll('\\', '/')] = readFileSync(file, 'utf8')
  }
  const text = JSON.stringify(content)
  return { hash: createHash('sha256').update(text).digest('hex'), content: text }
}

function sources(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .filter(entry => !entry.name.endsWith('.test.ts') && entry.name !== 'testing.ts')
    .map(entry => join(entry.parentPath, entry.name))
}
