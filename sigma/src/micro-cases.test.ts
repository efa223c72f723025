import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matches, refusalIn, ruleOf } from './testing/ask.ts'
import { isMissing, linesOf } from './testing/shared.ts'

type Case = {
  id: string
  detection: unknown
  event: unknown
  expect: boolean | 'reject'
  why: string
}

describe('the published cases of one rule and one event', { skip: isMissing }, () => {
  if (isMissing) return
  const cases = linesOf('sigma/expected/micro-cases.jsonl').map(line => JSON.parse(line) as Case)

  for (const { id, detection, event, expect, why } of cases) {
    it(`${id} ${why}`, () => {
      const rule = ruleOf(detection)
      if (expect === 'reject') assert.notEqual(refusalIn(rule), null)
      else assert.equal(matches(rule, event), expect)
    })
  }
})
