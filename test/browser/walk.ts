import type { Page } from 'playwright-core'
import type { Locale } from '../../src/core/i18n/locale.ts'
import { drawn, lookAt } from '../../src/core/ui/testing-look.ts'

/**
 * A way through everything that a person can open: found once, by pressing whatever may open something,
 * and then gone again in other languages.
 */

type Options = Readonly<{
  /** Of the screens. */
  paths: readonly string[]
  /** Before each page: the bucket of the session is to be filled. */
  before(): void
}>

/** One press of a button, by its place among those of the part that is on top. */
type Press = Readonly<{ nth: number; isOpening: boolean }>

/** Something to look at: a page by its address, and what was pressed on it. */
type View = Readonly<{ name: string; place: string; presses: readonly Press[] }>

/** More kinds of pages below a screen, or buttons on a page, than any has: then something runs away. */
const deeperMax = 8
const pressesMax = 60
/** A dialog over a dialog over a page. */
const depthMax = 2

/** What was wrong where, all that there is to see, and the hands that get there. */
type Walker = Awaited<ReturnType<typeof createWalker>>

async function createWalker(page: Page, before: () => void) {
  const found: string[] = []
  const quiet = await watch(page)
  // What is pressed is seen, and done by nobody.
  await page.route('**/api/**', route =>
    route.request().method() === 'GET' ? route.continue() : route.abort(),
  )
  return {
    ...{ page, found, quiet },
    views: [] as View[],
    standing: () => page.evaluate(standingNow),
    async goTo(place: string): Promise<void> {
      before()
      await page.evaluate(follow, place)
      await quiet()
    },
    tell(name: string, wrong: readonly string[]): void {
      for (const one of wrong) found.push(`${page.url()} ${name}: ${one}`)
    },
    async escape(): Promise<void> {
      await page.keyboard.press('Escape')
      await quiet()
    },
    /** Presses a button and waits for what comes of it; null: there is none that was not pressed. */
    async press(part: string, pressed: Set<string>) {
      const next = await page.evaluate(pressNext, [part, [...pressed]] as const)
      if (next === null) return null
      pressed.add(next.name)
      await quiet()
      return next
    },
  }
}

export async function createWalk(page: Page, { paths, before }: Options) {
  const walker = await createWalker(page, before)
  return {
    ...{ found: walker.found, views: walker.views },
    ...createFinder(walker, paths),
    ...createReturn(walker, paths),
  }
}

