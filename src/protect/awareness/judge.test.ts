import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { createBench } from '../../core/control/testing.ts'
import { jobMeasured } from '../../identify/person/facts.ts'
import { roleTrainingCurrent } from './controls/role-training-current.ts'
import { courseRequired, jobTrained, jobTrainingMeasured, trainingCompleted } from './facts.ts'
import { jobMeasure } from './judge.ts'

test('M7 a job and a course may be called as what every object has', () => {
  const at = '2026-01-02T00:00:00.000Z'
  const names = Object.getOwnPropertyNames(Object.prototype).filter(one => /^[a-z-]+$/.test(one))
  assert.ok(names.includes('constructor'))
  for (const name of names) {
    const bench = createBench([roleTrainingCurrent, jobMeasure])
    bench.adopt({ at: '2026-01-01T00:00:00.000Z' })
    bench.fact(jobMeasured, { person: 'p-1', job: name, isHeld: true }, { at })
    const said = () => bench.facts(jobTrainingMeasured).map(({ body }) => body)
    const body = { person: 'p-1', job: name }
    assert.deepEqual(said(), [{ ...body, required: null, taken: null }], name)
    const asked = { course: name, version: '1' }
    const refs = { by: '1', approver: '2' }
    bench.fact(courseRequired, { job: name, ...asked }, { at, trust: 'record', refs })
    assert.deepEqual(said().at(-1), { ...body, required: asked, taken: null })
    const taken = { person: 'p-1', ...asked, program: 'role', minutes: 30, test: null } as const
    bench.fact(trainingCompleted, taken, { at })
    assert.deepEqual(said().at(-1), { ...body, required: asked, taken: '1' })
    assert.deepEqual(
      bench.facts(jobTrained).map(fact => fact.body),
      [{ ...body, course: name }],
    )
  }
})

test('M7 no name of a job or a course reaches the prototype', () => {
  const names = { person: 'p-1', job: '__proto__', isHeld: true }
  assert.equal(jobMeasured.schema.safeParse(names).success, false)
  const course = { job: 'developer', course: '__proto__', version: '1' }
  assert.equal(courseRequired.schema.safeParse(course).success, false)
})
