import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OkiteError } from '../error.ts'
import { readErrorDocuments } from './error-documents.ts'

test('5.4 a document that cannot be read is told with all complaints at once', () => {
  const text = '# x\n\n## lower\n\na\n\n## NO_STATUS\n\na\n\nb\n\n## ONE\n\na\n\nHTTP: 400\n'
  const twice = '## TWO\n\na\n\nb\n\nHTTP: 400\n\n## TWO\n\na\n\nb\n\nHTTP: 400\n'
  assert.throws(
    () => readErrorDocuments([{ where: 'a', text: text + twice }]),
    (error: OkiteError) => (error.data['complaints'] as string[]).length === 4,
  )
})