/** Finds what there is to see. */
function createFinder(walker: Walker, paths: readonly string[]) {
  const { page, views, standing, goTo, tell, escape, press, quiet } = walker
  const seen = new Set<string>()
  /** Pages whose tabs were opened. */
  const walked = new Set<string>()
  const look = async (view: View) => {
    const known = seen.size
    tell(view.name, await lookAt(page, { seen }))
    const isNew = seen.size > known
    if (isNew) views.push(view)
    return isNew
  }

  /**
   * Presses everything in the part that is on top, and looks at what comes of it.
   *
   * @returns false: one of its own buttons has closed it, and there may be more
   */
  const pressAll = async (on: View, pressed: Set<string>, depth = 0): Promise<boolean> => {
    const begun = await standing()
    let view = on
    for (let count = 0; count < pressesMax; count += 1) {
      const stood = await standing()
      const next = await press(begun.part, pressed)
      if (next === null) {
        // What unfolds is looked at when all of it has.
        if (view !== on) await look({ ...view, name: `${on.name}, unfolded` })
        return true
      }
      const { name, nth } = next
      const stands = await standing()
      if (stands.dialogs < begun.dialogs) return false
      if (stands.shape === stood.shape) continue
      const isOpening = stands.isMenu || stands.dialogs > begun.dialogs
      if (!isOpening && stands.place !== begun.place) {
        await goTo(begun.place)
        continue
      }
      const after = {
        ...{ name: `${on.name} › ${name}`, place: on.place },
        presses: [...view.presses, { nth, isOpening }],
      }
      if (!isOpening) {
        view = after
        continue
      }
      const isNew = await look(after)
      if (!stands.isFocusWithin) tell(after.name, ['the focus is not in it'])
      // What is made alike opens the same.
      if (isNew && !stands.isMenu && depth < depthMax) {
        const inside = new Set<string>()
        while (!(await pressAll(after, inside, depth + 1))) {
          pressed.delete(name)
          await press(begun.part, pressed)
        }
      }
      await escape()
      const closed = await standing()
      if (closed.dialogs > begun.dialogs) throw new Error(`${after.name}: Escape does not close it`)
      if (closed.isFocusLost) tell(after.name, ['the focus is lost when it closes'])
    }
    throw new Error(`${on.name}: no end of buttons`)
  }

  /** A page with its tabs; gives the links on it that lead below the screen. */
  const seeAt = async (path: string, screen: string, pressed: Set<string>) => {
    const links: string[] = []
    const see = async () => {
      const { place } = await standing()
      const view = { name: place, place, presses: [] }
      links.push(...(await page.evaluate(linksBelow, screen)))
      await look(view)
      await pressAll(view, pressed)
    }
    await goTo(path)
    await see()
    // Another question is asked of the same tabs.
    const { pathname } = new URL(page.url())
    if (walked.has(pathname)) return links
    walked.add(pathname)
    const tabs = page.locator('main [role=tab]')
    for (let nth = 1; nth < (await tabs.count()); nth += 1) {
      await tabs.nth(nth).click()
      await quiet()
      await see()
    }
    return links
  }

  return {
    /** Finds a screen, one page of each kind that links lead to below it, and what opens on these. */
    async find(path: string): Promise<void> {
      const pressed = new Set<string>()
      const visited = new Set([kindOf(path, path)])
      const queue = [path]
      for (const next of queue) {
        for (const href of await seeAt(next, path, pressed)) {
          const kind = kindOf(path, href)
          const isOther = paths.some(one => one.length > path.length && href.startsWith(one))
          if (isOther || visited.has(kind) || queue.length > deeperMax) continue
          visited.add(kind)
          queue.push(href)
        }
      }
    },
  }
}

/** Goes to all that was found once more. */
function createReturn(walker: Walker, paths: readonly string[]) {
  const { page, views, standing, goTo, tell, escape, quiet } = walker

  /** From what is open to what is to be seen: closes what does not lead there, and presses on. */
  const openView = async ({ name, presses }: View, open: Press[]) => {
    while (!open.every((one, at) => one.nth === presses[at]?.nth))
      if (open.pop()?.isOpening) await escape()
    for (const next of presses.slice(open.length)) {
      const stood = await standing()
      await page.evaluate(pressNth, [stood.part, next.nth] as const)
      await quiet()
      const stands = await standing()
      const isOpening = stands.isMenu || stands.dialogs > stood.dialogs
      if (isOpening !== next.isOpening) throw new Error(`${name} is not the same in all languages`)
      open.push(next)
    }
  }

  return {
    /**
     * All that was found, once more; its colours where the theme is another.
     *
     * @param seen what was looked at in this width before: of the same only the width is looked at again
     */
    async lookAgain(isColoured: boolean, seen: Set<string>): Promise<void> {
      let at = ''
      const open: Press[] = []
      for (const view of views) {
        if (at !== view.place) {
          while (open.length > 0) if (open.pop()?.isOpening) await escape()
          await goTo(view.place)
        }
        at = view.place
        await openView(view, open)
        tell(view.name, await lookAt(page, { isColoured, seen }))
      }
      while (open.length > 0) if (open.pop()?.isOpening) await escape()
    },
    /** What stands around all screens, and what opens by its keys. */
    async lookAtShell(isColoured = true): Promise<void> {
      await goTo(paths[0] ?? '/')
      for (const key of ['?', 'Control+k']) {
        await page.keyboard.press(key)
        await page.waitForSelector('dialog:modal')
        tell(key, await lookAt(page, { isColoured }))
        await escape()
      }
      await page.locator(accountMenu).press('Enter')
      await page.waitForSelector('[role=menu]')
      await quiet()
      tell('menu', await lookAt(page, { isColoured }))
      await escape()
    },
    async speak(locale: Locale): Promise<void> {
      if ((await page.getAttribute('html', 'lang')) === locale) return
      await page.locator(accountMenu).press('Enter')
      await page.click(`[role=menuitemradio][lang=${locale}]`)
      await page.waitForSelector(`html[lang=${locale}]`)
      await quiet()
    },
  }
}

