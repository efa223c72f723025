import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { locales } from '../src/core/i18n/locale.ts'
import { buildWeb, openChromium } from '../src/core/ui/testing.ts'
import { startSample } from '../src/govern/policy/testing-sample.ts'
import { startGallery } from '../test/browser/gallery.ts'

/**
 * Makes a picture of every screen in every language, light, dark and narrow, for people to look at:
 * `npm run screens [FOLDER]`. CHROMIUM names the browser.
 */

const root = join(import.meta.dirname, '..')
const folder = process.argv[2] ?? join(root, 'dist/screens')

const sizes = {
  wide: { width: 1440, height: 900 },
  narrow: { width: 390, height: 844 },
} as const

type Served = Readonly<{
  http: { listen(port: number): Promise<string>; link(): Promise<string> }
  clock: { ms: number }
  stop(): Promise<void>
}>

mkdirSync(folder, { recursive: true })
const browser = await openChromium()
try {
  const web = await buildWeb()
  await shootAll(await startSample(web.folder), async (page, shoot) => {
    await page.goto(`${new URL(page.url()).origin}/policy/5.1.1`)
    await page.waitForSelector('.policy-fact')
    await page.click('#policy-prove')
    await page.waitForSelector('.policy-proof')
    await shoot('policy-inspector')
    await page.keyboard.press('Control+k')
    await page.waitForSelector('dialog[open]')
    await shoot('palette')
  })
  web.drop()
  await shootAll(await startGallery(), async () => {})
} finally {
  await browser.close()
}

/** Every screen that the navigation leads to, then whatever a screen alone can show. */
async function shootAll(
  served: Served,
  more: (page: Page, shoot: (name: string) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const url = await served.http.listen(0)
  // One link, one session: links are not made faster than a person needs them.
  const first = await browser.newContext()
  const door = await first.newPage()
  await door.goto(await served.http.link())
  await door.waitForSelector('main h1')
  const storageState = { ...(await first.storageState()), origins: [] }
  const paths = await screenPaths(door)
  for (const locale of locales) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [size, viewport] of Object.entries(sizes)) {
        const page = await browser.newPage({ locale, colorScheme, viewport, storageState })
        page.on('console', message => {
          if (message.type() === 'error') console.error(`${locale} ${size}: ${message.text()}`)
        })
        const shoot = (name: string) =>
          page.screenshot({ path: join(folder, `${name}-${locale}-${colorScheme}-${size}.png`) })
        for (const path of paths) {
          // The sample's clock stands still, and with it the bucket of the session would stay empty.
          served.clock.ms += 2_000
          await page.goto(url + path.slice(1))
          await page.waitForSelector('main h1')
          await page.evaluate(() => document.fonts.ready)
          await shoot(path.slice(1).replaceAll('/', '-'))
        }
        await more(page, shoot)
        await page.close()
      }
    }
  }
  await door.pdf({ path: join(folder, `${paths[0]?.slice(1)}.pdf`), preferCSSPageSize: true })
  await served.stop()
}

/** The places, and the other screens of each. */
async function screenPaths(page: Page): Promise<readonly string[]> {
  const links = () =>
    page.$$eval('nav a[href^="/"]', all => all.map(each => each.getAttribute('href') ?? ''))
  const found = new Set(await links())
  for (const place of [...found]) {
    await page.click(`nav a[href="${place}"]:visible`)
    await page.waitForSelector('main h1')
    for (const path of await links()) found.add(path)
  }
  return [...found]
}
