import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

const okite = resolve(import.meta.dirname, '../../../okite')

test('./okite sigma --help says how it is called', () => {
  const { status, stdout } = spawnSync(okite, ['sigma', '--help', '--lang', 'en'])
  assert.equal(status, 0)
  assert.match(stdout.toString(), /^\.\/okite sigma --rules DIR EVENTS/m)
})

test('./okite sigma needs no data of Okite and ends as grep does', t => {
  const folder = mkdtempSync(join(tmpdir(), 'okite-sigma-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const rule = join(folder, 'rule.yml')
  const events = join(folder, 'events.jsonl')
  writeFileSync(
    rule,
    'title: A\nlogsource: {product: p}\ndetection: {sel: {a: 1}, condition: sel}\n',
  )
  writeFileSync(events, '{"product":"p","a":2}\n{"product":"p","a":1}\n')
  const ask = (...words: string[]) =>
    spawnSync(okite, ['sigma', ...words], {
      env: { ...process.env, OKITE_HOME: join(folder, 'none') },
    })
  const found = ask('--rules', rule, '--json', events)
  assert.equal(found.status, 0, found.stderr.toString())
  assert.equal(JSON.parse(found.stdout.toString()).line, 1)
  assert.equal(ask('--rules', rule, '--nonsense', events).status, 2)
})
