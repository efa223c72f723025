import { strict as assert } from 'node:assert'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { packWebFiles, readWebFiles } from './web-files.ts'

test('what a shell is sent as may be made before: it is read, and is no file of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'okite-web-files-'))
  try {
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'index.html'), '<!doctype html>'.repeat(100))
    writeFileSync(join(folder, 'assets', 'a.js'), 'export {}'.repeat(100))
    writeFileSync(join(folder, 'assets', 'a.woff2'), 'a font')
    const made = readWebFiles(folder)
    packWebFiles(folder)
    assert.deepEqual(readdirSync(join(folder, 'assets')).toSorted(), [
      ...['a.js', 'a.js.br', 'a.js.gz', 'a.woff2'],
    ])
    const read = readWebFiles(folder)
    assert.deepEqual(read, made)
    const script = read.get('/assets/a.js')
    assert(script?.br && script.gzip)
    assert.deepEqual(brotliDecompressSync(script.br), script.bytes)
    assert.deepEqual(gunzipSync(script.gzip), script.bytes)
    writeFileSync(join(folder, 'alone.gz'), '')
    assert.throws(() => readWebFiles(folder), { code: 'HTTP_WEB_FILES' })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
