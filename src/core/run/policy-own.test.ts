import { strict as assert } from 'node:assert'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Call } from './call.ts'
import { discoverModules } from './discover.ts'
import { packOnDisk } from './policies.ts'
import { runPolicy } from './policy-command.ts'
import { sayIn } from './words.ts'

const project = join(import.meta.dirname, '../../..')
const source = join(project, 'src')
const root = mkdtempSync(join(tmpdir(), 'okite-own-'))
after(() => rmSync(root, { recursive: true, force: true }))

// Whatever the library has: a clock with a limit, and something that is done in every period.
const { controls } = await discoverModules(source)
const clock = controls.find(one => one.kind === 'clock' && one.params['limit'] !== undefined)?.id
const cadence = controls.find(one => one.kind === 'cadence')?.id
const periodic = controls.find(
  ({ kind, params }) => kind === 'cadence' && params['period'] && params['times'],
)?.id
assert.ok(clock !== undefined && cadence !== undefined && periodic !== undefined)

let folders = 0
/** A data folder as the first start makes it, as far as these commands look. */
function dataFolder(): string {
  const dataDir = join(root, `${folders++}`)
  mkdirSync(join(dataDir, 'keys'), { recursive: true })
  return dataDir
}

async function run(dataDir: string, words: string, locale: 'en' | 'ja' = 'en') {
  let out = ''
  const call: Call = {
    ...{ source, project, dataDir, locale, environment: {} },
    say: sayIn(locale, source),
    out: text => void (out += text),
  }
  const code = await runPolicy(words.split(' '), call)
  return { code, out }
}

const places = (dataDir: string) => ({ project, dataDir })
const written = join(root, 'policy.md')
const write = (...rules: readonly string[]): string => {
  const text = ['Date: 2026-11-01', '', '## 1. Rules', ...rules.map(rule => `- ${rule}`)]
  writeFileSync(written, text.join('\n'))
  return written
}
const head = '--id own --organisation Example --zone Asia/Tokyo'

test('P16 a policy as written becomes a pack, its sentences are bound, and its text is nowhere', async () => {
  const dataDir = dataFolder()
  const file = write('Doors are locked within 3 days', 'Alarms ring')
  const { out } = await run(dataDir, `draft ${file} ${head}`)
  assert.match(out, /own 2026-11-01 \(2 statements\)/)
  assert.match(out, /\n {2}1 +1\.1\.1 +P3D +Doors are .*\n {2}2 +1\.1\.2 +Alarms ring\n/)
  assert.match(
    (await run(dataDir, `draft ${file} ${head.replace('own', 'eigen')}`, 'ja')).out,
    /案/,
  )
  const bound = `bind own 1 ${clock} limit=P3D`
  assert.match((await run(dataDir, bound)).out, /await a control: 1\./)
  const pack = packOnDisk(places(dataDir), 'own')
  assert.deepEqual(pack.statements[0]?.controls, [
    { control: clock, params: { limit: 'P3D' }, assumed: [] },
  ])
  assert.deepEqual([pack.statements[0]?.judgedAs, pack.statements[0]?.awaits], [['clock'], []])
  // The same control elsewhere has the same figures without saying them again.
  await run(dataDir, `bind own 1.1.2 ${clock}`)
  assert.deepEqual(
    packOnDisk(places(dataDir), 'own').statements[1]?.controls,
    pack.statements[0]?.controls,
  )
  await run(dataDir, `bind own 2 ${clock} --remove`)
  assert.deepEqual(packOnDisk(places(dataDir), 'own').statements[1]?.controls, [])
  const text = readFileSync(join(dataDir, 'policies/own/001.yaml'), 'utf8')
  assert.doesNotMatch(text, /Doors|Alarms/)
})

