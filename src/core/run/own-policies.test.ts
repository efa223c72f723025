import { strict as assert } from 'node:assert'
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { asWriter, findOwn, readSteady, replaceFile, writePack } from './own-policies.ts'

const root = mkdtempSync(join(tmpdir(), 'okite-writers-'))
after(() => rmSync(root, { recursive: true, force: true }))
let folders = 0
function dataFolder(): string {
  const dataDir = join(root, `${folders++}`)
  mkdirSync(dataDir, { recursive: true })
  return dataDir
}

const from = (file: string) => JSON.stringify(join(import.meta.dirname, file))
const node = (script: string, ...words: readonly string[]) =>
  [process.execPath, ['--input-type=module', '--eval', script, ...words]] as const

const content = (what: string) =>
  new Map([
    ['1.yaml', `${what} one`],
    ['2.yaml', `${what} two`],
  ])
const replaceAll = (dataDir: string, what: string) =>
  asWriter(dataDir, async () =>
    writePack(dataDir, 'own', content(what), { replace: true, check: () => null }),
  )

/** What a reader finds, who may not change anything. */
const readAll = (dataDir: string) =>
  readSteady(
    () => findOwn(dataDir, 'own') ?? assert.fail('there is no pack'),
    folder => readdirSync(folder).map(file => readFileSync(join(folder, file), 'utf8')),
  )

/** Ends itself without warning before call number DIE of what the writer asks of the disk. */
const dying = `
  import fs from 'node:fs'
  import { syncBuiltinESMExports } from 'node:module'
  let left = Number(process.argv[1])
  for (const name of ['mkdirSync', 'openSync', 'writeFileSync', 'fsyncSync', 'closeSync', 'renameSync', 'rmSync']) {
    const real = fs[name]
    fs[name] = (...words) => {
      if (left > 0 && --left === 0) process.kill(process.pid, 'SIGKILL')
      return real(...words)
    }
  }
  syncBuiltinESMExports()
  const { asWriter, replaceFile, writePack } = await import(${from('own-policies.ts')})
  const dataDir = process.argv[2]
  await asWriter(dataDir, async () => {
    if (process.argv[3] === 'file') return replaceFile(dataDir, 'own', '2.yaml', 'new two')
    const files = new Map([['1.yaml', 'new one'], ['2.yaml', 'new two']])
    writePack(dataDir, 'own', files, { replace: true, check: () => null })
  })`

for (const what of ['pack', 'file'] as const) {
  test(`P17 a writer of a ${what} that is killed anywhere leaves the state before or the state after`, async () => {
    const whole = what === 'pack' ? ['new one', 'new two'] : ['old one', 'new two']
    const found = new Set<string>()
    let die = 0
    for (let isKilled = true; isKilled; ) {
      const dataDir = dataFolder()
      await replaceAll(dataDir, 'old')
      const [command, words] = node(dying, `${++die}`, dataDir, what)
      const { signal, status, stderr } = spawnSync(command, words, { encoding: 'utf8' })
      isKilled = signal === 'SIGKILL'
      if (!isKilled) assert.equal(status, 0, stderr)
      const left = snapshot(dataDir)
      const read = readAll(dataDir)
      assert.deepEqual(snapshot(dataDir), left, 'a reader changes nothing')
      found.add(`${read}`)
      assert.ok([`${whole}`, 'old one,old two'].includes(`${read}`), `${die}: ${read}`)
      if (!isKilled) assert.equal(`${read}`, `${whole}`)
      // The next writer finds the lock free, and nothing is left of the dead one.
      await asWriter(dataDir, async () => assert.deepEqual(readAll(dataDir), read))
      assert.deepEqual(readdirSync(join(dataDir, 'policies')), ['own'])
    }
    assert.ok(die > 8, `${die} places`)
    assert.equal(found.size, 2)
  })
}

test('P17 of two writers one is refused, and one that reads and writes loses nothing of the others', async () => {
  const dataDir = dataFolder()
  await replaceAll(dataDir, 'old')
  await asWriter(dataDir, async () => replaceFile(dataDir, 'own', '1.yaml', '0'))
  // Each adds 1 to what it has read, so often as it is let; a lost change would be missing in the sum.
  const script = `
    import { readFileSync } from 'node:fs'
    import { asWriter, replaceFile } from ${from('own-policies.ts')}
    const dataDir = process.argv[1]
    let done = 0, busy = 0
    while (done < 20) {
      await asWriter(dataDir, async () => {
        const before = Number(readFileSync(dataDir + '/policies/own/1.yaml', 'utf8'))
        replaceFile(dataDir, 'own', '1.yaml', String(before + 1))
        done += 1
      }).catch(error => { if (error.code !== 'POLICY_BUSY') throw error; busy += 1 })
    }
    console.log(busy)`
  const writers = [0, 1].map(async () => {
    const [command, words] = node(script, dataDir)
    const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    const [code] = await new Promise<[number]>(resolve =>
      child.once('exit', c => resolve([c ?? 1])),
    )
    assert.equal(code, 0)
  })
  await Promise.all(writers)
  assert.equal(readAll(dataDir)[0], '40')
})

test('P17 while one writes the other is told so, with the process, and a reader reads', async () => {
  const dataDir = dataFolder()
  await replaceAll(dataDir, 'old')
  await asWriter(dataDir, async () => {
    await assert.rejects(replaceAll(dataDir, 'new'), { code: 'POLICY_BUSY' })
    assert.deepEqual(readAll(dataDir), ['old one', 'old two'])
  })
  await replaceAll(dataDir, 'new')
  assert.deepEqual(readAll(dataDir), ['new one', 'new two'])
})

test('P17 what is replaced while it is read is read again, and never mixed', async () => {
  const dataDir = dataFolder()
  await replaceAll(dataDir, 'old')
  let reads = 0
  const find = () => findOwn(dataDir, 'own') ?? assert.fail()
  const seen = readSteady(find, folder => {
    const one = readFileSync(join(folder, '1.yaml'), 'utf8')
    if (reads++ === 0)
      writePack(dataDir, 'own', content('new'), { replace: true, check: () => null })
    return [one, readFileSync(join(folder, '2.yaml'), 'utf8')]
  })
  assert.deepEqual([seen, reads], [['new one', 'new two'], 2])
  // The kernel counts these times in steps of milliseconds.
  const restless = () => readSteady(find, folder => utimesSync(folder, ++reads, reads))
  assert.throws(restless, { code: 'POLICY_BUSY' })
})

const snapshot = (dataDir: string): readonly string[] =>
  (readdirSync(dataDir, { recursive: true }) as string[]).sort()
