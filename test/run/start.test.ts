import { strict as assert } from 'node:assert'
import { appendFileSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runStart } from '../../src/core/run/start.ts'
import { sayIn } from '../../src/core/run/words.ts'

const project = join(import.meta.dirname, '..', '..')
const source = join(project, 'src')
const folder = mkdtempSync(join(tmpdir(), 'okite-start-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const start = (args: readonly string[], more: { project?: string; dataDir?: string } = {}) =>
  runStart(args, {
    source,
    project,
    dataDir: join(folder, 'data', 'inside'),
    locale: 'en',
    say: sayIn('en', source),
    environment: {},
    out: () => assert.fail('it has started'),
    ...more,
  })

const nothingMade = () => assert.equal(existsSync(join(folder, 'data')), false)

test('a start that cannot be is refused before anything is made: settings and packs', async () => {
  await assert.rejects(start(['--port', 'abc']), { code: 'CONFIG_INVALID' })
  await assert.rejects(start(['--policy', '../x']), { code: 'CONFIG_INVALID' })
  await assert.rejects(start(['--port', '0', '--policy', 'nopack']), { code: 'POLICY_NOT_FOUND' })
  const broken = join(folder, 'project')
  cpSync(join(project, 'policy'), join(broken, 'policy'), { recursive: true })
  appendFileSync(join(broken, 'policy', 'weemed', 'pack.yaml'), 'colour: red\n')
  await assert.rejects(start(['--port', '0'], { project: broken }), { code: 'POLICY_INVALID' })
  nothingMade()
})

for (const host of ['127.0.0.1', '::1']) {
  test(`a start that cannot be is refused before anything is made: a port taken on ${host}`, async t => {
    const other = createServer()
    const isBound = await new Promise<boolean>(resolve => {
      other.once('error', () => resolve(false)).listen(0, host, () => resolve(true))
    })
    if (!isBound) return t.skip('this machine has no such address')
    t.after(() => other.close())
    const { port } = other.address() as { port: number }
    await assert.rejects(start(['--port', String(port)]), { code: 'HTTP_PORT_TAKEN' })
    nothingMade()
  })
}

test('a data folder that is a file, or below one, is said to be', async () => {
  const before = readdirSync(folder)
  const file = import.meta.filename
  for (const dataDir of [file, join(file, 'data')]) {
    const refused = { code: 'DATA_FOLDER_FILE', data: { path: file } }
    await assert.rejects(start(['--port', '0'], { dataDir }), refused)
  }
  assert.deepEqual(readdirSync(folder), before)
})
