import { strict as assert } from 'node:assert'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { OkiteError } from '../../src/core/error.ts'
import { explainError } from '../../src/core/run/explain.ts'
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

test('ASVS V12.2.1 an address beyond loopback without protection is refused, in three languages', async () => {
  for (const address of ['192.0.2.1', '0.0.0.0:8443', '[::]:8443', '::']) {
    await assert.rejects(start(['--listen', address]), { code: 'LISTEN_UNSAFE' })
  }
  await assert.rejects(start(['--listen', 'okite.example.org']), { code: 'LISTEN_ADDRESS' })
  nothingMade()
  const refusals = readFileSync(join(source, 'core', 'http', 'errors.md'), 'utf8')
  const codes = [
    ...refusals.matchAll(/^## ((?:LISTEN|TLS)_\w+|HTTP_(?:ADDRESS|PROXY|PLAIN|FORWARDED))$/gm),
  ]
  assert.equal(codes.length, 14)
  const own = { en: /[a-z] /, ja: /[ぁ-ん]/, 'zh-TW': /^(?=.*\p{Script=Han})[^ぁ-んァ-ヶ]*$/u }
  for (const [, code = ''] of codes) {
    for (const [locale, words] of Object.entries(own)) {
      const said = explainError(new OkiteError(code), source, locale).split('\n').slice(1)
      assert.match(said[0] ?? '', words, `${code} ${locale}`)
      assert.match(said[1] ?? '', /^ {2}→ /, `${code} ${locale}`)
    }
    assert.notEqual(
      explainError(new OkiteError(code), source, 'ja'),
      explainError(new OkiteError(code), source, 'zh-TW'),
    )
  }
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
