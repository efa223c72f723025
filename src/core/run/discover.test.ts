import { strict as assert } from 'node:assert'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { OkiteError } from '../error.ts'
import { defineFact, type FactType } from '../fact.ts'
import { verdictChanged } from '../facts.ts'
import type { Judge } from '../judge.ts'
import type { Module } from '../module.ts'
import { assembleModules, discoverModules, moduleFolders } from './discover.ts'
import { stratify } from './strata.ts'

const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

const tree = (files: Record<string, string>): string => {
  const root = mkdtempSync(join(tmpdir(), 'okite-discover-'))
  folders.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

const type = (name: string, module: string, more: object = {}): FactType =>
  defineFact(name, { module, schema: z.strictObject({}), ...more })
const judge = (id: string, from: FactType[], makes: FactType[], more = {}): Judge<any> => ({
  id,
  version: 1,
  from,
  makes,
  keys: () => [],
  init: () => 0,
  step: () => ({ state: 0 }),
  ...more,
})
const check = (modules: readonly Module[]): string => {
  const complaints: string[] = []
  assembleModules(modules, complaints)
  return complaints.join('\n')
}

describe('discovery', () => {
  test('every complaint about a bad tree is told at once', async () => {
    const core = (file: string) => pathToFileURL(join(import.meta.dirname, '..', file)).href
    const root = tree({
      'protect/one/module.ts': `export default { id: 'protect.other' }`,
      'protect/throws/module.ts': `throw new Error('at import')`,
      'protect/syntax/module.ts': 'export default {',
      'protect/empty/module.ts': '',
      'protect/notes/readme.md': 'no module',
      'nowhere/one/module.ts': `throw new Error('is not looked at')`,
      'detect/a/module.ts': `
        import { defineFact } from '${core('fact.ts')}'
        import { z } from '${import.meta.resolve('zod')}'
        const schema = z.strictObject({})
        export default {
          id: 'detect.a',
          facts: [
            defineFact('thing.seen', { module: 'detect.a', schema }),
            defineFact('thing.seen', { module: 'detect.a', schema: z.strictObject({ a: z.int() }) }),
            defineFact('claim.accepted', { module: 'detect.b', schema }),
          ],
          tables: [{ name: 'Bad Name', version: 1, columns: '', from: [], apply() {} }],
          routes: [{ method: 'get', path: '/x', permission: '', summary: '' }],
          collectors: [{ name: 'c', sizeBytesMax: 0, perMinuteMax: Number.NaN, run() {} }],
        }`,
    })
    assert.deepEqual(moduleFolders(root), [
      'protect/empty',
      'protect/one',
      'protect/syntax',
      'protect/throws',
      'detect/a',
    ])
    await assert.rejects(discoverModules(root), error => {
      assert.ok(error instanceof OkiteError)
      assert.equal(error.code, 'MODULES_INVALID')
      const text = (error.data['complaints'] as string[]).join('\n')
      for (const expected of [
        /protect\/one\/module\.ts: its default export/,
        /protect\/throws\/module\.ts: at import/,
        /protect\/syntax\/module\.ts/,
        /protect\/empty\/module\.ts: its default export/,
        /fact type thing\.seen is already declared by detect\.a/,
        /claim\.accepted belongs to core/,
        /says it belongs to detect\.b \(M1\)/,
        /table Bad Name/,
        /\(M15\)/,
        /\(M10\)/,
      ]) {
        assert.match(text, expected)
      }
      assert.doesNotMatch(text, /is not looked at/)
      return true
    })
  })

  test('M2 a fact type is declared once; another schema under its name and version is refused', () => {
    const seen = (fields: object) =>
      defineFact('thing.seen', { module: 'detect.a', schema: z.strictObject(fields as any) })
    assert.equal(check([{ id: 'detect.a', facts: [seen({})] }]), '')
    assert.match(
      check([{ id: 'detect.a', facts: [seen({}), seen({ count: z.int() })] }]),
      /already declared/,
    )
    assert.match(
      check([
        { id: 'detect.a', facts: [seen({})] },
        { id: 'detect.b', facts: [seen({})] },
      ]),
      /already declared by detect\.a[\s\S]*belongs to detect\.a \(M1\)/,
    )
  })

  test('M2 a draft says so, and nothing is a draft that does not', () => {
    assert.equal(type('thing.seen', 'detect.a').draft, false)
    assert.equal(type('thing.seen', 'detect.a', { draft: true }).draft, true)
    assert.ok(Object.isFrozen(type('thing.seen', 'detect.a')))
  })

  test('M1 a judge makes what is its own, of core or open, and reads what is declared', () => {
    const other = type('thing.seen', 'detect.b')
    const open = type('thing.told', 'detect.b', { open: true })
    const unknown = type('thing.lost', 'detect.a')
    const b: Module = { id: 'detect.b', facts: [other, open] }
    const a = (from: FactType[], makes: FactType[], id = 'detect.a.j'): Module => ({
      id: 'detect.a',
      judges: [judge(id, from, makes)],
    })
    assert.equal(check([b, a([other], [open])]), '')
    assert.match(check([b, a([other], [other])]), /may not make thing\.seen of detect\.b \(M1\)/)
    assert.match(check([b, a([unknown], [])]), /thing\.lost is declared by no module/)
    assert.match(check([b, a([other], [], 'detect.b.j')]), /must be named detect\.a/)
  })
})

describe('strata', () => {
  const [t1, t2] = [type('one.seen', 'a.a'), type('two.seen', 'a.a')]

  test('V45 whoever reads stands above whoever makes, and equals are sorted by id', () => {
    const complaints: string[] = []
    const judges = [
      judge('a.z', [t1], []),
      judge('a.y', [t1], [t2]),
      judge('a.x', [t2], []),
      judge('a.m', [], [t1]),
    ]
    const expected = ['a.m', 'a.y', 'a.z', 'a.x']
    assert.deepEqual(
      stratify(judges, complaints).map(j => j.id),
      expected,
    )
    assert.deepEqual(
      stratify(judges.toReversed(), complaints).map(j => j.id),
      expected,
    )
    assert.deepEqual(complaints, [])
  })

  test('V45 a roll-up stands above the controls that it names, and not above all', () => {
    const complaints: string[] = []
    const control = (id: string, reads?: string[]) =>
      judge(id, reads === undefined ? [] : [verdictChanged], [verdictChanged], reads && { reads })
    const judges = [control('c.top', ['c.mid']), control('c.mid', ['c.a']), control('c.a')]
    assert.deepEqual(
      stratify(judges, complaints).map(j => j.id),
      ['c.a', 'c.mid', 'c.top'],
    )
    assert.deepEqual(complaints, [])
  })

  for (const [name, judges] of Object.entries({
    itself: [judge('a.a', [t1], [t1])],
    'each other': [judge('a.a', [t1], [t2]), judge('a.b', [t2], [t1])],
    'a roll-up of itself': [judge('a.a', [verdictChanged], [verdictChanged], { reads: ['a.a'] })],
  })) {
    test(`V45 a cycle is a complaint that names its path: ${name}`, () => {
      const complaints: string[] = []
      stratify(judges, complaints)
      assert.match(complaints.join(), /cycle: a\.a → .*a\.a \(V45\)/)
    })
  }
})
