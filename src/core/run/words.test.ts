import { strict as assert } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { OkiteError } from '../error.ts'
import { locales } from '../i18n/locale.ts'
import { readArguments } from './arguments.ts'
import { coreCommands } from './commands.ts'
import { discoverModules } from './discover.ts'
import { errorDocuments, explainError } from './explain.ts'
import { columnsOf, errorId, padTo, sayIn } from './words.ts'

const source = join(import.meta.dirname, '..', '..')

/** What a person meets at the command line or on the page without anything being broken inside. */
const met = [
  'ARGUMENT_INVALID',
  'COMMAND_UNKNOWN',
  'CONFIG_INVALID',
  'DATABASE_DISK_FULL',
  'DATABASE_ROOT',
  'DATABASE_START',
  'DATABASE_UNREACHABLE',
  'DATABASE_URL',
  'DATA_FOLDER_DENIED',
  'DATA_FOLDER_FILE',
  'DATA_FOLDER_OPEN',
  'DATA_FOLDER_OWNER',
  'DATA_NONE',
  'HTTP_FORBIDDEN',
  'HTTP_NOT_FOUND',
  'HTTP_NO_WEB',
  'HTTP_PORT_TAKEN',
  'HTTP_RATE',
  'HTTP_SESSION_NEEDED',
  'HTTP_TOKEN',
  'INTERNAL',
  'LEDGER_CLOCK_WENT_BACK',
  'LEDGER_ROLLED_BACK',
  'MODULE_EXISTS',
  'OKITE_RUNNING',
  'OKITE_SILENT',
  'POLICY_INVALID',
  'POLICY_NAME',
  'POLICY_NOT_FOUND',
  'STOP_SLOW',
]

/** Problems that the page itself finds: no program of ours was there to say them. */
const ofThePage = ['HTTP_FOREIGN', 'HTTP_UNREACHABLE']

test('E2 what a person can meet is told in every language, and nothing is told that is no error', () => {
  const documents = errorDocuments(source)
  const say = sayIn('en', source)
  for (const code of met) {
    assert.ok(say.has(errorId(code)), code)
    assert.ok(say.has(`${errorId(code)}.remedy`), code)
  }
  for (const id of say.ids()) {
    const code = /^error\.([A-Z][A-Z0-9-]*)$/.exec(id)?.[1]?.replaceAll('-', '_')
    if (code === undefined || ofThePage.includes(code)) continue
    assert.ok(documents.has(code), `${id} explains an error that does not exist`)
    assert.ok(say.has(`${id}.remedy`), `${id} does not say what to do`)
  }
})

test('E2 an error is told with its code, its data and its remedy; a code without words in English', () => {
  const error = new OkiteError('HTTP_PORT_TAKEN', { port: 8420 })
  for (const locale of locales) {
    const said = explainError(error, source, locale)
    assert.match(said, /^okite: HTTP_PORT_TAKEN\n {2}\S.*\n {2}\S+ ?8420\n {2}→ .*--port/)
  }
  assert.match(explainError(error, source, 'ja'), /ポート：8420/)
  const rare = explainError(new OkiteError('LEDGER_TILE_PATH'), source, 'ja')
  assert.match(rare, /^okite: LEDGER_TILE_PATH\n {2}[A-Z].*\n {2}→ [A-Z]/)
  const bug = explainError(new Error('x is not a function'), source, 'ja')
  assert.match(bug, /^okite: Error: x is not a function\n/)
})

test('E2 a wrong setting is told in our own words, with its place, in every language', () => {
  const complaints = [
    { code: 'most', place: 'environment', key: 'OKITE_PORT', expected: 65_535, got: '70000' },
    { code: 'kind', place: 'file', key: 'port', expected: 'number', got: 'string' },
    { code: 'mapping', place: 'file', key: '', got: 'array' },
  ] as const
  const said = (locale: string) =>
    explainError(new OkiteError('CONFIG_INVALID', { complaints }), source, locale)
  assert.match(said('en'), /- environment variable OKITE_PORT: .* at most 65535; it is 70000\.\n/)
  assert.match(said('en'), /- okite\.yaml: port: must be a number; it is text\.\n/)
  assert.match(said('ja'), /- 環境変数 OKITE_PORT：65535 以下にしてください。今は 70000 です。\n/)
  assert.match(said('zh-TW'), /- okite\.yaml 的 port：應為數字，目前為文字。\n/)
  for (const locale of locales) assert.doesNotMatch(said(locale), /error\.|undefined|\{/)
})

test('E3 every message that the commands say is in the catalogues, and every command has its usage', async () => {
  const say = sayIn('en', source)
  const text = readdirSync(import.meta.dirname)
    .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map(name => readFileSync(join(import.meta.dirname, name), 'utf8'))
    .join('\n')
  const ids = [...text.matchAll(/'(cli\.[A-Za-z.]+)'/g)].map(match => match[1] ?? '')
  assert.ok(ids.length > 10)
  for (const id of ids) assert.ok(say.has(id), id)
  const { modules } = await discoverModules(source)
  for (const { name } of [...coreCommands, ...modules.flatMap(module => module.commands ?? [])]) {
    assert.match(say(`usage.${name}`), new RegExp(`^\\./okite ${name}`), name)
  }
})

test('E4 the language of a command is one of ours or a refusal; --help is the command help', () => {
  assert.equal(readArguments(['check', '--lang', 'zh-Hant']).language, 'zh-TW')
  assert.throws(() => readArguments(['check', '--lang', 'xx']), { code: 'ARGUMENT_INVALID' })
  for (const word of ['--help', '-h']) assert.equal(readArguments([word]).command, 'help')
  assert.equal(readArguments(['--version']).command, 'version')
  assert.equal(readArguments([]).command, 'help')
})

test('E5 columns of a terminal are counted, wide characters twice', () => {
  assert.equal(columnsOf('判定 ok'), 7)
  assert.equal(padTo('版', 4), '版  ')
  assert.equal(padTo('version', 4), 'version')
})
