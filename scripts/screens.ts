import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { locales } from '../src/core/i18n/locale.ts'
import { openChromium } from '../src/core/ui/testing.ts'
import { startGallery } from '../test/browser/gallery.ts'
import { startSampleProgram } from './sample-program.ts'
import { walkScreens } from './walk.ts'

/**
 * Makes a picture of every screen of the sample organisation in every language, light, dark and narrow,
 * for people to look at: `npm run screens [WORD]`, of those whose name has the word. The screens are
 * found as people find them, through the navigation; of each that has a list also the first thing on it.
 *
 * `--sample HOME` takes a sample that is there and changes it; else one is made below `dist`.
 * `--folder`: where they go. `--readme` makes the two pictures of the README and nothing else.
 * CHROMIUM names the browser.
 */

const root = join(import.meta.dirname, '..')
const { values: flags, positionals } = parseArgs({
  options: {
    sample: { type: 'string', default: join(root, 'dist/sample') },
    folder: { type: 'string', default: join(root, 'dist/screens') },
    readme: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const { folder } = flags
const [word = ''] = positionals

const sizes = {
  wide: { width: 1440, height: 900 },
  narrow: { width: 390, height: 844 },
} as const

mkdirSync(folder, { recursive: true })
const browser = await openChromium()
try {
  const sample = await startSampleProgram(flags.sample)
  try {
    await (flags.readme ? shootReadme(sample.link) : shootAll(sample.link))
  } finally {
    await sample.stop()
  }
  if (!flags.readme && 'gallery'.includes(word)) {
    const gallery = await startGallery()
    await gallery.http.listen(0)
    // Its clock stands still, and with it the bucket of the session.
    await shootAll(await gallery.http.link(), () => (gallery.clock.ms += 2_000))
    await gallery.stop()
  }
} finally {
  await browser.close()
}

/** Signs in by the link. One link, one session: links are not made faster than a person needs them. */
async function enter(link: string) {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(link)
  await page.waitForSelector('main h1')
  return { page, storageState: { ...(await context.storageState()), origins: [] } }
}

async function shootAll(link: string, between = () => {}): Promise<void> {
  const { page: door, storageState } = await enter(link)
  const paths = (await screenPaths(door)).filter(path => nameOf(path).includes(word))
  const { origin } = new URL(door.url())
  for (const locale of locales) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [size, viewport] of Object.entries(sizes)) {
        const page = await browser.newPage({ locale, colorScheme, viewport, storageState })
        const where = `${locale}-${colorScheme}-${size}`
        page.on('console', message => {
          if (message.type() === 'error') console.error(`${where}: ${message.text()}`)
        })
        for (const path of paths) {
          between()
          await page.goto(origin + path)
          await settle(page)
          await page.screenshot({ path: join(folder, `${nameOf(path)}-${where}.png`) })
        }
        await page.close()
      }
    }
  }
  for (const path of paths) {
    await door.goto(origin + path)
    await settle(door)
    await door.pdf({ path: join(folder, `${nameOf(path)}.pdf`), preferCSSPageSize: true })
  }
}

/** The policy with a broken sentence opened, as somebody sees it who comes to the project. */
async function shootReadme(link: string): Promise<void> {
  const { page: door, storageState } = await enter(link)
  const { origin } = new URL(door.url())
  const images = join(root, 'docs/images')
  mkdirSync(images, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    const viewport = { width: 1360, height: 850 }
    const page = await browser.newPage({ locale: 'en', colorScheme, viewport, storageState })
    await page.goto(`${origin}/policy`)
    await page.locator('main li[data-status=broken] > a').first().click()
    await page.waitForSelector('#policy-prove')
    await settle(page)
    await page.screenshot({ path: join(images, `policy-${colorScheme}.png`) })
    await page.close()
  }
}

/** The heading is there, nothing is being read any more, and the letters have their face. */
async function settle(page: Page): Promise<void> {
  await page.waitForSelector('main h1')
  await page.waitForFunction(() => document.querySelector('[role=status] .bg-paper-3') === null)
  await page.evaluate(() => document.fonts.ready)
}

/** `/registers/people` as a name of a file; the first of a list stands in no address that lasts. */
function nameOf(path: string): string {
  return path
    .replaceAll(/[^\w-]+/g, ' ')
    .trim()
    .replaceAll(' ', '-')
    .slice(0, 80)
}

/** The places, the other screens of each, and the first thing that leads deeper into a screen. */
async function screenPaths(page: Page): Promise<readonly string[]> {
  const screens = await walkScreens(page, () => settle(page))
  const deeper: string[] = []
  for (const screen of screens) {
    await page.goto(new URL(screen, page.url()).href)
    await settle(page)
    const inside = await page.$$eval('main a[href^="/"]', all =>
      all.map(each => each.getAttribute('href') ?? ''),
    )
    const first = inside.find(path => path.startsWith(`${screen}/`))
    if (first !== undefined) deeper.push(first)
  }
  return [...screens, ...deeper]
}
