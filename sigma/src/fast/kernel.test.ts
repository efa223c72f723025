import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { compileKernel } from '../../scripts/compile-kernel.ts'
import { layout } from './layout.ts'

describe('the kernel', () => {
  it('is what its sources make', async () => {
    const { source } = await compileKernel()
    const kept = readFileSync(join(import.meta.dirname, 'kernel-wasm.ts'), 'utf8')
    assert.ok(source === kept, 'run ./okite run sigma/scripts/kernel.ts')
  })

  it('and its host agree on where things stand', () => {
    const text = readFileSync(join(import.meta.dirname, '../../kernel/layout.ts'), 'utf8')
    const constants = text.matchAll(/^export const (\w+): \w+ = (\d+)$/gm)
    const inKernel = Object.fromEntries(
      Array.from(constants, ([, name, value]) => [name, Number(value)]),
    )
    assert.deepEqual(inKernel, { ...layout })
  })
})
