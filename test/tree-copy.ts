import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeModule } from '../src/core/run/module-new.ts'

const project = join(import.meta.dirname, '..')

/** A copy of the sources with one module made from the template, for tests that need a module's facts. */
export function copyTree(
  module: string,
): Readonly<{ project: string; source: string; folder: string; remove(): void }> {
  const copy = mkdtempSync(join(tmpdir(), 'okite-tree-'))
  for (const part of ['src', 'policy', 'package.json']) {
    cpSync(join(project, part), join(copy, part), { recursive: true })
  }
  // Packages are found by the copy as they are by the tree.
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'), 'dir')
  const source = join(copy, 'src')
  return {
    project: copy,
    source,
    folder: makeModule(source, module),
    remove: () => rmSync(copy, { recursive: true, force: true }),
  }
}