test('P16 what a person wrote into the file stays when a sentence is bound', async () => {
  const dataDir = dataFolder()
  await run(dataDir, `draft ${write('Doors are locked')} ${head}`)
  const path = join(dataDir, 'policies/own/001.yaml')
  writeFileSync(
    path,
    `# Ours.\n${readFileSync(path, 'utf8').replace(/en: "The sentence at[^"]*"/, 'en: Doors!')}`,
  )
  await run(dataDir, `bind own 1 ${cadence}`)
  const text = readFileSync(path, 'utf8')
  assert.match(text, /^# Ours\./)
  assert.match(text, /en: Doors!/)
})

test('P16 binding again changes what is given and keeps the rest; all its controls say how it is judged', async () => {
  const dataDir = dataFolder()
  await run(dataDir, `draft ${write('Doors are locked')} ${head}`)
  const bound = () => packOnDisk(places(dataDir), 'own').statements[0]
  await run(dataDir, `bind own 1 ${periodic} times=2`)
  await run(dataDir, `bind own 1 ${periodic} period=P3M`)
  assert.deepEqual(bound()?.controls, [
    { control: periodic, params: { period: 'P3M', times: 2 }, assumed: [] },
  ])
  await run(dataDir, `bind own 1 ${clock} limit=P3D`)
  assert.deepEqual([...(bound()?.judgedAs ?? [])].sort(), ['cadence', 'clock'])
  await run(dataDir, `bind own 1 ${periodic} --remove`)
  assert.deepEqual(bound()?.judgedAs, ['clock'])
  await run(dataDir, `bind own 1 ${clock} --remove`)
  assert.deepEqual(bound()?.judgedAs, [])
})

test('P16 what is wrong is refused with its name, and everything is left as it was', async () => {
  const dataDir = dataFolder()
  const file = write('Doors are locked', 'Alarms ring')
  await run(dataDir, `draft ${file} ${head}`)
  await run(dataDir, `bind own 1 ${clock} limit=P3D`)
  const before = snapshot(dataDir)
  const refused = async (words: string, code: string, data?: RegExp) => {
    await assert.rejects(run(dataDir, words), (error: any) => {
      assert.equal(error.code, code, words)
      if (data) assert.match(JSON.stringify(error.data), data)
      return true
    })
    assert.deepEqual(snapshot(dataDir), before, words)
  }
  await refused(`draft ${file} ${head}`, 'POLICY_EXISTS')
  await refused(`draft ${file} ${head.replace('own', 'weemed')}`, 'POLICY_EXISTS')
  await refused(`draft ${file} ${head.replace('own', '../own')}`, 'POLICY_NAME')
  await refused(`draft ${file} ${head} --update`, 'POLICY_DRAFT_VERSION')
  await refused(
    `draft ${file} --id other --organisation X --zone Mars/Base`,
    'POLICY_INVALID',
    /zone/,
  )
  await refused(`draft ${file} --id other --organisation X`, 'ARGUMENT_INVALID')
  await refused(`draft ${write()} --id other --organisation X --zone UTC`, 'POLICY_TEXT_EMPTY')
  writeFileSync(written, '## 1. Rules\n- Doors')
  await refused(`draft ${written} --id other --organisation X --zone UTC`, 'POLICY_DRAFT_DATE')
  const control = clock
  await refused(`bind own 3 ${control}`, 'POLICY_STATEMENT')
  await refused(`bind own 2 ${control} limit=P4D`, 'POLICY_PARAMS_CONFLICT', /statement 1/)
  await refused(`bind own 2 ${control} limit=3`, 'DECIDE_VALUE')
  await refused(`bind own 2 ${control} size=3`, 'DECIDE_PARAMETER', /limit/)
  await refused(`bind own 2 ${control} limit`, 'ARGUMENT_INVALID')
  await refused('bind own 2 example.items.nothing', 'DECIDE_CONTROL')
  await refused(`bind own 2 ${control} --remove`, 'POLICY_NOT_BOUND')
  await refused(`bind weemed 2 ${control}`, 'POLICY_NOT_OWN')
})

test('P16 several sentences are bound at once, over several files, or none of them', async () => {
  const dataDir = dataFolder()
  const rules = Array.from({ length: 400 }, (_, n) => `Door ${n} is locked`)
  await run(dataDir, `draft ${write(...rules)} ${head}`)
  writeFileSync(join(dataDir, 'policies/own/README.md'), 'Ours.')
  assert.ok(existsSync(join(dataDir, 'policies/own/001-002.yaml')))
  const { out } = await run(dataDir, `bind own 1.1.3,5-399 ${clock} limit=P3D`)
  assert.match(out, /^own 1\.1\.3 and 395 more: /)
  const bound = () =>
    packOnDisk(places(dataDir), 'own')
      .statements.filter(({ controls }) => controls.length > 0)
      .map(({ number }) => number)
  assert.equal(bound().length, 396)
  assert.deepEqual([bound()[0], bound()[1], bound().at(-1)], [3, 5, 399])
  const before = snapshot(dataDir)
  assert.ok(before.some(file => file.endsWith('README.md Ours.')))
  for (const wrong of ['5-401', '0-3', '9-8', '7,', 'a', '']) {
    await assert.rejects(run(dataDir, `bind own ${wrong || ','} ${clock}`), {
      code: 'POLICY_STATEMENT',
    })
  }
  await assert.rejects(run(dataDir, `bind own 3,4 ${clock} --remove`), { code: 'POLICY_NOT_BOUND' })
  assert.deepEqual(snapshot(dataDir), before)
  await run(dataDir, `bind own 3,5-398 ${clock} --remove`)
  assert.deepEqual(bound(), [399])
})

test('P16 the next version of a document keeps its decisions; a writer that died is mended', async () => {
  const dataDir = dataFolder()
  await run(dataDir, `draft ${write('Doors are locked', 'Alarms ring')} ${head}`)
  await run(dataDir, `bind own 2 ${cadence}`)
  const next = write('Walls are painted', 'Alarms ring')
  const { out } = await run(dataDir, `draft ${next} --id own --update --date 2026-12-01`)
  assert.match(out, /changed +1\.1\.1 +1\.1\.1/)
  const pack = packOnDisk(places(dataDir), 'own')
  assert.deepEqual([pack.version, pack.organisation.zone], ['2026-12-01', 'Asia/Tokyo'])
  assert.equal(pack.statements[1]?.controls[0]?.control, cadence)
  const own = join(dataDir, 'policies')
  assert.deepEqual(readdirSync(own), ['own'])
  renameSync(join(own, 'own'), join(own, '.own.before'))
  assert.equal(packOnDisk(places(dataDir), 'own').hash, pack.hash)
  assert.deepEqual(readdirSync(own), ['.own.before'])
  await run(dataDir, `bind own 1 ${cadence}`)
  assert.deepEqual(readdirSync(own), ['own'])
})

test('P16 an own pack that is called like one of the program is refused', () => {
  const dataDir = dataFolder()
  mkdirSync(join(dataDir, 'policies/weemed'), { recursive: true })
  assert.throws(() => packOnDisk(places(dataDir), 'weemed'), { code: 'POLICY_TWICE' })
})

test('P16 the library is found by words of any language, with its parameters', async () => {
  const dataDir = dataFolder()
  const found = await run(dataDir, 'controls --search 訓練')
  assert.equal(found.code, 0)
  assert.match(
    found.out,
    /^[a-z.-]+ {2}\([a-z]+\)\n {2}[A-Za-z][^]*\n {4}period=P1M {2}how often\n/m,
  )
  const none = await run(dataDir, 'controls --search nothing-like-this')
  assert.equal(none.code, 1)
  assert.match(none.out, /Without words all are listed/)
  const [several, quoted] = await Promise.all(
    ['controls --search monthly review', 'controls review monthly'].map(w => run(dataDir, w)),
  )
  assert.equal(several?.out, quoted?.out)
  assert.equal(several?.code, 0)
  const all = JSON.parse((await run(dataDir, 'controls --json')).out) as { id: string }[]
  assert.ok(all.length > 100)
})

const snapshot = (dataDir: string): readonly string[] =>
  readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .map(path => `${path} ${readFileSync(path, 'utf8')}`)
    .sort()
