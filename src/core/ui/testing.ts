import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { build } from 'vite'
import { chromiumPath } from './chromium.ts'

/** What tests of screens share: Chromium, the built interface, and axe. */

const root = join(import.meta.dirname, '../../..')

export { skip } from './chromium.ts'

export const openChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })

/**
 * Builds the interface into a folder that is removed by `drop`; a run of all tests has it built once.
 *
 * @param from the folder of another `index.html`, which opens the same shell with screens of its own
 */
export async function buildWeb(from?: string): Promise<{ folder: string; drop(): void }> {
  const built = process.env['TEST_WEB_BUILT']
  if (built !== undefined && from === undefined) return { folder: built, drop: () => {} }
  const folder = mkdtempSync(join(tmpdir(), 'okite-web-'))
  await build({
    configFile: join(root, 'web/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
    ...(from === undefined ? {} : { root: from }),
  })
  return { folder, drop: () => rmSync(folder, { recursive: true, force: true }) }
}

/** WCAG 2.2 A and AA, and what axe's authors hold to be good practice. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

type Checker = { run(part: string | Document, options: object): Promise<Result> }
type Result = Readonly<{ violations: readonly Violation[] }>
type Violation = Readonly<{
  id: string
  nodes: readonly Readonly<{ html: string; failureSummary?: string }>[]
}>

/** Gives every page of a context the checker, from outside: the page's own policy allows no script. */
export const bringAxe = (page: Page): Promise<unknown> =>
  page.addInitScript({ content: axe.source })

/**
 * What axe finds wrong on the page as it stands, one line each.
 *
 * @param within one part of the page, by its selector
 * @param isColoured false where the colours were looked at before
 */
export async function violations(
  page: Page,
  within?: string,
  isColoured = true,
): Promise<string[]> {
  const result = await page.evaluate(
    ([part, runOnly, enabled]) =>
      (globalThis as unknown as { axe: Checker }).axe.run(part ?? document, {
        runOnly,
        rules: { 'color-contrast': { enabled } },
        resultTypes: ['violations'],
        // All that a page is made of comes from its own origin, and is there.
        preload: false,
      }),
    [within, rules, isColoured] as const,
  )
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ html, failureSummary = '' }) =>
        `${id}: ${html.slice(0, 160)} — ${failureSummary.replaceAll(/\s+/g, ' ').slice(0, 240)}`,
    ),
  )
}

/** Whether something stands wider than the window (WCAG 1.4.10). */
export const overflows = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1)
