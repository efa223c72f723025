import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { readEvent } from './event/read.ts'
import { compile } from './index.ts'
import { isMissing, linesOf, ruleFiles, sharedPath } from './testing/shared.ts'

type Case = {
  rule_id: string
  rule_path: string
  events_file: string
  raw_file: string
  expected_min: number
}

describe('the regression cases of the public rules', { skip: isMissing }, () => {
  if (isMissing) return
  const rules = ruleFiles()
  const table = readFileSync(sharedPath('sigma/expected/table.json'), 'utf8')

  for (const test of JSON.parse(table) as Case[]) {
    it(`M12 M21 ${test.rule_path}`, () => {
      const rule = rules.get(test.rule_path) ?? ''
      const plain = compile(rule, { engine: 'reference' })
      const fast = compile(rule)
      for (const file of [test.events_file, test.raw_file]) {
        const lines = linesOf(`sigma/expected/${file}`).map(line => Buffer.from(line))
        const found = lines.filter(line => plain.match(line).includes(test.rule_id))
        assert.ok(found.length >= test.expected_min, `${found.length} matches in ${file}`)
        for (const line of lines) assert.deepEqual(fast.match(line), plain.match(line), file)
      }
    })

    it(`M21 ${test.raw_file} flattens to the names that rules use`, () => {
      const nested = linesOf(`sigma/expected/${test.raw_file}`)
      const flat = linesOf(`sigma/expected/${test.events_file}`)
      for (const [index, line] of nested.entries()) {
        const fields = new Map(readEvent(Buffer.from(line)).fields)
        // The flattened files leave it out; rules for the provider's id have it under this name.
        fields.delete('Provider_Guid')
        const wanted = readEvent(Buffer.from(flat[index] as string)).fields
        assert.deepEqual(new Map([...fields].sort()), new Map([...wanted].sort()))
      }
    })
  }
})
