import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { randomOf } from './testing/random.ts'
import { isMissing, ruleFiles } from './testing/shared.ts'
import { randomYaml } from './testing/yaml-sources.ts'
import { readAnyYaml, readYaml, type YamlDocument } from './yaml.ts'
import { readPlainYaml } from './yaml-plain.ts'

/**
 * The quick reader against the package `yaml`: where it reads a source, both must say the same.
 * `SIGMA_RUNS` makes more sources, `SIGMA_SEED` others.
 */
const runs = Number(process.env.SIGMA_RUNS ?? 5_000)
const seed = Number(process.env.SIGMA_SEED ?? 1)

/** All of them as text, the order of entries too. */
const shown = (documents: readonly YamlDocument[]): string =>
  JSON.stringify(documents, (_, value) => (value instanceof Map ? [...value] : value))

describe('plain YAML', () => {
  it('M1 all files of the public rules are read alike, and nearly all quickly', {
    skip: isMissing,
  }, () => {
    const files = [...ruleFiles()].filter(([path]) => /\.(ya?ml|md)$/.test(path))
    assert.ok(files.length > 4_000)
    const others: string[] = []
    for (const [path, text] of files) {
      const plain = readPlainYaml(text)
      if (plain === null) others.push(path)
      else assert.ok(shown(plain) === shown(readAnyYaml(text)), path)
    }
    const rules = others.filter(path => path.endsWith('.yml'))
    // It has a tab in a comment.
    assert.equal(rules.length, 1, rules.join())
  })

  it(`M1 ${runs} random sources are read alike or not at all`, () => {
    let read = 0
    for (let run = 0; run < runs; run++) {
      const source = randomYaml(randomOf(seed + run))
      const plain = readPlainYaml(source)
      if (plain === null) continue
      read++
      const any = readAnyYaml(source)
      const where = `seed ${seed + run}: ${JSON.stringify(source)}`
      if (shown(plain) !== shown(any)) assert.deepEqual(plain, any, where)
      assert.ok(shown(plain) === shown(any), where)
    }
    assert.ok(read > runs / 10, `only ${read} were read`)
  })

  it('M1 what is not plain is left to the package', () => {
    for (const source of [
      'a: &x 1',
      'a: *x',
      'a: !t b',
      'a: 1\na: 2',
      'a:\t1',
      "a: 'b\n  c'",
      '? a\n: b',
      'a: b: c',
      '- - a',
      'a: [b]',
      '%YAML 1.2\n---\na: 1',
      'a: 1\n...',
      'a: 1\n b: 2',
      'a:\n  - b\n - c',
      'a',
    ])
      assert.equal(readPlainYaml(source), null, source)
  })

  it('M1 text is read as the source says it', () => {
    const [document] = readYaml(
      "a: it's # c\nb: 'it''s'\nc: \"a\\tb\\u00e9\"\nd: |-\n  a\n   b\n\n  c\n\ne: >\n  a\n  b\n\n  c\nf: a\n  b\n\n  c\n",
    )
    assert.ok(document && 'root' in document && document.root.kind === 'map')
    assert.deepEqual(
      [...document.root.entries].map(([key, { node }]) => [
        key,
        node.kind === 'scalar' && node.text,
        node.at,
      ]),
      [
        ['a', "it's", 1],
        ['b', "it's", 2],
        ['c', 'a\tbé', 3],
        ['d', 'a\n b\n\nc', 4],
        ['e', 'a b\nc\n', 10],
        ['f', 'a b\nc', 15],
      ],
    )
  })
})
