import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadFrameworks } from '../../core/policy/load.ts'
import { lawViews, provisionsOf } from './laws.ts'
import { requirementsOf } from './requirements.ts'
import { referencePack } from './testing.ts'

const frameworks = loadFrameworks(join(import.meta.dirname, '../../../policy/frameworks'))
const all = requirementsOf(referencePack(), frameworks, () => 'unknown', 'en')

test('the reference policy leaves 56 requirements of the three frameworks without a sentence', () => {
  const gaps = all.flatMap(({ id, requirements }) =>
    requirements.filter(each => each.statements.length === 0).map(each => `${id} ${each.id}`),
  )
  assert.equal(gaps.length, 56)
  assert.ok(gaps.includes('iso27001 A.5.8'))
})

test('every reference of a sentence is shown under its framework', () => {
  for (const { number, frameworks: refs } of referencePack().statements)
    for (const [id, ids] of Object.entries(refs))
      for (const ref of ids) {
        const shown = all.find(each => each.id === id)?.requirements.find(each => each.id === ref)
        assert.ok(
          shown?.statements.some(each => each.number === number),
          `${number} ${id} ${ref}`,
        )
      }
})

test('provisions are told apart, not at a comma within brackets', () => {
  const [gdpr, appi, taiwan] = lawViews
  const laws = ['GDPR 24(2), 32(1)', 'APPI 23 (G10-5, G10-6)', 'TW-PDPA 4, ER8']
  assert.deepEqual(provisionsOf({ laws }, gdpr), ['24(2)', '32(1)'])
  assert.deepEqual(provisionsOf({ laws }, appi), ['23 (G10-5, G10-6)'])
  assert.deepEqual(provisionsOf({ laws }, taiwan), ['TW-PDPA 4', 'TW-PDPA ER8'])
})
