import { strict as assert } from 'node:assert'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { readConfig } from './config.ts'
import { OkiteError } from './error.ts'
import { loadMessages } from './i18n/messages.ts'
import type { Module } from './module.ts'
import { complaintCodes } from './settings-complaint.ts'

const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const modules: readonly Module[] = [
  {
    id: 'protect.thing',
    settings: z.strictObject({
      every: z.string().default('PT1H'),
      apiToken: z.string().optional(),
      size: z.int().default(3),
    }),
  },
]

function read(
  text: string | null,
  environment: Record<string, string> = {},
  flags: Record<string, string> = {},
) {
  const dataDir = mkdtempSync(join(tmpdir(), 'okite-config-'))
  folders.push(dataDir)
  if (text !== null) writeFileSync(join(dataDir, 'okite.yaml'), text)
  return readConfig({ dataDir, environment, flags, modules })
}

const complaints = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof OkiteError, String(error))
    assert.equal(error.code, 'CONFIG_INVALID')
    return JSON.stringify(error.data['complaints'])
  }
  return assert.fail('it was not refused')
}

describe('configuration', () => {
  test('later origins win, and each value says where it came from', () => {
    const config = read('port: 1\nlanguage: en\n', { OKITE_PORT: '2' }, { port: '3' })
    assert.equal(config.values.port, 3)
    const shown = new Map(config.shown.map(one => [one.name, one]))
    assert.deepEqual(shown.get('port'), { name: 'port', value: '3', origin: 'command line' })
    assert.equal(shown.get('language')?.origin, 'file')
    assert.equal(shown.get('policy')?.origin, 'default')
    assert.equal(shown.get('protect.thing.every')?.origin, 'default')
    assert.equal(read(null).values.port, 8420)
    assert.equal(read('').values.port, 8420)
  })

  test('unknown keys refuse the start, wherever they stand, all at once', () => {
    const text = complaints(() =>
      read('prot: 1\nprotect.thing:\n  evry: PT1H\n', { OKITE_PROT: '1' }, { colour: 'red' }),
    )
    for (const name of ['prot', 'protect.thing.evry', 'OKITE_PROT', 'colour']) {
      assert.ok(text.includes(name), name)
    }
  })

  for (const [name, text] of Object.entries({
    'wrong type': 'port: eighty\n',
    'out of range': 'port: 70000\n',
    'a fraction': 'port: 1.5\n',
    'text for a number': "port: '80'\n",
    'wrong type in a module': 'protect.thing:\n  size: many\n',
    'a module section that is no mapping': 'protect.thing: 3\n',
    'a list': '- port\n',
    'a scalar': 'port\n',
    'a duplicate key': 'port: 1\nport: 2\n',
    'a duplicate key deep down': 'protect.thing:\n  size: 1\n  size: 2\n',
    'two documents': 'port: 1\n---\nport: 2\n',
    'broken YAML': 'port: [1\n',
    'a prototype': '__proto__:\n  port: 1\n',
    'an unknown tag': 'port: !!js/function "x"\n',
    'one alias': 'language: &a en\npolicy: *a\n',
    'an alias bomb': `a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nport: [*c,*c,*c]\n`,
    'a merge key': 'protect.thing: &a\n  size: 1\n<<: *a\n',
    '300 KiB': `# ${'x'.repeat(300 * 1_024)}\nport: 1\n`,
  })) {
    test(`refused: ${name}`, () => {
      assert.notEqual(
        complaints(() => read(text)),
        '',
      )
    })
  }

  test('a file that is there and cannot be read is not taken for no file', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'okite-config-'))
    folders.push(dataDir)
    mkdirSync(join(dataDir, 'okite.yaml'))
    const options = { dataDir, environment: {}, flags: {}, modules }
    assert.match(
      complaints(() => readConfig(options)),
      /"unreadable".*EISDIR/,
    )
  })

  for (const [text, environment, flags, said] of [
    ['port: eighty\n', {}, {}, 'kind file port number string'],
    ['port: 1.5\n', {}, {}, 'kind file port int 1.5'],
    ['port: 70000\n', {}, {}, 'most file port 65535 70000'],
    ['port: -1\n', {}, {}, 'least file port 0 -1'],
    ['port:\n', {}, {}, 'kind file port number nothing'],
    ['language: fr\n', {}, {}, 'choice file language ja, zh-TW, en string'],
    ['policy: ../x\n', {}, {}, 'form file policy /^[a-z][a-z0-9-]{0,40}$/ string'],
    [`databaseUrl: ${'x'.repeat(2_001)}\n`, {}, {}, 'shorter file databaseUrl 2000 string'],
    ['', { OKITE_PORT: 'x' }, {}, 'kind environment OKITE_PORT number string'],
    ['', { OKITE_PROT: '1' }, {}, 'unknown environment OKITE_PROT'],
    ['', {}, { port: '99999' }, 'most command --port 65535 99999'],
    ['protect.thing:\n  size: many\n', {}, {}, 'kind file protect.thing.size number string'],
    ['protect.thing: 3\n', {}, {}, 'kind file protect.thing object 3'],
    ['protect.thing:\n  evry: 3\n', {}, {}, 'unknown file protect.thing.evry'],
    ['- port\n', {}, {}, 'mapping file  array'],
    ['port: [1\n', {}, {}, 'syntax file  2 BAD_INDENT'],
    ['a: &a 1\nport: *a\n', {}, {}, 'alias file '],
  ] as const) {
    test(`each complaint says where, what is expected and what is there: ${said}`, () => {
      const found = JSON.parse(complaints(() => read(text, environment, flags))) as {
        [name: string]: string | number
      }[]
      const [{ code, place, key, ...rest } = {}, ...more] = found
      assert.deepEqual(more, [])
      assert.equal([code, place, key, ...Object.values(rest)].join(' '), said)
    })
  }

  test('every code of a complaint has its words', () => {
    const source = import.meta.dirname
    const { has } = loadMessages(join(source, '..'), [])
    for (const code of complaintCodes) assert.ok(has(`error.CONFIG-INVALID.${code}`), code)
  })

  test('secrets are shown nowhere, neither as values nor in complaints', () => {
    const secret = 'hunter2-very-secret'
    const config = read(
      `databaseUrl: postgres://u:${secret}@h/d\nprotect.thing:\n  apiToken: ${secret}\n`,
    )
    assert.equal(config.values.databaseUrl, `postgres://u:${secret}@h/d`)
    assert.ok(!JSON.stringify(config.shown).includes(secret))
    const hidden = config.shown.filter(one => one.value === '(hidden)').map(one => one.name)
    assert.deepEqual(hidden, ['databaseUrl', 'protect.thing.apiToken'])
    for (const text of [
      `databaseUrl: "postgres://u:${secret}@h/d\n`,
      `databaseUrl: [${secret}]\n`,
      `databaseUrl: ${secret}\ndatabaseUrl: ${secret}\n`,
      `port: ${secret}\n`,
    ]) {
      assert.ok(!complaints(() => read(text)).includes(secret), text)
    }
  })

  test('any text is a configuration or is refused', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'port: 1',
        'port: x',
        'a: &a 1',
        'b: *a',
        '- x',
        '  c: {',
        '? y',
        '%YAML 1.2',
      ),
      fc.string({ maxLength: 20 }),
      fc.string({ unit: 'binary', maxLength: 10 }),
    )
    const value = fc.oneof(
      fc.constantFrom('8420', 'en', 'weemed', '""', '[]', '{}', 'null', '1e999', '.nan', '~'),
      fc.string({ maxLength: 12 }),
    )
    const environment = fc.dictionary(
      fc.constantFrom('OKITE_PORT', 'OKITE_LANG', 'OKITE_POLICY', 'OKITE_X', 'OKITE___proto__'),
      value,
      { maxKeys: 1 },
    )
    const name = fc.constantFrom('port', 'policy', 'protect.thing', 'language', '__proto__', 'x')
    const lines = fc.oneof(
      fc.array(line, { maxLength: 5 }),
      fc.array(
        fc.tuple(name, value).map(pair => pair.join(': ')),
        { maxLength: 3 },
      ),
    )
    const dataDir = mkdtempSync(join(tmpdir(), 'okite-config-'))
    folders.push(dataDir)
    fc.assert(
      fc.property(lines, environment, (text, environment) => {
        writeFileSync(join(dataDir, 'okite.yaml'), text.join('\n'))
        try {
          const config = readConfig({ dataDir, environment, flags: {}, modules })
          assert.equal(typeof config.values.port, 'number')
        } catch (error) {
          assert.ok(error instanceof OkiteError, String(error))
          assert.equal(error.code, 'CONFIG_INVALID')
        }
      }),
      { numRuns: 10_000 },
    )
  })
})
