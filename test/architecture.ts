// The import rules of docs/spec/semantics.md as functions from a tree of files to complaints. They are
// our own because no dependency checker reads TypeScript 7 (it would see nothing and pass).
import * as fs from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { parseSync } from 'vite'
import { fileLinesMax, listSources, visit } from '../scripts/sizes.ts'

/** `rule file:line what is wrong`. */
export type Complaint = string

/** One import, export-from or `import()` of a file. */
type Import = Readonly<{ from: string; line: number; isType: boolean; target: string | null }>

export type Tree = Readonly<{
  root: string
  /** Paths below the root, with `/`. */
  files: ReadonlyMap<string, Readonly<{ text: string; imports: readonly Import[] }>>
  /** Folders of modules below the root: `src/<verb>/<name>`. */
  modules: readonly string[]
}>

const verbs = ['govern', 'identify', 'protect', 'detect', 'respond', 'recover']

export function readTree(root: string): Tree {
  const files = new Map<string, { text: string; imports: Import[] }>()
  for (const folder of ['src', 'web', 'sigma', 'verify', 'test', 'deploy']) {
    for (const path of listSources(join(root, folder))) {
      const text = fs.readFileSync(path, 'utf8')
      files.set(toName(root, path), { text, imports: readImports(root, path, text) })
    }
  }
  const modules = [...files.keys()].filter(name => basename(name) === 'module.ts').map(dirname)
  return { root, files, modules: modules.filter(name => verbs.includes(name.split('/')[1] ?? '')) }
}

export function complaints(tree: Tree): Complaint[] {
  return [
    ...checkModules(tree),
    ...checkCore(tree),
    ...checkFacts(tree),
    ...checkCycles(tree),
    ...checkMentions(tree),
    ...checkScreens(tree),
    ...checkFolders(tree),
    ...checkSizes(tree),
  ].sort()
}

const toName = (root: string, path: string) => relative(root, path).split(sep).join('/')

function readImports(root: string, path: string, text: string): Import[] {
  const found: Import[] = []
  visit(parseSync(path, text).program, node => {
    const from = (node['source'] as { value?: unknown } | null | undefined)?.value
    if (typeof from !== 'string') return
    const isType =
      node['importKind'] === 'type' || node['exportKind'] === 'type' || node.type === 'TSImportType'
    const target = from.startsWith('.') ? toName(root, resolve(dirname(path), from)) : null
    found.push({ from, line: lineOf(text, node.start), isType, target })
  })
  return found
}

const lineOf = (text: string, offset: number) => text.slice(0, offset).split('\n').length

const isTest = (file: string) => /\.test\.tsx?$|\/fixtures\/|\/testing[^/]*\.ts$/.test(file)

const within = (file: string, folder: string) => file.startsWith(`${folder}/`)

/** M4: a module imports core, other modules' facts.ts and npm; its judge and controls no npm. */
function* checkModules({ files, modules }: Tree): Iterable<Complaint> {
  for (const module of modules) {
    for (const [file, { imports }] of files) {
      if (!within(file, module)) continue
      const isPure = file === `${module}/judge.ts` || within(file, `${module}/controls`)
      for (const { from, line, target } of imports) {
        if (target === null) {
          if (isPure && !isTest(file)) yield `M4 ${file}:${line} a judge or control imports ${from}`
          continue
        }
        const foreignFacts = modules.some(other => target === `${other}/facts.ts`)
        if (within(target, module) || within(target, 'src/core') || foreignFacts) continue
        yield `M4 ${file}:${line} imports ${target}; of others only core and facts.ts`
      }
    }
  }
}

/** M5: core imports no module; sigma and verify import nothing of ours. */
function* checkCore({ files }: Tree): Iterable<Complaint> {
  for (const [file, { imports }] of files) {
    const [top = ''] = file.split('/')
    for (const { line, target } of imports) {
      if (target === null) continue
      if ((top === 'sigma' || top === 'verify') && !within(target, top)) {
        yield `M5 ${file}:${line} imports ${target}; ${top} imports nothing of ours`
      }
      const free = within(target, 'src/core') || within(target, 'sigma') || within(target, 'verify')
      if (within(file, 'src/core') && !free && !(isTest(file) && within(target, 'test'))) {
        yield `M5 ${file}:${line} imports ${target}; core imports core alone`
      }
    }
  }
}

