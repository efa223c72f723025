import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { startSampleProgram } from '../scripts/sample-program.ts'
import { buildWeb, openChromium } from '../src/core/ui/testing.ts'

/**
 * How much of the interface a browser has to fetch: the JavaScript of the first screen, which must
 * stay below 250 KB gzip, and everything else by itself. Then how soon the policy page of the sample
 * organisation can be used, in a browser that was never there and in one that was. `./okite run bench/web.ts [HOME]`, where HOME has a sample, or one is made.
 */

const firstScreenBytesMax = 250_000
const coldMsMax = 1_500
const warmMsMax = 300
const rounds = 7

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
process.stdout.write(
  `${(total / 1000).toFixed(1).padStart(8)} KB  JavaScript of the first screen (gzip; at most ${firstScreenBytesMax / 1000})\n`,
)

const sample = await startSampleProgram(
  process.argv[2] ?? join(import.meta.dirname, '../dist/sample'),
)
const browser = await openChromium()
try {
  const { cold, warm } = await measure(browser, sample.link)
  const told = (name: string, ms: readonly number[], msMax: number) =>
    process.stdout.write(
      `${String(median(ms)).padStart(8)} ms  policy page, ${name} (median of ${ms.length}, worst ${Math.max(...ms)}; at most ${msMax})\n`,
    )
  told('cold', cold, coldMsMax)
  told('warm', warm, warmMsMax)
  const isGood =
    total <= firstScreenBytesMax && median(cold) <= coldMsMax && median(warm) <= warmMsMax
  process.exitCode = isGood ? 0 : 1
} finally {
  await browser.close()
  await sample.stop()
}

/** Usable: all sentences are there with their verdicts, and the page has had its frame. */
async function measure(browser: Browser, link: string) {
  const door = await browser.newContext()
  const page = await door.newPage()
  await page.goto(link)
  await page.waitForSelector('.policy-sentence')
  const address = `${new URL(page.url()).origin}/policy`
  const storageState = { ...(await door.storageState()), origins: [] }
  const open = async (page: Page) => {
    const from = performance.now()
    await page.goto(address, { waitUntil: 'commit' })
    await page.waitForFunction(() => document.querySelectorAll('.policy-sentence').length >= 159)
    return Math.round(performance.now() - from)
  }
  const [cold, warm]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    const context = await browser.newContext({ storageState })
    const page = await context.newPage()
    cold.push(await open(page))
    await page.waitForLoadState('networkidle')
    warm.push(await open(page))
    await context.close()
  }
  return { cold, warm }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
