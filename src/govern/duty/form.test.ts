import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { z } from 'zod'
import { defineFact, type FactType } from '../../core/fact.ts'
import { fillIn } from './form.ts'

const inspected = defineFact('room.inspected', {
  module: 'synthetic',
  keys: f => [f.body.place.room],
  schema: z.strictObject({
    place: z.strictObject({ room: z.string(), floor: z.int() }),
    list: z.array(z.string()),
    more: z.record(z.string(), z.string()).optional(),
  }),
})
const named = (keys: FactType<{ person: string; asset: string }>['keys']) =>
  defineFact('device.returned', {
    module: 'synthetic',
    keys,
    schema: z.strictObject({ asset: z.string(), person: z.string() }),
  })
const fill = (
  type: FactType,
  set: readonly (readonly [string, string])[],
  more: { fact?: Record<string, unknown>; subject?: string } = {},
) => {
  const { body, complaints } = fillIn(type, {
    ...{ fact: more.fact ?? {}, set, occurrence: '2026-12', files: [] },
    subject: more.subject ?? 'org',
  })
  return { body, said: complaints.map(({ code, field }) => `${code} ${field}`) }
}

test('a path goes into what the body itself holds, and changes nothing that all objects share', () => {
  const paths = ['__proto__', 'constructor', 'prototype'].flatMap(part =>
    ['list', 'more', 'place', 'place.floor'].map(name => `${name}.${part}`),
  )
  for (const refused of paths) {
    const { said } = fill(inspected, [
      ['list', '[]'],
      ['more', '{}'],
      ['place', '{"room":"r","floor":1}'],
      [`${refused}.polluted`, 'yes'],
    ])
    assert.ok(said.includes(`unknown ${refused}`), `${refused}: ${said.join()}`)
    for (const shared of [{}, [], () => 0, Object.create({})] as any[])
      assert.equal(shared.polluted, undefined, refused)
  }
  const fact = JSON.parse('{"list":[],"more":{"__proto__":{"x":"y"}},"place":{"room":"r"}}')
  const { said } = fill(inspected, [['more.__proto__.x.polluted', 'yes']], { fact })
  assert.ok(said.includes('unknown more.__proto__'))
  assert.equal(({} as any).polluted, undefined)
  // What all objects have is no field of a type either, and none of the body's own.
  assert.ok(fill(inspected, [['toString.x', '1']]).said.includes('unknown toString'))
  assert.deepEqual(({} as any).toString.x, undefined)
})

test('a list is filled from its beginning; its length is no field', () => {
  const place = ['place', '{"room":"r","floor":1}'] as const
  const { body, said } = fill(inspected, [place, ['list', '["a"]'], ['list.1', 'b']])
  assert.deepEqual([body['list'], said], [['a', 'b'], []])
  for (const name of ['list.length', 'list.3', 'list.-1', 'list.99999999999'])
    assert.deepEqual(fill(inspected, [place, ['list', '[]'], [name, '7']]).said, [
      `unknown ${name}`,
    ])
})

test('the subject of the duty goes where the type names its subject, and nowhere else', () => {
  const both = named(f => [f.body.person, f.body.asset])
  assert.deepEqual(fill(both, []).said, ['missing asset', 'missing person'])
  assert.deepEqual(fill(both, [['person', 'p-1']], { subject: 'p-1' }).said, ['missing asset'])
  const own = fill(
    named(f => [f.body.person]),
    [['asset', 'a-1']],
    { subject: 'p-1' },
  )
  assert.deepEqual([own.body['person'], own.said], ['p-1', []])
})

test('a type that cannot say whom an unfinished body names is asked no further', () => {
  const throwing = named(f => [f.body.person.slice(1), f.body.asset.slice(1)])
  const silent = named(f => (f.body.asset === undefined ? undefined : [f.body.person]) as never)
  for (const type of [throwing, silent])
    assert.deepEqual(fill(type, [], { subject: 'p-1' }).said, ['missing asset', 'missing person'])
})
