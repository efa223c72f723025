// How large the sources are: a file over the hard limit fails, the worst ten of files and of
// functions are printed for whoever wants to make something smaller.
import * as fs from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseSync } from 'vite'

export type Size = Readonly<{ name: string; lines: number }>
export type Sizes = Readonly<{ files: Size[]; functions: Size[] }>

/** Nobody we admire splits one idea to meet a number, and nobody understands 1,000 lines at once. */
export const fileLinesMax = 700

/** Guidance; looked at again, never refused. */
export const functionLinesAim = 100

const folders = ['src', 'web', 'sigma', 'verify', 'test', 'bench', 'scripts']

/** All sources of the project, largest first. */
export function measureSizes(root: string): Sizes {
  const files: Size[] = []
  const functions: Size[] = []
  for (const path of folders.flatMap(folder => listSources(join(root, folder)))) {
    const text = fs.readFileSync(path, 'utf8')
    const name = relative(root, path)
    files.push({ name, lines: countLines(text) })
    functions.push(...measureFunctions(name, text))
  }
  const largest = (a: Size, b: Size) => b.lines - a.lines || a.name.localeCompare(b.name)
  return { files: files.sort(largest), functions: functions.sort(largest) }
}

export function listSources(folder: string): string[] {
  if (!fs.existsSync(folder)) return []
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
}

const countLines = (text: string) => text.split('\n').length - (text.endsWith('\n') ? 1 : 0)

type Node = { type: string; start: number; end: number; id?: { name?: string } | null }

function measureFunctions(file: string, text: string): Size[] {
  const found: Size[] = []
  visit(parseSync(file, text).program, node => {
    if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type))
      return
    const line = text.slice(0, node.start).split('\n').length
    const lines = text.slice(node.start, node.end).split('\n').length
    found.push({ name: `${file}:${line} ${node.id?.name ?? ''}`.trim(), lines })
  })
  return found
}

/** Calls `see` for every node of a syntax tree. */
export function visit(tree: unknown, see: (node: Node & Record<string, unknown>) => void): void {
  if (Array.isArray(tree)) return tree.forEach(part => visit(part, see))
  if (typeof tree !== 'object' || tree === null) return
  if ('type' in tree && typeof tree.type === 'string') see(tree as Node & Record<string, unknown>)
  for (const part of Object.values(tree)) visit(part, see)
}

if (import.meta.main) {
  const { files, functions } = measureSizes(resolve(import.meta.dirname, '..'))
  const show = (size: Size) =>
    process.stdout.write(`${String(size.lines).padStart(6)}  ${size.name}\n`)
  process.stdout.write('largest files\n')
  files.slice(0, 10).forEach(show)
  process.stdout.write(`largest functions outside tests (aim: at most ${functionLinesAim})\n`)
  functions
    .filter(size => !/\.test\.ts/.test(size.name))
    .slice(0, 10)
    .forEach(show)
  const tooLarge = files.filter(size => size.lines > fileLinesMax)
  for (const { name, lines } of tooLarge) {
    process.stderr.write(`${name}: ${lines} lines; the limit is ${fileLinesMax}\n`)
  }
  process.exitCode = tooLarge.length > 0 ? 1 : 0
}
