import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { statementsPage } from '../scripts/statements.ts'

test('docs/statements.md says what is, and repeats no sentence of the policy', async () => {
  const { text, written, restated } = await statementsPage()
  assert.equal(written, text, 'write it anew: ./okite run scripts/statements.ts')
  assert.equal(text.match(/^### \d+\.\d+\.\d+ \(\d+\)/gm)?.length, 159)
  // The policy speaks Japanese; of our own words for it none is there either.
  assert.doesNotMatch(text, /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u)
  for (const sentence of restated) assert.ok(!text.includes(sentence), sentence)
  const counts = [...text.matchAll(/^\| [a-z ]+ \| (\d+) \| (\d+) \|$/gm)]
  for (const when of [1, 2])
    assert.equal(
      counts.reduce((sum, row) => sum + Number(row[when]), 0),
      159,
    )
})
