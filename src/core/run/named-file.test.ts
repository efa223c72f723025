import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readNamedFile } from './named-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'okn-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const codes = { missing: 'RECORD_FILE_EMPTY', tooLarge: 'RECORD_FILE_TOO_LARGE' }
const read = (path: string, limit = 10) => Buffer.from(readNamedFile(path, limit, codes)).toString()

test('what is no ordinary file is refused at once, also a pipe that nobody writes into', () => {
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  // A process of its own, so that one which hangs fails and does not hang the tests.
  const source = `import { readNamedFile } from ${JSON.stringify(import.meta.resolve('./named-file.ts'))}
    try { readNamedFile(process.argv[1], 10, ${JSON.stringify(codes)}) } catch (e) { console.log(e.code) }`
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', source, pipe], {
    timeout: 20_000,
    encoding: 'utf8',
  })
  assert.equal(said.trim(), codes.missing)
  for (const path of [folder, join(folder, 'absent'), '/dev/zero'])
    assert.throws(() => read(path), { code: codes.missing }, path)
})

test('a file is read to its end and never further than the limit, whatever size it tells', () => {
  const path = join(folder, 'ten')
  writeFileSync(path, '0123456789')
  assert.equal(read(path), '0123456789')
  assert.throws(() => read(path, 9), { code: codes.tooLarge })
  writeFileSync(path, '')
  assert.equal(read(path), '')
  // Says that it is empty, and is not.
  assert.match(read('/proc/self/status', 100_000), /^Name:/)
  assert.throws(() => read('/proc/self/status', 10), { code: codes.tooLarge })
})
