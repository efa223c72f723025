import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { runnerImport } from 'vite'
import { sessionPermission } from '../../src/core/http/permission.ts'
import type { Screen } from '../../src/core/ui/screen.ts'
import { buildWeb, openChromium, skip } from '../../src/core/ui/testing.ts'
import { bringLook } from '../../src/core/ui/testing-look.ts'
import { ofTheDay } from '../of-the-day.ts'
import { startCompany } from './company.ts'
import { createWalk } from './walk.ts'

/**
 * Every screen there is, in three languages, two themes and two widths, with what opens on it. Nothing
 * here names a screen or a button: both are found, so that those of a new module are looked at too.
 */

/**
 * Each thing is seen in each language, theme and width, all in one page; its colours once in each theme, and
 * what is made alike but for its words once in each width. A run goes one of the three, by the day.
 */
const looks = [
  { locale: 'ja', width: 1440, colorScheme: 'light' },
  { locale: 'zh-TW', width: 320, colorScheme: 'dark' },
  { locale: 'en', width: 320, colorScheme: 'light' },
] as const
const [found, ...others] = ofTheDay(looks)
const height = 800

const root = join(import.meta.dirname, '../..')
let web: Awaited<ReturnType<typeof buildWeb>>
let company: Awaited<ReturnType<typeof startCompany>>
let browser: Browser
let screens: readonly Screen[] = []

before(async () => {
  if (skip) return
  web = await buildWeb()
  const [shell] = await Promise.all([
    // As the shell finds them, with the shell's own file.
    runnerImport<{ screens: readonly Screen[] }>(join(root, 'web/screens.ts'), {
      ...{ configFile: false, root, logLevel: 'error' },
    }),
    startCompany(web.folder).then(started => (company = started)),
    openChromium().then(opened => (browser = opened)),
  ])
  screens = shell.module.screens
})
after(async () => {
  await browser?.close()
  await company?.close()
  web?.drop()
})

test('WCAG 2.2 axe finds nothing on any screen: three languages, two colours, two widths, dialogs open', {
  skip,
}, async t => {
  assert(found !== undefined)
  const { locale, width, colorScheme } = found
  t.diagnostic(
    `found in ${locale}, ${width} px, ${colorScheme}; and seen in ${others.length} others`,
  )
  const context = await browser.newContext({
    ...{ locale, viewport: { width, height }, colorScheme, reducedMotion: 'reduce' },
  })
  await company.signIn(context)
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  await bringLook(page)
  const errors: string[] = []
  page.on('pageerror', error => errors.push(error.message))
  page.on('console', message => {
    // The browser itself writes a line for what was not sent.
    if (message.type() === 'error' && !message.text().includes('ERR_FAILED'))
      errors.push(message.text())
  })
  await page.goto(company.url)
  const session = await (await page.request.get(`${company.url}/api/session`)).json()
  const mayOpen = new Set([...session.permissions, sessionPermission])
  assert.deepEqual(
    screens.filter(({ permission }) => !mayOpen.has(permission)).map(({ path }) => path),
    [],
    'all screens are open to who looks',
  )
  const paths = screens.map(({ path }) => path).toSorted()
  const before = () => company.clock.add(5_000)
  const walk = await createWalk(page, { paths, before })
  for (const path of paths) await walk.find(path)
  await walk.lookAtShell()
  const narrow = new Set<string>()
  for (const { locale, width, colorScheme } of others) {
    await walk.speak(locale)
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme })
    await walk.lookAgain(colorScheme === 'dark', narrow)
    await walk.lookAtShell(colorScheme === 'dark')
  }
  t.diagnostic(`${screens.length} screens, ${walk.views.length} pages, tabs and dialogs`)
  assert.deepEqual([...new Set(walk.found)], [])
  assert.deepEqual(errors, [])
})
