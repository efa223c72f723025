import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')

/** The colours of one block, by name. */
function coloursOf(block: string): Record<string, string> {
  const found = [...block.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{3,6});/g)]
  return Object.fromEntries(found.map(([, name, value]) => [name, value]))
}

const light = coloursOf(css.slice(0, css.indexOf('data-theme="dark"')))
const dark = coloursOf(/\[data-theme="dark"\] \{([^}]*)\}/.exec(css)?.[1] ?? '')
const auto = coloursOf(/:not\(\[data-theme="light"\]\) \{([^}]*)\}/.exec(css)?.[1] ?? '')

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const digits = colour.length === 4 ? colour.replace(/[0-9a-f]/g, '$&$&') : colour
  const channel = (at: number) => {
    const value = Number.parseInt(digits.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

for (const [name, colours] of Object.entries({ light, dark })) {
  test(`WCAG 1.4.3 every text has 4.5 : 1 on every paper it stands on (${name})`, () => {
    const pairs = ['kept', 'due', 'broken', 'unknown'].flatMap(verdict => [
      [verdict, 'paper'],
      [verdict, `${verdict}-wash`],
      ['ink', `${verdict}-wash`],
      ['ink-2', `${verdict}-wash`],
      ['ink-3', `${verdict}-wash`],
    ])
    const inks = ['ink', 'ink-2', 'ink-3'].flatMap(ink => [
      [ink, 'paper'],
      [ink, 'paper-2'],
    ])
    for (const [text = '', paper = ''] of [...pairs, ...inks, ['next-ink', 'next']]) {
      const ratio = contrast(colours[text] ?? '', colours[paper] ?? '')
      assert.ok(ratio >= 4.5, `${text} on ${paper}: ${ratio.toFixed(2)}`)
    }
  })
}

for (const [name, colours] of Object.entries({ light, dark })) {
  test(`WCAG 1.4.11 marks, edges of fields and the focus have 3 : 1 (${name})`, () => {
    for (const mark of ['kept', 'due', 'broken', 'unknown', 'edge', 'focus', 'next', 'next-2']) {
      for (const paper of ['paper', 'paper-2']) {
        const ratio = contrast(colours[mark] ?? '', colours[paper] ?? '')
        assert.ok(ratio >= 3, `${mark} on ${paper}: ${ratio.toFixed(2)}`)
      }
    }
    for (const [text = '', paper = ''] of [
      ['next-ink', 'next-2'],
      ['next', 'paper'],
      ['next', 'paper-2'],
      ['ink', 'paper-3'],
      ['ink-2', 'paper-3'],
    ]) {
      const ratio = contrast(colours[text] ?? '', colours[paper] ?? '')
      assert.ok(ratio >= 4.5, `${text} on ${paper}: ${ratio.toFixed(2)}`)
    }
  })
}

test('dark by choice and dark by setting are the same colours', () => {
  assert.deepEqual(auto, dark)
  assert.ok(Object.keys(dark).length > 15)
})
