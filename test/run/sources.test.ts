import { strict as assert } from 'node:assert'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeModule } from '../../src/core/run/module-new.ts'
import { ruleSource, withReads } from '../../src/core/run/sources.ts'
import { copyTree } from '../tree-copy.ts'

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
    const hash = () => ruleSource(tree.source, 'identify.example-items').hash
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

test('V43 a roll-up that reads one control more is another rule', () => {
  const source = { hash: 'a'.repeat(64), content: '{}' }
  assert.equal(withReads(source, undefined), source)
  const hashes = [['a'], ['a', 'b']].map(reads => withReads(source, reads).hash)
  assert.equal(new Set([source.hash, ...hashes]).size, 3)
})
