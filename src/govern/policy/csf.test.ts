import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadFrameworks } from '../../core/policy/load.ts'
import { isSubcategory } from './csf.ts'

const root = join(import.meta.dirname, '../../..')

test('the subcategories of the profile are those of the framework, and no others', () => {
  const framework = loadFrameworks(join(root, 'policy/frameworks')).get('csf20')
  const known = [...(framework?.labels.keys() ?? [])]
  assert.equal(known.length, 106)
  for (const id of known) assert.ok(isSubcategory(id), id)
  const families = [...new Set(known.map(id => id.slice(0, 5)))]
  const numbers = Array.from({ length: 99 }, (_, nth) => String(nth + 1).padStart(2, '0'))
  const all = families.flatMap(family => numbers.map(number => `${family}-${number}`))
  assert.deepEqual(all.filter(isSubcategory).toSorted(), known.toSorted())
})
