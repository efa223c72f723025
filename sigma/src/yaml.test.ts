import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { limits } from './limits.ts'
import { readYaml, type YamlDocument } from './yaml.ts'

const refusals = (source: string): (string | null)[] =>
  readYaml(source).map(document => ('refused' in document ? document.refused.code : null))

/** Type and text of each entry of a document that is a map of scalars. */
function scalars(document: YamlDocument | undefined): Record<string, string> {
  assert.ok(document && 'root' in document && document.root.kind === 'map')
  return Object.fromEntries(
    [...document.root.entries].map(([key, { node }]) => {
      assert.equal(node.kind, 'scalar')
      return [key, node.kind === 'scalar' ? `${node.type} ${node.text}` : '']
    }),
  )
}

describe('YAML', () => {
  it('M1 byte order mark, CRLF and several documents are read, empty ones left out', () => {
    const documents = readYaml('\uFEFFa: 1\r\n---\r\nb: 2\r\n---\n---\nc: 3')
    assert.deepEqual(documents.map(scalars), [
      { a: 'number 1' },
      { b: 'number 2' },
      { c: 'number 3' },
    ])
    assert.deepEqual(
      documents.map(({ at }) => at),
      [1, 3, 6],
    )
  })

  it('M1 half a character is refused, in a key as in a value', () => {
    assert.deepEqual(refusals('a: "\\ud83d"\n---\n"\\ud83d": a\n---\na: "\\ud83d\\ude00"'), [
      'YAML_SURROGATE',
      'YAML_SURROGATE',
      null,
    ])
  })

  it('M1 one bad document does not take the others with it', () => {
    assert.deepEqual(refusals('a: 1\n---\na: 1\na: 2\n---\nb: 1'), [
      null,
      'YAML_DUPLICATE_KEY',
      null,
    ])
  })

  it('M1 duplicate keys, keys that are no scalars and unknown tags are refused', () => {
    assert.deepEqual(refusals('a: 1\n"a": 2'), ['YAML_DUPLICATE_KEY'])
    assert.deepEqual(refusals('? [a]\n: b'), ['YAML_KEY'])
    assert.deepEqual(refusals('a: !thing 1'), ['YAML_TAG'])
  })

  it('M1 anchors are allowed, endless and exploding aliases are not', () => {
    assert.deepEqual(scalars(readYaml('a: &x 1\nb: *x')[0]), { a: 'number 1', b: 'number 1' })
    assert.deepEqual(refusals('a: &a [*a]'), ['YAML_ALIAS'])
    assert.deepEqual(refusals('a: *nowhere'), ['YAML_ALIAS'])
    const bomb = Array.from({ length: 40 }, (_, n) => `a${n}: &a${n} [*a${n - 1}, *a${n - 1}]`)
    assert.deepEqual(refusals(['a-1: &a-1 x', ...bomb].join('\n')), ['YAML_TOO_LARGE'])
  })

  it('M1 depth is bounded', () => {
    assert.deepEqual(refusals(`a: ${'['.repeat(200)}${']'.repeat(200)}`), ['YAML_TOO_DEEP'])
    assert.equal(refusals(`a: ${'['.repeat(100_000)}`).length, 1)
  })

  it('M1 what has too many pieces is the last that is read of its stream', () => {
    const many = 'a: 1\n---\nb:\n' + '- x\n'.repeat(limits.yamlLexemesMax / 4) + '---\nc: 1'
    const [first, last, ...rest] = readYaml(many)
    assert.ok(first && 'root' in first && rest.length === 0)
    assert.ok(last && 'refused' in last && last.refused.code === 'YAML_TOO_LARGE')
    assert.equal(last.at, 2)
  })

  it('M1 a line of nothing but errors costs time in proportion to its length', () => {
    const lineOf = (size: number): string => '[]'.repeat(size)
    // Each error once copied the line: this one would take an hour.
    assert.deepEqual(refusals(lineOf(200_000)), ['YAML_SYNTAX'])
    assert.deepEqual(refusals(`a: 1\n---\n${lineOf(2)}\n---\nb: 1`), [null, 'YAML_SYNTAX', null])
  })

  it('M2 only null, booleans and decimal numbers are typed, and all keep their text', () => {
    const source = `
      yes: yes
      off: off
      hex: 0x10
      octal: 012
      clock: 1:30
      date: 2020-01-01
      float: 1.50
      exponent: -1e3
      quoted: "5"
      tagged: !!str 5
      boolean: True
      nothing: ~
      empty:
      mask: -9223372036854775808`
    assert.deepEqual(scalars(readYaml(source)[0]), {
      yes: 'string yes',
      off: 'string off',
      hex: 'string 0x10',
      octal: 'string 012',
      clock: 'string 1:30',
      date: 'string 2020-01-01',
      float: 'number 1.50',
      exponent: 'number -1e3',
      quoted: 'string 5',
      tagged: 'string 5',
      boolean: 'boolean True',
      nothing: 'null ~',
      empty: 'null ',
      mask: 'number -9223372036854775808',
    })
  })

  it('M1 a key named __proto__ is a key like any other', () => {
    const [document] = readYaml('__proto__: 1\nconstructor: 2')
    assert.ok(document && 'root' in document && document.root.kind === 'map')
    assert.deepEqual([...document.root.entries.keys()], ['__proto__', 'constructor'])
  })
})
