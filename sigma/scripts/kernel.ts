// Compiles the kernel of the fast engine to WebAssembly and writes it into the source that the
// engine loads. With --check writes nothing and fails if that is not what the kernel is.
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { compileKernel } from './compile-kernel.ts'

const place = join(resolve(import.meta.dirname, '..'), 'src/fast/kernel-wasm.ts')
const { source, bytes } = await compileKernel()
if (process.argv.includes('--check')) {
  const isSame = readFileSync(place, 'utf8') === source
  console.log(
    isSame ? 'the kernel is what its sources make' : 'the kernel is not what its sources make',
  )
  process.exitCode = isSame ? 0 : 1
} else {
  writeFileSync(place, source)
  console.log(`${bytes} bytes of WebAssembly`)
}
