import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { compile, type Engine } from '../index.ts'
import { ruleOf } from '../testing/ask.ts'
import { isMissing, linesOf, ruleFiles } from '../testing/shared.ts'

const source = { products: [], services: [], categories: ['test'] }

const engineOf = (...detections: object[]): Engine =>
  compile(
    detections.map((detection, at) => ruleOf(detection, { title: `rule ${at}`, id: `r${at}` })),
    // Many small engines: only the plain one is ready at once.
    { engine: 'reference' },
  )

/** `rule distance held: leaves` of each. */
const nearOf = (engine: Engine, event: object, count = 9): string[] =>
  engine
    .near(event, count, source)
    .map(({ rule, distance, held, leaves }) =>
      [rule, distance, `${held}:`, ...leaves.map(({ key, holds }) => key + Number(holds))].join(
        ' ',
      ),
    )

describe('rules that almost fired', () => {
  it('why: the fewest leaves first, then what had held most; what fired or looks elsewhere is not there', () => {
    const engine = engineOf(
      { s: { A: 1, B: 2, C: 3 }, condition: 's' },
      { s: { A: 1, B: 9 }, condition: 's' },
      { s: { Z: 1 }, condition: 's' },
      { s: { A: 1 }, condition: 's' },
    )
    const event = { A: 1, B: 3, C: 3 }
    assert.deepEqual(nearOf(engine, event), ['r0 1 2: B0', 'r1 1 1: B0', 'r2 1 0: Z0'])
    assert.deepEqual(nearOf(engine, event, 1), ['r0 1 2: B0'])
    assert.deepEqual(engine.near(event, 9, { ...source, categories: ['other'] }), [])
    assert.deepEqual(engine.near(event, 1, source)[0]?.leaves[0]?.found, ['3'])
  })

  it('why: filters that hold are turned, lists ask for one, all of them for each', () => {
    const engine = engineOf(
      { s: { A: 1 }, f1: { B: 1, C: 1 }, f2: { D: 1 }, condition: 's and not 1 of f*' },
      {
        s: [
          { A: 2, B: 2 },
          { A: 1, E: 1, F: 1 },
          { A: 1, E: 1 },
        ],
        condition: 's',
      },
      { s1: { E: 1 }, s2: { F: 1 }, s3: { A: 1 }, condition: 'all of s*' },
    )
    assert.deepEqual(nearOf(engine, { A: 1, B: 1, C: 1, D: 1 }), [
      'r1 1 1: E0',
      'r0 2 1: B1 D1',
      'r2 2 1: E0 F0',
    ])
  })

  it('why: a detection that is named twice pays once, and what contradicts itself is never near', () => {
    const engine = engineOf(
      { a: { A: 1, B: 1 }, b: { C: 1 }, condition: '(a and b) or (a and not b)' },
      { a: { A: 1 }, condition: 'a and not a' },
    )
    assert.deepEqual(nearOf(engine, {}), ['r0 2 0: A0 B0'])
    const names = Array.from({ length: 20 }, (_, at) => `n${at}`)
    const detections = Object.fromEntries(names.map(name => [name, { [name]: 1 }]))
    const condition = `(${names.join(' and ')}) or (${names.join(' and ')})`
    assert.deepEqual(nearOf(engineOf({ ...detections, condition }), {}), [])
  })

  it('why: random conditions against every choice of leaves', () => {
    const random = generator(7)
    for (let run = 0; run < 400; run++) {
      const rule = randomRule(random)
      const engine = engineOf(rule.detection)
      const event = Object.fromEntries(rule.fields.map(field => [field, random(2)]))
      const wanted = bruteForce(engine, event, rule.fields)
      const [near] = engine.near(event, 1, source)
      const context = JSON.stringify([rule.detection, event])
      assert.equal(near?.distance ?? null, wanted, context)
      if (!near) continue
      // Turning the leaves that it names is enough.
      const turned: Record<string, number> = { ...event }
      for (const { key } of near.leaves) turned[key] = 1 - (turned[key] ?? 0)
      assert.equal(near.leaves.length, near.distance, context)
      assert.equal(engine.match(turned, source).length, 1, context)
    }
  })
})

/** The least number of fields to turn for a match; null if the event matches or nothing helps. */
function bruteForce(engine: Engine, event: Record<string, number>, fields: readonly string[]) {
  let best: number | null = null
  for (let choice = 0; choice < 2 ** fields.length; choice++) {
    const turned = fields.filter((_, bit) => (choice >> bit) & 1)
    if (best !== null && turned.length >= best) continue
    const other = { ...event }
    for (const field of turned) other[field] = 1 - (event[field] ?? 0)
    if (engine.match(other, source).length === 1) best = turned.length
  }
  return best === 0 ? null : best
}

type Random = (below: number) => number

function generator(seed: number): Random {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >>> 8) % below
  }
}

/** Up to three detections of up to seven leaves together, and a condition that may name them twice. */
function randomRule(random: Random) {
  const fields: string[] = []
  const item = (): [string, number] => {
    const field = `f${fields.length}`
    fields.push(field)
    return [field, 1]
  }
  const map = (): object => Object.fromEntries(Array.from({ length: 1 + random(2) }, item))
  const names = ['a1', 'a2', 'b'].slice(0, 1 + random(3))
  const detections = names.map(name => [name, random(3) === 0 ? [map(), map()] : map()] as const)
  const condition = (depth: number): string => {
    const name = names[random(names.length)] ?? 'a1'
    switch (depth > 2 ? 5 : random(7)) {
      case 0:
        return `(${condition(depth + 1)} and ${condition(depth + 1)})`
      case 1:
        return `(${condition(depth + 1)} or ${condition(depth + 1)})`
      case 2:
        return `not ${condition(depth + 1)}`
      case 3:
        return '1 of a*'
      case 4:
        return 'all of them'
      default:
        return name
    }
  }
  return { fields, detection: { ...Object.fromEntries(detections), condition: condition(0) } }
}

describe('public rules that almost fired', { skip: isMissing }, () => {
  let engine: Engine
  before(() => {
    if (isMissing) return
    const live = [...ruleFiles()].filter(([path]) => path.startsWith('rules/cloud/aws/'))
    engine = compile(live.map(([name, text]) => ({ name, text })))
  })

  it('why: turning the leaves that are missing is what the rules lack', () => {
    for (const line of linesOf('events/aws-cloudtrail.jsonl.gz').slice(0, 20)) {
      const event = Buffer.from(line)
      const near = engine.near(event, 5)
      assert.equal(near.length, 5)
      const matched = new Set(engine.match(event))
      for (const { rule, distance, leaves } of near) {
        assert.ok(!matched.has(rule) && distance === leaves.length && distance > 0)
      }
      const distances = near.map(({ distance }) => distance)
      assert.deepEqual(
        distances,
        distances.toSorted((a, b) => a - b),
      )
    }
  })
})
