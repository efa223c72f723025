import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { build } from 'vite'
import { locales } from '../src/core/i18n/locale.ts'
import { startSample } from '../src/govern/policy/testing-sample.ts'

/**
 * Makes a picture of every screen in every language, light, dark and narrow, for people to look at:
 * `node scripts/screens.ts [FOLDER]`. CHROMIUM names the browser.
 */

const root = join(import.meta.dirname, '..')
const folder = process.argv[2] ?? join(root, 'dist/screens')
const web = join(root, 'dist/web')

const sizes = {
  wide: { width: 1440, height: 900 },
  narrow: { width: 390, height: 844 },
} as const

mkdirSync(folder, { recursive: true })
await build({ configFile: join(root, 'web/vite.config.ts'), logLevel: 'warn' })
const sample = await startSample(web)
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
try {
  const url = await sample.http.listen(0)
  // One link, one session: links are not made faster than a person needs them.
  const first = await browser.newContext()
  const door = await first.newPage()
  await door.goto(await sample.http.link())
  await door.waitForSelector('.policy-sentence')
  const storageState = await first.storageState()
  for (const locale of locales) {
    for (const scheme of ['light', 'dark'] as const) {
      for (const [name, viewport] of Object.entries(sizes)) {
        // Its clock stands still, and with it the bucket of the session would stay empty.
        sample.clock.ms += 1000
        const page = await browser.newPage({
          locale,
          colorScheme: scheme,
          viewport,
          storageState: { ...storageState, origins: [] },
        })
        page.on('console', message => {
          if (message.type() === 'error') console.error(`${locale} ${name}: ${message.text()}`)
        })
        const shoot = (what: string) =>
          page.screenshot({ path: join(folder, `${what}-${locale}-${scheme}-${name}.png`) })
        await page.goto(`${url}policy`)
        await page.waitForSelector('.policy-sentence')
        await shoot('policy')
        await page.goto(`${url}policy/5.1.1`)
        await page.waitForSelector('.policy-fact')
        await page.locator('#policy-prove').click()
        await page.waitForSelector('.policy-proof')
        await shoot('inspector')
        await page.close()
      }
    }
  }
  await door.pdf({ path: join(folder, 'policy-ja.pdf'), preferCSSPageSize: true })
} finally {
  await browser.close()
  await sample.stop()
}
