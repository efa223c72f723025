import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createPorts } from './testing-ports.ts'

test('C1 declare lists, then declares, then removes: killed in between, nothing is missing', async () => {
  const bench = createPorts()
  await bench.type('declare', '--by', 'Aoi Tanaka', 'a.example:443', 'b.example:443')
  assert.deepEqual(bench.types(), [
    'network.endpoint.listed',
    'network.endpoint.listed',
    'network.endpoint.list.declared',
  ])
  const { code, said } = await bench.type(
    'declare',
    '--by',
    'Aoi Tanaka',
    'b.example:443',
    'c.example:8443',
  )
  assert.equal(code, 0)
  assert.match(said, /2 listed and declared complete \(1 added, 1 removed\)/)
  assert.deepEqual(bench.types().slice(3), [
    'network.endpoint.listed',
    'network.endpoint.list.declared',
    'network.endpoint.removed',
  ])
  assert.deepEqual(
    bench.rows().map(row => row.endpoint),
    ['b.example:443', 'c.example:8443'],
  )
})

test('C1 a file is found from the folder of whoever calls, and a pipe is none', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'okite-cwd-'))
  t.after(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'list.txt'), 'a.example:443\n')
  execFileSync('mkfifo', [join(folder, 'pipe')])
  const bench = createPorts()
  Object.assign(bench.ports, { cwd: folder })
  assert.equal((await bench.type('declare', '--by', 'A', '--file', 'list.txt')).code, 0)
  assert.equal(bench.rows()[0]?.endpoint, 'a.example:443')
  for (const name of ['pipe', '.', 'nothing']) {
    const refused = { code: 'NETWORK_LIST', data: { why: 'unreadable' } }
    await assert.rejects(bench.type('declare', '--by', 'A', '--file', name), refused)
  }
})

test('L5 the name of the person is in the private slot and nowhere else', async () => {
  const bench = createPorts()
  await bench.type('declare', '--by', 'Aoi Tanaka', 'a.example:443')
  for (const { private: slots, ...leaf } of bench.list) {
    assert.equal(slots['by'], 'Aoi Tanaka')
    assert.equal(leaf.trust, 'record')
    assert(!JSON.stringify(leaf).includes('Tanaka'))
  }
})

test('C2 a list comes from a file as well, and one bad line takes nothing from it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'okite-list-'))
  const file = join(folder, 'list.txt')
  const bench = createPorts()
  await writeFile(file, '# ours\na.example:443\nb.example\n')
  const declare = () => bench.type('declare', '--by', 'Aoi Tanaka', '--file', file)
  await assert.rejects(declare(), { code: 'NETWORK_LIST' })
  assert.equal(bench.list.length, 0)
  await writeFile(file, '# ours\na.example:443\n')
  assert.equal((await declare()).code, 0)
  assert.equal(bench.rows().length, 1)
  await rm(file)
  await assert.rejects(declare(), { code: 'NETWORK_LIST' })
  await rm(folder, { recursive: true })
})

test('C3 remove takes off what is there, and refuses what is not', async () => {
  const bench = createPorts()
  await bench.type('declare', '--by', 'A', 'a.example:443', 'b.example:443')
  const unknown = bench.type('remove', '--by', 'A', 'a.example:443', 'x.example:443')
  await assert.rejects(unknown, { code: 'NETWORK_ENDPOINT_UNKNOWN' })
  assert.equal(bench.rows().length, 2)
  await bench.type('remove', '--by', 'A', 'a.example:443')
  assert.equal(bench.rows().length, 1)
  assert.equal(bench.list.at(-2)?.body.endpoints, 1)
})

test('C4 only another person confirms, and only the list that was declared', async () => {
  const bench = createPorts()
  const confirm = (by: string) => bench.type('confirm', '--by', by)
  await assert.rejects(confirm('B'), { code: 'NETWORK_LIST_UNDECLARED' })
  await bench.type('declare', '--by', 'Aoi Tanaka', 'a.example:443')
  for (const same of ['Aoi Tanaka', ' aoi  TANAKA ', 'Ａｏｉ Tanaka']) {
    await assert.rejects(confirm(same), { code: 'NETWORK_SAME_PERSON' })
  }
  assert.equal((await confirm('Ming Chen')).code, 0)
  assert.equal(bench.types().at(-1), 'network.endpoint.list.confirmed')
  assert.equal(bench.list.at(-1)?.body.hash, bench.list.at(-2)?.body.hash)
})

test('C5 what is typed wrong is refused, and nothing happens', async () => {
  const bench = createPorts()
  for (const [code, ...args] of [
    ['NETWORK_USAGE', 'declare', 'a.example:443'],
    ['NETWORK_USAGE', 'declare', '--by', 'A'],
    ['NETWORK_USAGE', 'declare', '--by', 'A', '--file', 'x', 'a.example:443'],
    ['NETWORK_USAGE', 'declare', '--by', 'A\u0007', 'a.example:443'],
    ['NETWORK_USAGE', 'declare', '--by', ' ', 'a.example:443'],
    ['NETWORK_USAGE', 'declare', '--whom', 'A', 'a.example:443'],
    ['NETWORK_USAGE', 'remove', '--by', 'A'],
    ['NETWORK_USAGE', 'list', 'x'],
    ['NETWORK_ENDPOINT', 'declare', '--by', 'A', 'https://a.example'],
    ['NETWORK_LIST', 'declare', '--by', 'A', 'a.example:1', 'A.example:1'],
  ] as const) {
    await assert.rejects(bench.type(...args), { code }, args.join(' '))
  }
  assert.equal((await bench.type('dance')).code, 2)
  assert.match((await bench.type('help')).said, /declare --by NAME/)
  assert.equal(bench.list.length, 0)
})
