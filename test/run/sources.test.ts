import { strict as assert } from 'node:assert'
import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { moduleFolders } from '../../src/core/run/discover.ts'
import { makeModule } from '../../src/core/run/module-new.ts'
import { ruleSources, withReads } from '../../src/core/run/sources.ts'
import { copyTree } from '../tree-copy.ts'

const source = join(import.meta.dirname, '..', '..', 'src')

test('V43 whatever a rule imports is of its source: its own parts, and facts of other modules', () => {
  const tree = copyTree()
  try {
    const folder = makeModule(tree.source, 'identify/example-items')
    const other = makeModule(tree.source, 'identify/other-items')
    appendFileSync(
      join(folder, 'controls', 'checked.ts'),
      "import { deep } from '../parts.ts'\nimport { a } from '../../other-items/facts.ts'\n",
    )
    appendFileSync(join(folder, 'parts.ts'), "export * from './deeper.ts'\n")
    appendFileSync(join(folder, 'deeper.ts'), 'export const deep = 1\n')
    const hash = () => ruleSources(tree.source)('identify.example-items').hash
    const seen = [hash()]
    for (const path of [
      join(folder, 'deeper.ts'),
      join(other, 'facts.ts'),
      join(tree.source, 'core', 'control', 'state.ts'),
    ]) {
      appendFileSync(path, '// changed\n')
      seen.push(hash())
    }
    assert.equal(new Set(seen).size, 4, 'each change is a new source')
    appendFileSync(join(folder, 'show.ts'), '// changed\n')
    appendFileSync(join(other, 'controls', 'checked.ts'), '// changed\n')
    assert.equal(hash(), seen.at(-1), 'what a page shows, or another control says, is not')
  } finally {
    tree.remove()
  }
})

test('V43 a source names its files by their hashes, and brings the text of each', () => {
  const of = ruleSources(source)
  const [folder = ''] = moduleFolders(source)
  const mine = of(folder.replaceAll('/', '.'))
  const named = JSON.parse(mine.content) as Record<string, string>
  assert.ok(Object.keys(named).includes(`${folder}/facts.ts`))
  for (const [path, hash] of Object.entries(named)) {
    const text = readFileSync(join(source, path), 'utf8')
    assert.equal(mine.files.get(hash), text)
    assert.equal(hash, createHash('sha256').update(text).digest('hex'))
  }
  assert.equal(mine.hash, createHash('sha256').update(mine.content).digest('hex'))
  const ofCore = Object.keys(JSON.parse(of('core').content))
  assert.deepEqual(
    ofCore.filter(path => !(path in named)),
    [],
    'a rule of a module is also of core',
  )
})

test('V43 a roll-up that reads one control more is another rule', () => {
  const one = { hash: 'a'.repeat(64), content: '{}', files: new Map() }
  assert.equal(withReads(one, undefined), one)
  const hashes = [['a'], ['a', 'b']].map(reads => withReads(one, reads).hash)
  assert.equal(new Set([one.hash, ...hashes]).size, 3)
})
