import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadFrameworks, loadPack } from '../../core/policy/load.ts'
import { points } from './gdpr.ts'

const root = join(import.meta.dirname, '../../..')
const frameworks = loadFrameworks(join(root, 'policy/frameworks'))
const pack = loadPack(join(root, 'policy/weemed'), { frameworks })

test('what the reference policy maps to a point of Art. 32(1) stands behind it', () => {
  for (const [point, controls] of Object.entries(points)) {
    const mapped = pack.statements
      .filter(one => one.laws.some(law => law.includes('GDPR') && law.includes(`32(1)(${point})`)))
      .flatMap(one => [...one.controls.map(each => each.control), ...one.awaits])
    const listed = new Set<string>(controls)
    const missing = mapped.filter(
      id => id !== 'govern.policy.gdpr-security-measures' && !listed.has(id),
    )
    assert.ok(mapped.length > 0, point)
    assert.deepEqual(missing, [], point)
  }
})
