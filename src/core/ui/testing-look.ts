import type { Page } from 'playwright-core'
import { bringAxe, overflows, violations } from './testing.ts'

/** Looking at a page as it stands, from all sides, and at no thing twice. */

type Shapes = Readonly<{
  /** The part that is worked with, and what it is made of: all that axe judges by but the words. */
  onTop(): Readonly<{ part: string; shape: string }>
  thinOut(): void
  giveBack(): void
  /** As by keyboard. */
  press(button: HTMLElement): void
}>
declare global {
  var okiteShapes: Shapes
}

/** Gives every page of a context what `lookAt` needs, from outside. */
export async function bringLook(page: Page): Promise<void> {
  await bringAxe(page)
  await page.addInitScript(installShapes)
}

/**
 * What is wrong with the page as it stands. What is on top is looked at alone, for a dialog makes the
 * rest inert; and of many that are made alike – rows, sentences, entries – the first few.
 *
 * @param seen what was looked at before, by its shape: of the same only the width is looked at again
 * @param isColoured false where the colours were looked at before
 */
export async function lookAt(
  page: Page,
  { seen = new Set<string>(), isColoured = true } = {},
): Promise<string[]> {
  const { part, shape } = await page.evaluate(() => okiteShapes.onTop())
  const found = (await overflows(page)) ? ['wider than the window'] : []
  if (seen.has(shape)) return found
  seen.add(shape)
  await page.evaluate(() => okiteShapes.thinOut())
  const wrong = await violations(page, part, isColoured)
  await page.evaluate(() => okiteShapes.giveBack())
  return [...found, ...wrong]
}

/** What was changed has been drawn, and what that has led to. */
export const drawn = (page: Page): Promise<unknown> =>
  page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))

/** Runs in the page. */
function installShapes(): void {
  /** As many of a kind are looked at: the first, one between others, and one more. */
  const alikeMax = 3
  const kinds = 'li, tr, section, article, details'
  const thinned: HTMLElement[] = []

  const attributeOf = ({ name, value }: Attr) =>
    /^(class|role|type|tabindex|scope|lang|aria-(?!label|describedby|controls|owns))/.test(name)
      ? `${name}=${value}`
      : name
  const shapeOf = (element: Element): string => {
    const attributes = [...element.attributes].map(attributeOf)
    const many = new Map<string, number>()
    const inside = [...element.childNodes].flatMap(child => {
      const shape =
        child instanceof Element ? shapeOf(child) : child.nodeValue?.trim() ? 'text' : ''
      const count = (many.get(shape) ?? 0) + 1
      many.set(shape, count)
      return shape === '' || count > alikeMax ? [] : [shape]
    })
    return `${element.tagName}[${attributes.join(' ')}](${inside.join()})`
  }
  /** Counted in all places that are alike, not in each: every chapter has its paragraphs. */
  const thinOut = (element: Element, path = '', many = new Map<string, number>()): void => {
    for (const child of element.children) {
      const place = `${path} ${child.tagName}.${child.className}`
      if (child instanceof HTMLElement && child.matches(kinds)) {
        const shape = `${place} ${shapeOf(child)}`
        const count = (many.get(shape) ?? 0) + 1
        many.set(shape, count)
        if (count > alikeMax && !child.hidden) {
          child.hidden = true
          thinned.push(child)
          continue
        }
      }
      thinOut(child, place, many)
    }
  }
  /** What is worked with: a menu, the last dialog, or the page. */
  const top = () =>
    ['[role=menu]', 'dialog:modal']
      .map(part => ({ part, element: [...document.querySelectorAll(part)].at(-1) }))
      .find(({ element }) => element !== undefined)
  const shapes: Shapes = {
    onTop() {
      const { part = 'html', element = document.querySelector('main') ?? document.body } =
        top() ?? {}
      return { part, shape: shapeOf(element) }
    },
    thinOut() {
      // What lies below the bar that stays on top would look as if nobody could press it.
      scrollTo(0, 0)
      thinOut(top()?.element ?? document.body)
    },
    giveBack() {
      for (const element of thinned.splice(0)) element.hidden = false
    },
    press(button) {
      button.focus()
      // A menu opens by what goes before a click.
      const init = { key: 'Enter', bubbles: true, cancelable: true }
      if (button.ariaHasPopup === 'menu') button.dispatchEvent(new KeyboardEvent('keydown', init))
      else button.click()
    },
  }
  globalThis.okiteShapes = shapes
}
