import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { chromium } from 'playwright-core'

/** What a stranger does: installs the tarball into a folder of his own, and uses it as plain JavaScript. */

const home = import.meta.dirname
const root = resolve(home, '..')
const browsers = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']
const executablePath = process.env.CHROMIUM ?? browsers.find(path => fs.existsSync(path)) ?? ''
const noBrowser = fs.existsSync(executablePath)
  ? false
  : 'Chromium is not on this machine (CHROMIUM)'

const program = `
import { compile, SigmaError } from 'okite-sigma'
import { chunkBytes, readEvtx } from 'okite-sigma/evtx'

const rules = JSON.stringify({
  title: 't', id: '00000000-0000-4000-8000-00000000000a', name: 'a', logsource: { product: 'windows' },
  detection: { s: { 'Image|endswith': '\\\\x.exe' }, condition: 's' },
}) + '\\n---\\n' + JSON.stringify({
  title: 'c', id: '00000000-0000-4000-8000-00000000000c',
  correlation: { type: 'event_count', rules: ['a'], timespan: '10s', condition: { gte: 2 } },
})
const engine = compile(rules)
const event = new TextEncoder().encode('{"product":"windows","Image":"C:\\\\\\\\X.EXE"}')
const correlator = engine.correlate()
const match = id => ({ rules: engine.match(event), timeMs: 0, id, field: engine.fields(event) })
const alerts = [...correlator.add(match('1')), ...correlator.add(match('2'))]
let refused = null
try { engine.match([]) } catch (error) { refused = error instanceof SigmaError && error.refusal.code }
export const result = {
  states: engine.rules.map(({ state }) => state),
  matched: engine.match(event),
  alerts: alerts.map(({ events }) => events),
  refused,
  remarks: [...readEvtx(new Uint8Array(4096 + chunkBytes))].map(({ kind }) => kind),
}
`
const expected = {
  states: ['runs', 'runs'],
  matched: ['00000000-0000-4000-8000-00000000000a'],
  alerts: [['1', '2']],
  refused: 'EVENT_SHAPE',
  remarks: ['remark'],
}

const typed = `
import { compile, type Engine, type RuleState, type SigmaError } from 'okite-sigma'
import { flatten, readEvtx, toJson } from 'okite-sigma/evtx'

const engine: Engine = compile('title: t')
export const [state]: readonly RuleState[] = engine.rules
export const code: SigmaError['refusal']['code'] = 'EVENT_SHAPE'
for (const item of readEvtx(new Uint8Array())) {
  if (item.kind === 'record') engine.match(flatten(toJson(item.event)))
}
// @ts-expect-error: a rule is no number
compile(1)
`
const project = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023', 'dom'],
    types: [],
  },
  files: ['typed.ts'],
}

const folder = fs.mkdtempSync(join(tmpdir(), 'okite-sigma-'))
const modules = join(folder, 'app/node_modules')
const write = (name: string, text: string): void =>
  fs.writeFileSync(join(folder, 'app', name), text)

/** npm, without a network and without the account's own cache. */
const npm = (cwd: string, ...args: string[]): string =>
  execFileSync(
    'npm',
    [...args, '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd, encoding: 'utf8', env: { ...process.env, npm_config_cache: join(folder, 'cache') } },
  )

/** Builds a copy of the package, so that nothing is written beside the sources. */
function pack(): string {
  const copy = join(folder, 'package')
  fs.mkdirSync(copy)
  for (const name of ['package.json', 'README.md', 'LICENSE']) {
    fs.copyFileSync(join(home, name), join(copy, name))
  }
  execFileSync(process.execPath, [join(home, 'scripts/build.ts'), join(copy, 'dist')])
  return join(folder, npm(copy, 'pack', '--silent', '--pack-destination', folder).trim())
}

function runWith(node: string): unknown {
  const print = `import { result } from './program.mjs'; console.log(JSON.stringify(result))`
  const args = ['--input-type=module', '--eval', print]
  const { status, stdout, stderr } = spawnSync(node, args, {
    cwd: join(folder, 'app'),
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  return JSON.parse(stdout)
}

/** A Node that is not ours, where there is one of the oldest release that is promised. */
const oldNode = ['/usr/local/bin/node', '/usr/bin/node'].find(
  node => fs.existsSync(node) && /^v20\./.test(spawnSync(node, ['--version']).stdout.toString()),
)
const noNpm = spawnSync('npm', ['--version']).status === 0 ? false : 'no npm on this machine'

describe('the package', { skip: noNpm }, () => {
  before(() => {
    const tarball = pack()
    fs.mkdirSync(join(folder, 'app'))
    write('package.json', '{"private":true}')
    npm(join(folder, 'app'), 'install', '--install-links', tarball, join(root, 'node_modules/yaml'))
    write('program.mjs', program)
  })

  after(() => fs.rmSync(folder, { recursive: true, force: true }))

  it('runs as plain JavaScript', () => {
    assert.deepEqual(runWith(process.execPath), expected)
  })

  it('runs on Node 20', { skip: oldNode === undefined && 'no Node 20 on this machine' }, () => {
    assert.deepEqual(runWith(oldNode as string), expected)
  })

  it('has types that hold, with the docstrings of the sources', () => {
    write('typed.ts', typed)
    write('tsconfig.json', JSON.stringify(project))
    const tsc = join(root, 'node_modules/.bin/tsc')
    const { status, stdout } = spawnSync(tsc, ['--project', join(folder, 'app')])
    assert.equal(status, 0, String(stdout))
    const declared = fs.readFileSync(join(modules, 'okite-sigma/dist/index.d.ts'), 'utf8')
    assert.match(declared, /\* Compiles rules\. /)
  })

  it('holds no test, no source, and the licence of the project', () => {
    const place = join(modules, 'okite-sigma')
    const files = fs.globSync('**/*', { cwd: place }).map(String)
    assert.ok(files.includes('dist/index.js'))
    const odd = files.filter(path => /test|(?<!\.d)\.ts$|node_modules/.test(path))
    assert.deepEqual(odd, [])
    const licence = (path: string): string => fs.readFileSync(path, 'utf8')
    assert.equal(licence(join(place, 'LICENSE')), licence(join(root, 'LICENSE')))
  })

  it('runs in a browser, as modules that nobody bundled', { skip: noBrowser }, async () => {
    const { server, origin } = await serve()
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    try {
      const page = await browser.newPage()
      await page.goto(origin)
      const result = await page.evaluate(`import('/program.mjs').then(({ result }) => result)`)
      assert.deepEqual(result, expected)
    } finally {
      await browser.close()
      server.close()
    }
  })
})

const imports = {
  yaml: '/node_modules/yaml/browser/index.js',
  'okite-sigma': '/node_modules/okite-sigma/dist/index.js',
  'okite-sigma/evtx': '/node_modules/okite-sigma/dist/evtx/index.js',
}
const html = `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>`
const scripts = new Set(['.js', '.mjs'])

/** Serves the installed folder to this machine alone. */
async function serve(): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    const path = join(folder, 'app', new URL(request.url ?? '/', 'http://localhost').pathname)
    const isScript = scripts.has(extname(path)) && fs.existsSync(path)
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? fs.readFileSync(path) : html)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
