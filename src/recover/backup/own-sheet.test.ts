import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Observation } from '../../core/fact.ts'
import { locales } from '../../core/i18n/locale.ts'
import { loadMessages } from '../../core/i18n/messages.ts'
import type { CommandPorts } from '../../core/module.ts'
import { moduleFolders } from '../../core/run/discover.ts'
import { systemClock } from '../../core/time.ts'
import { sheetConfirmed, sheetPrinted } from '../restore/facts.ts'
import { backupCommand } from './command.ts'
import { readPlace } from './open.ts'
import { openOwnKey } from './own-key.ts'
import { greetWithSheet } from './own-sheet.ts'
import { settings } from './settings.ts'
import { keyFromSheets } from './shares.ts'

const root = mkdtempSync(join(tmpdir(), 'oks-'))
after(() => rmSync(root, { recursive: true, force: true }))
const source = join(import.meta.dirname, '../..')
const messages = loadMessages(source, moduleFolders(source))

const places = [
  { name: 'near', folder: "/srv/it's here", medium: 'disk', site: 'site-1' },
  {
    ...{ name: 'vault/east', medium: 'object-store', site: 'site-2' },
    s3: {
      ...{ endpoint: 'https://s3.example.org', bucket: 'okite', prefix: 'ours' },
      ...{ credentialsFile: '/etc/okite/s3', lock: { mode: 'COMPLIANCE', days: 30 } },
    },
  },
  {
    ...{ name: 'far', medium: 'disk', site: 'site-3' },
    sftp: {
      ...{ host: 'backup.example.org', user: 'okite', keyFile: '/etc/okite/id', folder: '/b' },
      hostKey: `ssh-ed25519 ${'A'.repeat(68)}`,
    },
  },
]

let count = 0
/** An installation of its own: its keys, its list, and what was said in it. */
function installation(locale: (typeof locales)[number] = 'en') {
  const dataDir = join(root, `data-${count++}`)
  const keys = `${dataDir}-recovery`
  const told: Observation<any>[] = []
  let said = ''
  const ports = {
    ...{ clock: systemClock, messages, locale, isSeen: false },
    settings: settings.parse({ repositories: places }),
    own: { dataDir, keys },
    reader: {
      latest: async (type: { name: string }) =>
        told.filter(one => one.type.name === type.name).toReversed(),
    },
    submit: async (one: Observation) => ({ pos: told.push(one) - 1, known: false }),
    out: (text: string) => {
      said += text
    },
  } as unknown as CommandPorts & { isSeen: boolean }
  const take = () => {
    const text = said
    said = ''
    return text
  }
  return {
    ...{ ports, keys, told, take },
    types: () => told.map(one => one.type.name),
    async run(...args: string[]) {
      await backupCommand.run(args, ports)
      return take()
    },
  }
}

for (const locale of locales) {
  test(`${locale}: the sheet says of every kind of place what to type, and what it says is taken`, async () => {
    const { run, ports, keys } = installation(locale)
    const sheet = await run('sheet')
    assert.deepEqual(await keyFromSheets([sheet]), Buffer.from(openOwnKey({ keys } as any).bytes))
    const { dataDir } = ports.own!
    const wanted = [
      `./okite restore --from '/srv/it'\\''s here' --key key.txt --data ${dataDir}`,
      `./okite restore --from vault-east.json --key key.txt --data ${dataDir}`,
      `./okite restore --from far.json --key key.txt --data ${dataDir}`,
      `./okite start --data ${dataDir}`,
    ]
    for (const line of wanted) assert(sheet.includes(`    ${line}\n`), line)
    const lines = [...sheet.matchAll(/^ {4}(\{.*\})$/gm)].map(([, line = '']) => line)
    assert.equal(lines.length, 2)
    for (const [nth, line] of lines.entries()) {
      const path = join(root, 'place.json')
      writeFileSync(path, line)
      const { s3, sftp } = readPlace(path, root)
      const { s3: s3Set, sftp: sftpSet } = (ports.settings['repositories'] as any[])[nth + 1]
      assert.deepEqual([s3, sftp], [s3Set, sftpSet])
    }
  })
}

test('three sheets, each on its own page; any two are enough, and the list tells of them without a word of the key', async () => {
  const { run, keys, told } = installation()
  const pages = (await run('sheet', '--shares')).split('\f')
  assert.equal(pages.length, 3)
  const { text, bytes } = openOwnKey({ keys } as any)
  assert.deepEqual(await keyFromSheets([pages[2]!, pages[0]!]), Buffer.from(bytes))
  for (const page of pages) {
    assert.match(page, /--key key-1\.txt --key key-2\.txt/)
    for (const group of text.split('-')) assert(!page.includes(`${group}-`), group)
  }
  assert.deepEqual(
    told.map(({ body }) => body.form),
    ['shares'],
  )
  assert(!JSON.stringify(told).includes(text.slice(0, 4)))

  const last = pages.map(page => /--confirm (\S{4}) /.exec(page)?.[1] ?? '')
  const confirm = (words: readonly string[]) =>
    run('sheet', ...words.flatMap(word => ['--confirm', word]), '--by', '1001')
  for (const wrong of [last.slice(1), [last[0]!, last[0]!, last[1]!], ['AAAA']])
    await assert.rejects(confirm(wrong), { code: 'BACKUP_SHEET_OTHER' })
  assert.match(await confirm(last.toReversed().map(word => word.toLowerCase())), /put away/)
  assert.deepEqual(told[1]?.type, sheetConfirmed)
  assert.deepEqual(told[1]?.private, { by: { value: '1001', person: '1001' } })
})

test('the first start puts the sheet out: seen once, or in a file until somebody has it; then it reminds', async () => {
  const { ports, keys, types, take, run } = installation()
  const path = join(keys, 'recovery-sheet.txt')
  await greetWithSheet(ports)
  const { text } = openOwnKey({ keys } as any)
  assert(!take().includes(text.slice(0, 9)), 'a log would keep it')
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert(readFileSync(path, 'utf8').includes(text.slice(0, 34)))
  assert.deepEqual(types(), [sheetPrinted.name])
  await greetWithSheet(ports)
  assert.match(take(), /Nobody has confirmed yet/)
  assert.deepEqual(types(), [sheetPrinted.name], 'it is put out once')
  await run('sheet', '--confirm', text.slice(-4), '--by', '1001')
  assert(!existsSync(path))
  await greetWithSheet(ports)
  assert.equal(take(), '')

  const seen = installation()
  await greetWithSheet({ ...seen.ports, isSeen: true })
  assert(seen.take().includes(openOwnKey({ keys: seen.keys } as any).text.slice(0, 34)))
  assert(!existsSync(join(seen.keys, 'recovery-sheet.txt')))
})

test('without backups there is no sheet, and what cannot be meant is refused', async () => {
  const { ports, run } = installation()
  const off = { ...ports, own: null }
  await greetWithSheet(off)
  for (const args of [['sheet'], ['now'], ['sheet', '--confirm', 'AAAA', '--by', 'x']])
    await assert.rejects(backupCommand.run(args, off), { code: 'BACKUP_OFF' })
  for (const args of [
    [],
    ['paper'],
    ['sheet', '--by', 'x'],
    ['sheet', '--confirm', 'AAAA'],
    ['sheet', '--shares', '--confirm', 'AAAA', '--by', 'x'],
    ['sheet', 'more'],
  ])
    await assert.rejects(run(...args), { code: 'ARGUMENT_INVALID' }, args.join(' '))
})
