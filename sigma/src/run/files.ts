import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { RuleSource } from '../index.ts'
import { runLimits } from './limits.ts'
import { readingError, standardInput } from './open.ts'

/** A file that was named, or found in a folder that was named. */
export type FoundFile = Readonly<{ path: string; sizeBytes: number; isNamed: boolean }>
export type Unreadable = Readonly<{ path: string; code: string; detail: string }>

/**
 * All files of these paths, folders walked and in the order of names, each file once. Links to
 * folders inside a folder are not followed, so that no circle is.
 */
export function findFiles(paths: readonly string[]): {
  files: FoundFile[]
  unreadable: Unreadable[]
} {
  const files: FoundFile[] = []
  const unreadable: Unreadable[] = []
  const seen = new Set<string>()
  const trying = (path: string, work: () => void): void => {
    try {
      work()
    } catch (error) {
      const known = readingError(error)
      if (known === null) throw error
      unreadable.push({ path, ...known })
    }
  }
  const walk = (path: string, depth: number): void =>
    trying(path, () => {
      const stat = statSync(path)
      if (stat.isDirectory()) {
        if (depth > runLimits.folderDepthMax) {
          unreadable.push({
            path,
            code: 'FOLDER_TOO_DEEP',
            detail: 'too many folders inside each other',
          })
          return
        }
        const entries = readdirSync(path, { withFileTypes: true })
        entries.sort((a, b) => (a.name < b.name ? -1 : 1))
        for (const entry of entries) {
          const inside = join(path, entry.name)
          if (entry.isSymbolicLink() && statSync(inside, { throwIfNoEntry: false })?.isDirectory())
            continue
          if (entry.isDirectory() || entry.isFile() || entry.isSymbolicLink())
            walk(inside, depth + 1)
        }
        return
      }
      // A pipe that a shell made has no path of its own.
      const real = stat.isFile() ? realpathSync(path) : path
      if (seen.has(real)) return
      seen.add(real)
      files.push({ path, sizeBytes: stat.size, isNamed: depth === 0 })
    })
  for (const path of new Set(paths)) {
    if (path === standardInput) files.push({ path, sizeBytes: 0, isNamed: true })
    else walk(path, 0)
  }
  return { files, unreadable }
}

/** The rule files of these paths: what was named, and in folders what ends in `.yml` or `.yaml`. */
export function readRules(paths: readonly string[]): {
  rules: RuleSource[]
  unreadable: Unreadable[]
} {
  const { files, unreadable } = findFiles(paths)
  const rules: RuleSource[] = []
  for (const { path, sizeBytes, isNamed } of files) {
    if (!isNamed && !/\.ya?ml$/i.test(path)) continue
    try {
      if (sizeBytes > runLimits.ruleFileBytesMax) {
        unreadable.push({ path, code: 'SOURCE_TOO_LARGE', detail: `${sizeBytes} bytes` })
      } else rules.push({ name: path, text: readFileSync(path, 'utf8') })
    } catch (error) {
      const known = readingError(error)
      if (known === null) throw error
      unreadable.push({ path, ...known })
    }
  }
  return { rules, unreadable }
}
