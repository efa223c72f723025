import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

/**
 * A write that takes less than it is given, as on a full disk: the process may make files of 64 KiB and
 * no larger, and the write that crosses this is cut there without an error.
 */
const folder = mkdtempSync(join(tmpdir(), 'okw-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const skip = process.platform === 'win32' && 'no limit can be set on the size of files'

function run(script: string) {
  // In units of 1 KiB, as bash counts them.
  const limited = 'ulimit -f 64 && exec "$0" --input-type=module --eval "$1"'
  const { stdout, stderr } = spawnSync('bash', ['-c', limited, process.execPath, script], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  })
  return `${stdout}${stderr}`
}
const from = (file: string) => JSON.stringify(join(import.meta.dirname, file))

test('P16 a file of an own pack that is only written in part does not take the place of the whole one', {
  skip,
}, () => {
  const own = join(folder, 'policies', 'own')
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, '1.yaml'), 'whole')
  const out = run(`
    import { replaceFile } from ${from('own-policies.ts')}
    try {
      replaceFile(${JSON.stringify(folder)}, 'own', '1.yaml', 'x'.repeat(100_000))
      console.log('replaced')
    } catch (error) { console.log(error.code) }`)
  assert.match(out, /^EFBIG$/m)
  assert.equal(readFileSync(join(own, '1.yaml'), 'utf8'), 'whole')
  assert.deepEqual(readdirSync(join(folder, 'policies')), ['own'])
})

test('V43 a list that is only exported in part is no export; policies are of the same snapshot', {
  skip,
}, () => {
  const path = join(folder, 'list.jsonl')
  // Stands for the database, which answers what is asked within a transaction and nothing else.
  const out = run(`
    import { exportList } from ${from('copy-command.ts')}
    const client = {
      on() {}, removeListener() {}, release() {},
      async query(asked) {
        const sql = asked.text ?? asked
        if (sql.includes('ledger.head'))
          return { rows: [{ origin: 'o', vkey: 'v', size: '1', note: 'n' }] }
        if (sql.includes('fold.policy')) return { rows: [{ policy: 'p' }] }
        return { rows: sql.includes('ledger.entry') ? [{ leaf: 'x'.repeat(length) }] : [] }
      },
    }
    let length = 10
    const pool = { connect: async () => client }
    const path = ${JSON.stringify(path)}
    const { size } = await exportList({ database: { pool } }, { path: path + '.small' })
    console.log('exported', size)
    length = 100_000
    try {
      await exportList({ database: { pool } }, { path })
      console.log('exported')
    } catch (error) { console.log(error.code) }`)
  assert.match(out, /^exported 1\nEFBIG$/m)
  assert.deepEqual(
    readdirSync(folder)
      .filter(name => name.startsWith('list'))
      .sort(),
    ['list.jsonl.small'],
  )
  const lines = readFileSync(`${path}.small`, 'utf8').trimEnd().split('\n')
  assert.deepEqual(JSON.parse(lines[1] ?? ''), { policy: 'p' })
})