/** In the upper edge; a screen may have a header of its own. */
const accountMenu = 'header:has(nav) button[aria-haspopup=menu]'

/** `/evidence/7?tab=all` and `/evidence/8?tab=mine` are one kind of page. */
const kindOf = (path: string, href: string): string => {
  const { pathname, searchParams } = new URL(href, 'http://localhost')
  return `${pathname === path ? '' : '*'}?${[...searchParams.keys()].toSorted().join('&')}`
}

/* These run in the page. */

/** As a click on a link goes there: nothing is loaded again. */
function follow(href: string): void {
  const link = document.createElement('a')
  link.href = href
  document.body.append(link)
  link.click()
  link.remove()
}

/** How it stands, in all that a press may change. */
function standingNow() {
  const { activeElement } = document
  const dialogs = document.querySelectorAll('dialog[open]')
  const menu = document.querySelector('[role=menu]')
  const { part, shape } = okiteShapes.onTop()
  return {
    ...{ shape, part: part === 'html' ? 'main' : part },
    place: location.pathname + location.search,
    dialogs: dialogs.length,
    isMenu: menu !== null,
    isFocusLost: activeElement === document.body,
    isFocusWithin: (menu ?? [...dialogs].at(-1) ?? document).contains(activeElement),
  }
}

const linksBelow = (path: string) =>
  [...document.querySelectorAll<HTMLAnchorElement>('main a[href]:not([download])')]
    .filter(link => link.origin === location.origin)
    .map(link => link.pathname + link.search)
    .filter(href => href.startsWith(path) && /^[/?]/.test(href.slice(path.length)))

/** Presses the first button whose name was not pressed yet; null: there is none. */
function pressNext([part, pressed]: readonly [string, readonly string[]]) {
  const parts = document.querySelectorAll(part)
  const buttons = parts[parts.length - 1]?.querySelectorAll<HTMLElement>('button, summary') ?? []
  for (const [nth, button] of buttons.entries()) {
    // Figures may change, and days; what is done does not.
    const name = (button.getAttribute('aria-label') ?? button.textContent).replaceAll(/\d+/g, '0')
    if (pressed.includes(name) || !button.checkVisibility() || button.role === 'tab') continue
    // Orders what is there; closes as Escape does.
    if (button.ariaDisabled === 'true' || button.closest('th, dialog header') !== null) continue
    okiteShapes.press(button)
    return { nth, name }
  }
  return null
}

function pressNth([part, nth]: readonly [string, number]): void {
  const parts = document.querySelectorAll(part)
  const button = parts[parts.length - 1]?.querySelectorAll<HTMLElement>('button, summary')[nth]
  if (button) okiteShapes.press(button)
}

/** Waits until the page has all it asked for, and has drawn it. */
async function watch(page: Page): Promise<() => Promise<void>> {
  const open = new Set<object>()
  page.on('request', request => {
    if (!request.url().endsWith('/events')) open.add(request)
  })
  page.on('requestfinished', request => open.delete(request))
  page.on('requestfailed', request => open.delete(request))
  const isThere = () =>
    document.querySelector('main h1') !== null &&
    document.querySelector('[role=status] .bg-paper-3') === null
  const quiet = async () => {
    const endMs = Date.now() + quietMsMax
    for (;;) {
      await drawn(page)
      if (open.size === 0 && (await page.evaluate(isThere)) && open.size === 0) return
      if (Date.now() > endMs) throw new Error(`${page.url()} is not there yet`)
      await new Promise(done => setTimeout(done, 5))
    }
  }
  await quiet()
  return quiet
}

/** Of one page on a busy machine. */
const quietMsMax = 20_000
