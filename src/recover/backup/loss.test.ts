import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { findInstance } from '../../core/db/instance.ts'

/**
 * The whole loss: a program at work and its database are killed, its data and its keys are gone, and it comes
 * back by what stands on the recovery sheet and nothing else.
 */
const root = mkdtempSync(join(tmpdir(), 'okite-loss-'))
const dataDir = join(root, 'data of ours')
const keys = `${dataDir}-recovery`
const main = join(import.meta.dirname, '../../main.ts')

type Started = Readonly<{ child: ChildProcess; out(): string; log(): string }>
const started: ChildProcess[] = []
after(async () => {
  for (const child of started) {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null)
      await new Promise(resolve => child.once('exit', resolve))
  }
  rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
})

/** Without what the tests were started with. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OKITE|NODE)_/.test(name)))

function call(args: readonly string[]): Started {
  const child = spawn(process.execPath, [main, ...args], {
    ...{ cwd: root, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] },
  })
  started.push(child)
  let [out, log] = ['', '']
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  return { child, out: () => out, log: () => log }
}

/** Until it says so; at the latest after two minutes, which is long on any machine. */
async function until(program: Started, said: RegExp): Promise<RegExpExecArray> {
  for (let nth = 0; nth < 1_200; nth++) {
    const found = said.exec(program.out()) ?? said.exec(program.log())
    if (found !== null) return found
    assert.equal(program.child.exitCode, null, program.log())
    await sleep(100)
  }
  assert.fail(`${said} is not said: ${program.log()}`)
}

async function run(args: readonly string[]): Promise<string> {
  const program = call(args)
  const code = await new Promise(resolve => program.child.once('close', resolve))
  assert.equal(code, 0, `${args.join(' ')}: ${program.log()}`)
  return program.out()
}

/** A command in the program that runs, as one that is typed gets there. */
async function typed([name = '', ...args]: readonly string[]): Promise<string> {
  const terminal = { columns: 100, color: false }
  const request = { name, args, locale: 'en', cwd: root, terminal }
  const answer = await findInstance(dataDir)!.ask('POST', '/command', request)
  return (answer as { out: string }).out
}

type View = Readonly<{ number: number; status: string }>
/** What every sentence says, by its number. */
async function verdicts(): Promise<ReadonlyMap<number, string>> {
  const views = JSON.parse(await typed(['check', '--json'])) as readonly View[]
  return new Map(views.map(({ number, status }) => [number, status]))
}

async function isSound(): Promise<boolean> {
  const running = findInstance(dataDir)!
  await running.ask('POST', '/fsck')
  for (;;) {
    const state = await running.ask('GET', '/fsck')
    const { result, code } = state as { result: { ok: boolean } | null; code: string | null }
    assert.equal(code, null)
    if (result !== null) return result.ok
    await sleep(100)
  }
}

/** The words of a command as a shell reads them, which is all that the sheet asks of one. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')

const place = join(root, 'place')

/** The published checkpoint once it says more than so many facts. */
async function publishedBeyond(size: number): Promise<string> {
  for (;;) {
    const note = readFileSync(join(dataDir, 'published/checkpoint'), 'utf8')
    if (Number(note.split('\n')[1]) > size) return note
    await sleep(100)
  }
}

test('M10 the loss of everything is rehearsed, then happens, and the sheet alone brings it back', async () => {
  mkdirSync(dataDir, { mode: 0o700 })
  mkdirSync(place)
  const repositories = [{ name: 'place', folder: place, medium: 'disk', site: 'site-2' }]
  const settings = `language: en\nrecover.backup: ${JSON.stringify({ repositories })}\n`
  writeFileSync(join(dataDir, 'okite.yaml'), settings)
  const program = call(['start', '--port', '0', '--data', dataDir])

  // Nobody sees the terminal: the sheet waits in a file, and its key is in no log.
  const [, path = ''] = await until(program, /RECOVERY SHEET is in (.*)\. Print/)
  assert.equal(path, join(keys, 'recovery-sheet.txt'))
  assert.equal(statSync(path).mode & 0o777, 0o600)
  const sheet = readFileSync(path, 'utf8')
  const key = readFileSync(join(keys, 'backup-key'), 'utf8').trim()
  assert(sheet.replaceAll(/\s/g, '').includes(key))
  assert(!program.out().includes(key.slice(0, 9)) && !program.log().includes(key.slice(0, 9)))

  // The first backup is brought back, and a program on it answers as this one does.
  const [line] = await until(program, /\{.*"event":"backup\.restore\.rehearsed".*\}/)
  const rehearsed = JSON.parse(line)
  assert.equal(rehearsed.faults, 0, program.log())
  assert(Date.parse(rehearsed.answered) > Date.parse(rehearsed.declared))
  // A busy machine has taken more than a minute to start the program that answers.
  assert(rehearsed.seconds > 0 && rehearsed.seconds < 300, line)
  assert(rehearsed.beatSeconds <= 60 && rehearsed.lostSeconds <= 60, line)

  // What was asked for is done: the paper is put away, and the file goes.
  const confirm = /^ +\.\/okite (backup sheet --confirm \S+) --by /m.exec(sheet)?.[1] ?? ''
  await typed([...wordsOf(confirm), '--by', '1001'])
  assert(!existsSync(path))
  const said = await typed(['backup', 'now'])
  assert.match(said, /^place has everything up to/)
  assert(
    !readdirSync(keys).some(name => name.startsWith('test-')),
    'nothing stays of the rehearsal',
  )
  const before = await verdicts()
  assert(before.size > 100)
  // Something that is not brought away any more, and that somebody else has a signed head of.
  const { size } = (await findInstance(dataDir)!.ask('GET', '/status')) as { size: number }
  await typed(['backup', 'sheet'])
  writeFileSync(join(root, 'held'), await publishedBeyond(size))

  // The loss.
  const database = Number(readFileSync(join(dataDir, 'pg/postmaster.pid'), 'utf8').split('\n')[0])
  program.child.kill('SIGKILL')
  process.kill(database, 'SIGKILL')
  await new Promise(resolve => program.child.once('exit', resolve))
  for (const folder of [dataDir, keys]) rmSync(folder, { recursive: true, maxRetries: 20 })

  // By the sheet, line by line.
  writeFileSync(join(root, 'key.txt'), sheet)
  const lines = [...sheet.matchAll(/^ +\.\/okite (.*)$/gm)].map(([, words = '']) => wordsOf(words))
  const [restore = [], start = []] = lines
  await assert.rejects(run([...restore, '--checkpoint', 'key.txt']), /RESTORE_CHECKPOINT/)
  assert(!existsSync(dataDir))
  const back = await run([...restore, '--checkpoint', 'held', '--lang', 'en'])
  assert.match(back, /holds \d+ facts again/)
  const again = call([...start, '--port', '0'])
  await until(again, /RESTORED from a backup: it holds \d+ facts/)
  await until(again, /^ready /m)
  assert.match(again.out(), /A checkpoint of \d+ facts is known: \d+ facts? of \d+ s are missing/)
  assert.match(again.log(), /"event":"ledger\.restored"/)
  assert.deepEqual(await verdicts(), before)
  assert.equal(await isSound(), true)
  assert(!existsSync(join(dataDir, 'restored.json')))
  assert(!again.out().includes('RECOVERY SHEET'), 'the key is the one that is on paper')
})
