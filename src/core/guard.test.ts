import assert from 'node:assert/strict'
import { it } from 'node:test'
import { complaintAboutNode } from './guard.ts'

it('the guard lets Node 26.10 and newer pass and says what is wrong with others', () => {
  for (const version of ['26.10.0', '26.11.3', '27.0.0']) {
    assert.equal(complaintAboutNode(version, true), null)
  }
  for (const version of ['20.20.2', '24.21.0', '26.9.9', '']) {
    assert.match(complaintAboutNode(version, true) ?? '', /too old.*26\.10.*\.\/okite/)
  }
  assert.match(complaintAboutNode('26.10.0', false) ?? '', /Temporal/)
})
