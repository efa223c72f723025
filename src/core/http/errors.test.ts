import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { OkiteError } from '../error.ts'
import { readErrorDocuments } from './error-documents.ts'

const source = join(import.meta.dirname, '../..')

/** Codes that one folder throws, as they stand in its sources. */
const thrownIn = (folder: string): string[] =>
  readdirSync(join(source, folder))
    .filter(name => name.endsWith('.ts') && !/\.test\.ts$|^testing/.test(name))
    .flatMap(name => [
      ...readFileSync(join(source, folder, name), 'utf8').matchAll(
        /(?:OkiteError\(\s*|\? |: )'([A-Z][A-Z0-9]*_[A-Z0-9_]+|INTERNAL)'/g,
      ),
    ])
    .map(match => match[1] ?? '')

for (const folder of ['core/http', 'core/i18n', 'govern/policy']) {
  test(`5.4 each code that ${folder} throws is documented, and each documented one is thrown`, () => {
    const text = readFileSync(join(source, folder, 'errors.md'), 'utf8')
    const documented = [...readErrorDocuments([{ where: folder, text }]).keys()]
    assert.deepEqual([...new Set(thrownIn(folder))].sort(), documented.sort())
  })
}

test('5.4 a document that cannot be read is told with all complaints at once', () => {
  const text = '# x\n\n## lower\n\na\n\n## NO_STATUS\n\na\n\nb\n\n## ONE\n\na\n\nHTTP: 400\n'
  const twice = '## TWO\n\na\n\nb\n\nHTTP: 400\n\n## TWO\n\na\n\nb\n\nHTTP: 400\n'
  assert.throws(
    () => readErrorDocuments([{ where: 'a', text: text + twice }]),
    (error: OkiteError) => (error.data['complaints'] as string[]).length === 4,
  )
})
