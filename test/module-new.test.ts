import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeModule } from '../src/core/run/module-new.ts'
import { copyTree } from './tree-copy.ts'

test('M4 M14 a new module is one new folder, changes nothing else, is found, and keeps the whole contract', () => {
  const name = 'identify/example-items'
  const tree = copyTree()
  try {
    const before = snapshot(tree.project)
    makeModule(tree.source, name)
    const now = snapshot(tree.project)
    const added = [...now.keys()].filter(path => !before.has(path))
    assert.ok(added.length > 5)
    for (const path of added) assert.ok(path.startsWith(`src/${name}/`), path)
    for (const [path, content] of before) assert.equal(now.get(path), content, path)
    const out = execFileSync(process.execPath, ['--test', 'test/contract.test.ts'], {
      cwd: tree.project,
      env: { ...process.env, CONTRACT_ONLY: name, NODE_TEST_CONTEXT: undefined },
      encoding: 'utf8',
    })
    assert.match(out, /M12 identify\.example-items\.checked: from unknown to kept/)
    assert.match(out, /fail 0/)
  } finally {
    tree.remove()
  }
})

/** Every file of the sources, and what is in it. */
function snapshot(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(join(folder, 'src'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  return new Map(
    files.map(path => [
      path.slice(folder.length + 1).replaceAll('\\', '/'),
      readFileSync(path, 'utf8'),
    ]),
  )
}
