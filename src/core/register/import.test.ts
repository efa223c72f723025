import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { z } from 'zod'
import { defineFact } from '../fact.ts'
import { examine } from './import.ts'
import type { Register } from './register.ts'
import { openTable } from './table.ts'

const listed = defineFact('thing.listed', {
  module: 'test.register',
  draft: true,
  schema: z.strictObject({ name: z.string().max(3) }),
})

/** A register that reads more than its facts may hold: the mistake that the first pass must find. */
const careless: Register<string, never> = {
  columns: [{ name: 'name', names: [], isRequired: true }],
  entryOf: cells => cells['name'] ?? '',
  uniqueOf: name => ({ name }),
  standingsOf: async names => names.map(() => null),
  changeOf: name => ({ kind: 'enters', what: [], facts: [{ type: listed, body: { name } }] }),
  idOf: () => '',
  presentAfter: async () => [],
  leave: () => [],
  labelsOf: async () => [],
}

test('what the ledger would refuse is found with its line before anything is begun', async () => {
  const table = openTable(Buffer.from('name\nabc\nabcd\nab\n'), careless.columns, null)
  const { complaints, complaintCount, enters } = await examine(table, careless)
  assert.deepEqual([complaintCount, enters], [1, 2])
  const found = complaints.map(({ line, error }) => ({ line, code: error.code, data: error.data }))
  assert.deepEqual(found, [
    { line: 3, code: 'TABLE_CELL', data: { column: 'name', why: 'unknown' } },
  ])
})