/** M6, first half: facts.ts imports core only, and the library its schemas are written with. */
function* checkFacts({ files, modules }: Tree): Iterable<Complaint> {
  for (const module of modules) {
    const file = `${module}/facts.ts`
    for (const { from, line, target } of files.get(file)?.imports ?? []) {
      const good = target === null ? from === 'zod' : within(target, 'src/core')
      if (!good) yield `M6 ${file}:${line} imports ${from}; facts.ts imports core only`
    }
  }
}

/** M6, second half: no cycle of files. Imports of types alone are gone when the program runs. */
function* checkCycles({ files }: Tree): Iterable<Complaint> {
  const done = new Set<string>()
  const path: string[] = []
  const found: Complaint[] = []
  const walk = (file: string) => {
    if (done.has(file)) return
    path.push(file)
    for (const { isType, target, line } of files.get(file)?.imports ?? []) {
      if (isType || target === null || !files.has(target)) continue
      const start = path.indexOf(target)
      if (start < 0) walk(target)
      else
        found.push(
          `M6 ${file}:${line} closes a cycle: ${[...path.slice(start), target].join(' → ')}`,
        )
    }
    path.pop()
    done.add(file)
  }
  for (const file of files.keys()) walk(file)
  yield* found
}

/**
 * The files that may name a module (M14): fixtures, and journeys, which walk through the finished
 * program as a person would and so must say where they go.
 */
const mayMention = (file: string) =>
  /\/fixtures\//.test(file) || within(file, 'test/journey') || /^test\/journey[^/]*\.ts$/.test(file)

/** M14: no file in core, web, deploy or test mentions a module's id. */
function* checkMentions({ files, modules }: Tree): Iterable<Complaint> {
  const ids = modules.map(module => module.split('/').slice(1))
  for (const [file, { text }] of files) {
    if (!/^(src\/core|web|deploy|test)\//.test(file) || mayMention(file)) continue
    for (const parts of ids) {
      for (const id of [parts.join('.'), parts.join('/')]) {
        // As a whole word: an id may be the beginning of another's.
        const at = new RegExp(`(?<![\\w-])${RegExp.escape(id)}(?![\\w-])`).exec(text)
        if (at) yield `M14 ${file}:${lineOf(text, at.index)} mentions the module ${id}`
      }
    }
  }
}

/** M17: module.ts reaches no .tsx (type imports are `import type`: the compiler refuses others). */
function* checkScreens({ files, modules }: Tree): Iterable<Complaint> {
  for (const module of modules) {
    const seen = new Set<string>()
    const queue = [`${module}/module.ts`]
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      for (const { isType, target, line } of files.get(file)?.imports ?? []) {
        if (isType || target === null || seen.has(target)) continue
        seen.add(target)
        if (target.endsWith('.tsx'))
          yield `M17 ${file}:${line} is reached by module.ts and imports ${target}`
        else queue.push(target)
      }
    }
    if (module.includes('node_modules')) yield `M17 ${module}:1 a module below node_modules`
  }
}

/** Folders that say nothing of what is in them. */
const vagueNames = new Set([
  'utils',
  'util',
  'helpers',
  'common',
  'services',
  'managers',
  'types',
  'misc',
  'lib',
  'shared',
])

function* checkFolders({ files }: Tree): Iterable<Complaint> {
  const told = new Set<string>()
  for (const file of files.keys()) {
    const vague = dirname(file)
      .split('/')
      .find(name => vagueNames.has(name))
    if (vague === undefined || told.has(dirname(file))) continue
    told.add(dirname(file))
    yield `folder ${file}:1 lies in a folder named ${vague}, which says nothing`
  }
}

function* checkSizes({ files }: Tree): Iterable<Complaint> {
  for (const [file, { text }] of files) {
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
    if (lines > fileLinesMax)
      yield `size ${file}:${fileLinesMax + 1} has ${lines} lines; the limit is ${fileLinesMax}`
  }
}
