import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import asc from 'assemblyscript/asc'

const kernel = resolve(import.meta.dirname, '..', 'kernel')

/** As much as the optimiser can do; below `memoryBase` the first addresses mean "none". */
const options = [
  ...['-O3', '--enable', 'simd', '--runtime', 'stub', '--noAssert'],
  ...['--memoryBase', '1024', '--initialMemory', '16'],
]

/** The kernel as a module of TypeScript that holds its bytes. */
export async function compileKernel(): Promise<{ source: string; bytes: number }> {
  let wasm: Uint8Array | null = null
  let told = ''
  const { error } = await asc.main(['index.ts', '-o', 'kernel.wasm', ...options], {
    readFile: name => {
      try {
        return readFileSync(join(kernel, name), 'utf8')
      } catch {
        return null
      }
    },
    writeFile: (_, contents) => {
      wasm = Buffer.from(contents)
    },
    listFiles: () => [],
    stderr: { write: text => void (told += text.toString()) },
  })
  if (error || wasm === null)
    throw new Error(`the kernel does not compile: ${String(error)}\n${told}`)
  const bytes = wasm as Uint8Array
  const source = [
    '/** Made of `sigma/kernel` by `./okite run sigma/scripts/kernel.ts`. */',
    'export const kernelWasm =',
    `  '${Buffer.from(bytes).toString('base64')}'`,
    '',
  ].join('\n')
  return { source, bytes: bytes.length }
}
