import { fold } from '../fold.ts'
import { kernelWasm } from './kernel-wasm.ts'
import { KernelMemory } from './memory.ts'

/** What the kernel needs the host for; see the declarations in `sigma/kernel`. */
export type Host = Readonly<{
  slowKey(start: number, end: number): number
  slowKeyPlace(): number
  slowNumber(field: number, start: number, end: number, isNumber: number): void
  slowObject(start: number, end: number): number
  lazy(predicate: number): number
}>

export type KernelExports = Readonly<{
  memory: WebAssembly.Memory
  memoBytes: WebAssembly.Global
  cursor: WebAssembly.Global
  lineIndex: WebAssembly.Global
  lineStart: WebAssembly.Global
  lineEnd: WebAssembly.Global
  routeLength: WebAssembly.Global
  routeHash: WebAssembly.Global
  matchCount: WebAssembly.Global
  tokenCount: WebAssembly.Global
  serial: WebAssembly.Global
  spent: WebAssembly.Global
  cell: WebAssembly.Global
  rule: WebAssembly.Global
  run(): number
  matchRaw(start: number, end: number): number
  skipLine(): void
  endOfLine(from: number): number
  clearMatches(): void
  forceCell(cell: number): void
  hashKey(parent: number, at: number, length: number): number
  markNumber(field: number, at: number, length: number, isNumber: number): void
  setInput(start: number, end: number, lines: number, canonical: number, source: number): void
  setLineIndex(index: number): void
  setOutput(at: number, max: number): void
  setMemo(at: number): void
  setRecordStamps(at: number): void
  setRoutes(table: number, mask: number): void
  setScratch(at: number): void
  setSpentMax(characters: number): void
  setStamps(
    predicates: number,
    groups: number,
    rules: number,
    fields: number,
    lazies: number,
    candidates: number,
  ): void
  setTables(
    keys: number,
    mask: number,
    flags: number,
    objects: number,
    foldPages: number,
    foldData: number,
    stack: number,
    routeKey: number,
  ): void
  setTokens(at: number, max: number): void
}>

/** Why the kernel has stopped. */
export const status = Object.freeze({ done: 0, bailed: 1, newCell: 2, full: 3 })

/** Below it the kernel keeps what it needs itself; the first addresses mean "none" or "empty". */
const memoryStart = 8_192

let compiled: WebAssembly.Module | null = null

/** A kernel with a memory of its own. */
export function startKernel(host: Host): { kernel: KernelExports; memory: KernelMemory } {
  compiled ??= new WebAssembly.Module(bytesOfBase64(kernelWasm))
  // Each file of the kernel imports under its own name.
  const { slowKey, slowKeyPlace, slowNumber, slowObject, lazy } = host
  const instance = new WebAssembly.Instance(compiled, {
    json: { slowKey, slowKeyPlace },
    scan: { slowNumber },
    rules: { lazy },
    index: { slowObject },
  })
  const kernel = instance.exports as unknown as KernelExports
  return { kernel, memory: new KernelMemory(kernel.memory, memoryStart) }
}

function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0))
}

const pageSize = 256
const pages = 512

/** What each code point folds to, in pages of 256. Page 0 is that of all that have nothing to fold. */
export function putFolds(memory: KernelMemory): { foldPages: number; foldData: number } {
  folds ??= makeFolds()
  return { foldPages: memory.put(folds.index), foldData: memory.putWords(folds.data) }
}

let folds: ReturnType<typeof makeFolds> | null = null

function makeFolds(): { index: Uint8Array; data: Uint32Array } {
  const index = new Uint8Array(pages)
  const data = Array.from({ length: pageSize }, () => 0)
  for (let page = 0; page < pages; page++) {
    if (hasNoCase(page)) continue
    const folded = Array.from({ length: pageSize }, (_, at) => foldOf(page * pageSize + at))
    if (folded.every((codePoint, at) => codePoint === page * pageSize + at)) continue
    index[page] = data.length / pageSize
    data.push(...folded)
  }
  return { index, data: Uint32Array.from(data) }
}

/** Most scripts have no capitals: the whole page is asked at once. */
function hasNoCase(page: number): boolean {
  const text = String.fromCodePoint(
    ...Array.from({ length: pageSize }, (_, at) => page * pageSize + at),
  )
  return text === text.toLowerCase() && text === text.toUpperCase()
}

function foldOf(codePoint: number): number {
  const isHalf = codePoint >= 0xd800 && codePoint <= 0xdfff
  return isHalf ? codePoint : (fold(String.fromCodePoint(codePoint)).codePointAt(0) as number)
}
