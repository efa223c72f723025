import { strict as assert } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { errorDocuments } from '../src/core/run/explain.ts'

const source = join(import.meta.dirname, '..', 'src')

test('E1 every code that is thrown is documented, and every documented code is thrown', () => {
  const documented = errorDocuments(source)
  const text = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter(
      entry => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test\.ts$/.test(entry.name),
    )
    .filter(entry => !/^testing/.test(entry.name))
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')
  const thrown = new Set(
    [...text.matchAll(/new OkiteError\(\s*'([A-Z][A-Z0-9_]+)'/g)].map(match => match[1] ?? ''),
  )
  const undocumented = [...thrown].filter(code => !documented.has(code)).sort()
  assert.deepEqual(undocumented, [], 'thrown, but nowhere explained')
  // A code may reach the throw through a variable: it must at least stand in the sources as a word.
  const unthrown = [...documented.keys()].filter(code => !new RegExp(`'${code}'`).test(text)).sort()
  assert.deepEqual(unthrown, [], 'explained, but never thrown')
})
