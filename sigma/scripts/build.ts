// Builds the package: plain JavaScript and declarations of all that `sigma/src` has but its tests.
// `./okite run sigma/scripts/build.ts [FOLDER]`; `npm pack` in `sigma` runs it before and removes
// the folder afterwards.
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const home = resolve(import.meta.dirname, '..')
const root = resolve(home, '..')
const out = resolve(process.argv[2] ?? join(home, 'dist'))

const isTest = (path: string): boolean => /(?:^|\/)testing[^/]*(?:\/|\.ts$)|\.test\.ts$/.test(path)

/** The oldest language that is promised is that of Node 20; what came later is a type error. */
const options = {
  noEmit: false,
  declaration: true,
  rewriteRelativeImportExtensions: true,
  target: 'es2023',
  lib: ['es2023', 'dom'],
  typeRoots: [join(root, 'node_modules/@types')],
  rootDir: join(home, 'src'),
  outDir: out,
}

/** The compiler reads its options from a file only, and one beside the sources would mislead others. */
function compile(): void {
  const folder = fs.mkdtempSync(join(tmpdir(), 'sigma-build-'))
  try {
    const project = join(folder, 'tsconfig.json')
    const files = fs.globSync('src/**/*.ts', { cwd: home }).filter(path => !isTest(path))
    fs.writeFileSync(
      project,
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: options,
        include: [],
        files: files.sort().map(path => join(home, path)),
      }),
    )
    const tsc = join(root, 'node_modules/.bin/tsc')
    const { status } = spawnSync(tsc, ['--project', project], { stdio: 'inherit' })
    if (status !== 0) throw new Error('the sources were not compiled')
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** What the compiler leaves as it is: imports in declarations, and the files that workers run. */
const leftAlone = /(\bfrom '|\bimport\('|\bimport '|\bnew URL\(')(\.{1,2}\/[^']+)\.ts'/g

function rename(): void {
  for (const path of fs.globSync('**/*.{js,d.ts}', { cwd: out })) {
    const text = fs.readFileSync(join(out, path), 'utf8')
    const renamed = text.replaceAll(leftAlone, "$1$2.js'")
    if (renamed !== text) fs.writeFileSync(join(out, path), renamed)
  }
}

/** Each file that `package.json` names must be there: no entry leads nowhere. */
function check(): void {
  const { exports, bin = {} } = JSON.parse(fs.readFileSync(join(home, 'package.json'), 'utf8')) as {
    exports: Record<string, string | Record<string, string>>
    bin?: Record<string, string>
  }
  const named = [...Object.values(exports), ...Object.values(bin)].flatMap(entry =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  )
  for (const path of named.filter(path => path.startsWith('./dist/'))) {
    const built = join(out, path.slice('./dist/'.length))
    if (!fs.existsSync(built)) throw new Error(`package.json names ${path}, which is not built`)
  }
}

fs.rmSync(out, { recursive: true, force: true })
fs.mkdirSync(dirname(out), { recursive: true })
compile()
rename()
check()
