import { strict as assert } from 'node:assert'
import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createServer } from 'vite'
import { locales } from '../src/core/i18n/locale.ts'
import { loadMessages } from '../src/core/i18n/messages.ts'
import { makeModule } from '../src/core/run/module-new.ts'
import type { PlaceFound } from '../web/navigation.ts'
import type { FoundScreen } from '../web/screens.ts'
import { copyTree } from './tree-copy.ts'

const project = join(import.meta.dirname, '..')

/** What is needed of the shell to ask it which screens there are. */
type Shell = Readonly<{
  screens: readonly FoundScreen[]
  placesOf(screens: readonly FoundScreen[]): readonly PlaceFound[]
}>

test('M4 M14 a new module is one new folder, changes nothing else, is found, keeps the whole contract, and has its screen in the navigation', async () => {
  const name = 'identify/example-items'
  const tree = copyTree()
  try {
    const before = snapshot(tree.project)
    makeModule(tree.source, name)
    const now = snapshot(tree.project)
    const added = [...now.keys()].filter(path => !before.has(path))
    assert.ok(added.length > 5)
    for (const path of added) assert.ok(path.startsWith(`src/${name}/`), path)
    for (const [path, content] of before) assert.equal(now.get(path), content, path)
    const out = execFileSync(process.execPath, ['--test', 'test/contract.test.ts'], {
      cwd: tree.project,
      env: { ...process.env, CONTRACT_ONLY: name, NODE_TEST_CONTEXT: undefined },
      encoding: 'utf8',
    })
    assert.match(out, /M12 identify\.example-items\.checked: from unknown to kept/)
    assert.match(out, /fail 0/)

    cpSync(join(project, 'web'), join(tree.project, 'web'), { recursive: true })
    const vite = await createServer({
      configFile: join(tree.project, 'web/vite.config.ts'),
      ...{ appType: 'custom', logLevel: 'error', optimizeDeps: { noDiscovery: true } },
      server: { middlewareMode: true, ws: false, watch: null },
    })
    try {
      const load = (path: string) => vite.ssrLoadModule(path) as Promise<Partial<Shell>>
      const shell = { ...(await load('/screens.ts')), ...(await load('/navigation.ts')) } as Shell
      const registers = shell.placesOf(shell.screens).find(place => place.name === 'registers')
      const screen = registers?.screens.find(({ module }) => module === 'identify.example-items')
      assert.equal(screen?.path, '/example-items')
      assert.equal(typeof (await screen.load()).default, 'function')
      const messages = loadMessages(tree.source, [name])
      assert.deepEqual(messages.complaints, [])
      const words = locales.map(locale => messages.translate(locale, screen.title))
      assert.equal(new Set([...words, screen.title]).size, 4, words.join())
    } finally {
      await vite.close()
    }
  } finally {
    tree.remove()
  }
})

/** Every file of the sources, and what is in it. */
function snapshot(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(join(folder, 'src'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  return new Map(
    files.map(path => [
      path.slice(folder.length + 1).replaceAll('\\', '/'),
      readFileSync(path, 'utf8'),
    ]),
  )
}
