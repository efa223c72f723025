/**
 * The little XML that S3 answers with: elements with text, no DOCTYPE, no entities but the five that XML has
 * and numbers, no more depth and elements than a page of a list has. What is anything else is no answer.
 */
export type Element = Readonly<{ name: string; text: string; children: readonly Element[] }>

type Open = { name: string; text: string; children: Element[] }

/** A page of a list has 1,000 entries of a dozen elements at the most. */
const elementsMax = 40_000
const depthMax = 12
const token = /<\?xml[^<>]*\?>|<(\/?)([A-Za-z_][\w.:-]{0,99})((?:\s[^<>]*?)?)(\/?)>|[^<]+/y

/** null: it is no XML of this kind. */
export function readXml(text: string): Element | null {
  const root: Open = { name: '', text: '', children: [] }
  const stack = [root]
  let count = 0
  token.lastIndex = 0
  for (let at = 0; at < text.length; at = token.lastIndex) {
    const found = token.exec(text)
    if (found === null) return null
    const top = stack.at(-1)!
    const [whole, slash, name, , empty] = found
    if (name === undefined) {
      if (whole.startsWith('<?xml')) {
        if (at !== 0) return null
        continue
      }
      const plain = unescaped(whole)
      if (plain === null) return null
      top.text += plain
    } else if (slash === '/') {
      if (stack.length === 1 || top.name !== name) return null
      stack.pop()
    } else {
      count += 1
      if (count > elementsMax || stack.length > depthMax) return null
      const opened: Open = { name, text: '', children: [] }
      top.children.push(opened)
      if (empty !== '/') stack.push(opened)
    }
  }
  const [only] = root.children
  const isWhole = stack.length === 1 && root.children.length === 1 && root.text.trim() === ''
  return isWhole && only !== undefined ? only : null
}

const known: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescaped(text: string): string | null {
  let isGood = true
  const plain = text.replaceAll(/&([^;]{0,12};?)/g, (_, inside: string) => {
    const name = inside.slice(0, -1)
    const number = /^#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))$/.exec(name)
    if (number !== null) {
      const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16)
      if (code <= 0x10ffff) return String.fromCodePoint(code)
    } else if (inside.endsWith(';') && Object.hasOwn(known, name)) return known[name]!
    isGood = false
    return ''
  })
  return isGood ? plain : null
}

/** The text of the first child of this name; null: there is none. */
export const textOf = (element: Element, name: string): string | null =>
  element.children.find(child => child.name === name)?.text ?? null
