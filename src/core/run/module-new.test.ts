import { strict as assert } from 'node:assert'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { makeModule } from './module-new.ts'

const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

const source = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'okite-new-'))
  folders.push(folder)
  return folder
}

describe('module new', () => {
  test('makes the folder whole, with its name wherever it belongs', () => {
    const root = source()
    const folder = makeModule(root, 'protect/fire-wall')
    assert.equal(folder, join(root, 'protect', 'fire-wall'))
    assert.deepEqual(readdirSync(join(root, 'protect')), ['fire-wall'])
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(e =>
      e.isFile(),
    )
    assert.ok(files.some(file => file.name === 'module.ts'))
    for (const file of files) {
      assert.ok(!file.name.endsWith('.txt') || file.parentPath !== folder)
      const text = readFileSync(join(file.parentPath, file.name), 'utf8')
      assert.ok(!/__(id|name)_*/.test(text), `${file.name} has no placeholder left`)
    }
    assert.match(readFileSync(join(folder, 'module.ts'), 'utf8'), /protect\.fire-wall/)
  })

  test('never over a folder that is there', () => {
    const root = source()
    mkdirSync(join(root, 'protect', 'one'), { recursive: true })
    assert.throws(() => makeModule(root, 'protect/one'), /MODULE_EXISTS/)
    assert.deepEqual(readdirSync(join(root, 'protect', 'one')), [])
  })

  test('what an interrupted making has left is no hindrance', () => {
    const root = source()
    const folder = makeModule(root, 'protect/one')
    cpSync(folder, join(root, 'protect', '.two.new'), { recursive: true })
    assert.ok(existsSync(makeModule(root, 'protect/two')))
    assert.deepEqual(readdirSync(join(root, 'protect')).sort(), ['one', 'two'])
  })

  for (const path of [
    'one',
    'other/one',
    'protect/One',
    'protect/..',
    'protect/../x',
    '../protect/one',
    '/protect/one',
    'protect/one/two',
    'protect/1',
    'protect/',
    'protect/a',
    `protect/${'a'.repeat(60)}`,
    'protect/one\n',
  ]) {
    test(`refused: ${JSON.stringify(path).slice(0, 40)}`, () => {
      const root = source()
      assert.throws(() => makeModule(root, path), /ARGUMENT_INVALID/)
      assert.deepEqual(readdirSync(root), [])
    })
  }
})
