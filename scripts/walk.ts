import type { Page } from 'playwright-core'

/**
 * Every screen, found as people find them: by a click on its place, then on what stands beside it. The
 * bar of the places is the first navigation of a page.
 *
 * @param look is told of each while it is shown
 */
export async function walkScreens(
  page: Page,
  look: (path: string) => Promise<unknown>,
): Promise<readonly string[]> {
  await page.waitForSelector('main h1')
  const [places = []] = await linksOf(page)
  const seen = new Set<string>()
  const open = async (path: string): Promise<void> => {
    seen.add(path)
    await page.click(`nav a[href="${path}"]:visible`)
    await page.waitForURL(`**${path}`)
    await look(path)
  }
  for (const place of places) {
    await open(place)
    for (const path of (await linksOf(page)).flat()) {
      if (!seen.has(path) && !places.includes(path)) await open(path)
    }
  }
  return [...seen]
}

/** Where the links of each navigation lead. */
const linksOf = (page: Page): Promise<string[][]> =>
  page.$$eval('nav', all =>
    all.map(nav =>
      [...nav.querySelectorAll('a[href^="/"]')].map(link => link.getAttribute('href') ?? ''),
    ),
  )
