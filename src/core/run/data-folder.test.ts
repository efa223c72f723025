import { strict as assert } from 'node:assert'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { dataFolder, hasData, requireData } from './data-folder.ts'

describe('data folder', () => {
  test('--data wins over OKITE_HOME, and that over the place of the platform', () => {
    assert.equal(dataFolder('x', { OKITE_HOME: '/home/y' }), resolve('x'))
    assert.equal(dataFolder(null, { OKITE_HOME: '/home/y' }), '/home/y')
  })

  test('a relative XDG_DATA_HOME is ignored', { skip: process.platform !== 'linux' }, () => {
    const own = join(homedir(), '.local', 'share', 'okite')
    assert.equal(dataFolder(null, { XDG_DATA_HOME: '/xdg', OKITE_HOME: '' }), '/xdg/okite')
    assert.equal(dataFolder(null, { XDG_DATA_HOME: 'xdg' }), own)
    assert.equal(dataFolder(null, {}), own)
  })

  test('looking for data creates nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'okite-data-'))
    try {
      const missing = join(folder, 'none')
      assert.throws(() => requireData(missing), /DATA_NONE/)
      assert.equal(existsSync(missing), false)
      assert.equal(hasData(folder), false)
      mkdirSync(join(folder, 'keys'))
      requireData(folder)
      assert.equal(hasData(folder), true)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
