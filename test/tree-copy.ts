import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const project = join(import.meta.dirname, '..')

/** A copy of the sources, for tests that add to them. */
export function copyTree(): Readonly<{ project: string; source: string; remove(): void }> {
  const copy = mkdtempSync(join(tmpdir(), 'okite-tree-'))
  for (const part of ['src', 'policy', 'test', 'package.json', 'tsconfig.json']) {
    cpSync(join(project, part), join(copy, part), { recursive: true })
  }
  // Packages are found by the copy as they are by the tree.
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'), 'dir')
  const source = join(copy, 'src')
  return {
    project: copy,
    source,
    remove: () => rmSync(copy, { recursive: true, force: true }),
  }
}
