import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildWeb } from '../src/core/ui/testing.ts'

/**
 * How much of the interface a browser has to fetch: the JavaScript of the first screen, which must
 * stay below 250 KB gzip, and everything else by itself. `./okite run bench/web.ts`
 */

const firstScreenBytesMax = 250_000

const web = await buildWeb()
const assets = join(web.folder, 'assets')
const sizes = readdirSync(assets)
  .filter(name => /\.(js|css)$/.test(name))
  .map(name => ({
    name,
    bytes: gzipSync(readFileSync(join(assets, name)), { level: 9 }).byteLength,
  }))
  .sort((a, b) => b.bytes - a.bytes)
const html = readFileSync(join(web.folder, 'index.html'), 'utf8')
web.drop()

// The shell with what it loads at once, and the largest of the screens: no first screen is heavier.
const scripts = sizes.filter(({ name }) => name.endsWith('.js'))
const atOnce = scripts.filter(({ name }) => html.includes(name))
const largest = scripts.find(each => !atOnce.includes(each))
const total = [...atOnce, ...(largest ? [largest] : [])].reduce((sum, each) => sum + each.bytes, 0)

for (const { name, bytes } of sizes) {
  process.stdout.write(`${(bytes / 1000).toFixed(1).padStart(8)} KB  ${name}\n`)
}
const isGood = total <= firstScreenBytesMax
process.stdout.write(
  `${(total / 1000).toFixed(1).padStart(8)} KB  JavaScript of the first screen (gzip; at most ${firstScreenBytesMax / 1000})\n`,
)
process.exitCode = isGood ? 0 : 1
