import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { roles } from '../../src/core/account/roles.ts'
import { httpLimits } from '../../src/core/http/limits.ts'
import { webFilesOf } from '../../src/core/http/web-files.ts'

/** What must be written down, and what must not be written anywhere. */

const root = join(import.meta.dirname, '..', '..')
const operate = readFileSync(join(root, 'docs', 'operate.md'), 'utf8').replaceAll(/\s+/g, ' ')
const section = (title: string) => operate.split(/ ## /).find(each => each.startsWith(title)) ?? ''

test('ASVS V7.1 operate.md says how long sessions last, how many there are, and why', () => {
  const text = section('Sessions, and who may do what')
  const hours = (ms: number) => ms / 3_600_000
  assert.ok(text.includes(`after ${hours(httpLimits.sessionIdleMs)} hours, a working morning`))
  assert.ok(text.includes(`after ${hours(httpLimits.sessionAbsoluteMs)} hours, whatever is done`))
  assert.ok(text.includes(`${httpLimits.sessionsPerAccountMax} sessions for each account`))
  assert.match(text, /one more ends the oldest/)
  assert.match(text, /NIST SP 800-63B-4 allows .* because /)
  assert.match(text, /there is no federation yet/)
})

test('ASVS V8.1 operate.md says which rules hold for acts, things and fields', () => {
  const text = section('Sessions, and who may do what')
  for (const role of roles) assert.ok(text.includes(role), role)
  for (const rule of [
    /every route names the one that it needs/,
    /A member sees and does what is his own/,
    /Values of persons are fields of their own/,
    /fields that a route does not declare are never sent/,
    /Changes of rights hold from the next request on/,
  ]) {
    assert.match(text, rule)
  }
})

test('ASVS V3.5.4 operate.md asks for a host name of its own', () => {
  assert.match(section('Reached from other machines'), /Give Okite a host name of its own/)
})

/** Sources of everything that runs in a browser. */
const sources = ['web', 'src'].flatMap(folder =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name) && !/test/.test(entry.name))
    .filter(
      entry => folder === 'web' || /\.tsx$/.test(entry.name) || entry.parentPath.includes('/ui'),
    )
    .map(entry => join(entry.parentPath, entry.name)),
)

test('ASVS V3.2.2 ASVS V3.5.5 no screen makes markup of text, runs text or listens to messages of other windows', () => {
  const never = [
    /dangerouslySetInnerHTML|\b(inner|outer)HTML\b|insertAdjacentHTML|setHTMLUnsafe|\bsrcdoc\b/i,
    /createContextualFragment|DOMParser|document\.write|\beval\s*\(|new Function\b|javascript:/,
    /setTimeout\(\s*['"`]|setInterval\(\s*['"`]/,
    // A channel is heard by our own pages alone; what a window hears may come from anywhere.
    /\bonmessage\b|\bopener\b|\b(contentWindow|parent|top)\??\.postMessage\(/,
    /(^|[^.\w]|\b(window|self|globalThis)\.)(addEventListener\(\s*['"]message['"]|postMessage\()/m,
  ]
  assert.ok(sources.length > 60, String(sources.length))
  for (const path of sources) {
    const code = readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    for (const form of never) assert.doesNotMatch(code, form, path)
  }
})

test('ASVS V3.7.1 the shell is made of script, style, fonts and pictures, and of nothing that needs a plug-in', () => {
  for (const name of [
    'a.swf',
    'a.jar',
    'a.class',
    'a.xap',
    'a.exe',
    'a.wasm',
    'a.htc',
    'a',
    'a.html.bak',
  ]) {
    assert.throws(() => webFilesOf([[name, Buffer.from('x')]]), { code: 'HTTP_WEB_FILES' }, name)
  }
  for (const path of sources) {
    assert.doesNotMatch(
      readFileSync(path, 'utf8'),
      /<(embed|applet|iframe|frame)\b|<object\s/,
      path,
    )
  }
  assert.doesNotMatch(
    readFileSync(join(root, 'web', 'index.html'), 'utf8'),
    /<(object|embed|applet|iframe|frame|base)\b/,
  )
})
