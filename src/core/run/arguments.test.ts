import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../error.ts'
import { readArguments, readFlags } from './arguments.ts'

const known = { port: 'value', policy: 'value', json: 'switch' } as const

/** Words that look like ours, and words that look like nothing. */
const word = fc.oneof(
  fc.constantFrom('--data', '--data=', '--data=x', '--lang=en', '--lang', '--', '--port', '--json'),
  fc.constantFrom('--port=1', '--__proto__', '--constructor=1', '--to-string', '-d', '', 'start'),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 8 }).map(text => `--${text}`),
  fc.integer({ min: 8_000, max: 9_000 }).map(length => 'x'.repeat(length)),
)

const orRefused = <T>(read: () => T): T | null => {
  try {
    return read()
  } catch (error) {
    assert.ok(error instanceof OkiteError, String(error))
    assert.equal(error.code, 'ARGUMENT_INVALID')
    return null
  }
}

describe('arguments', () => {
  test('any words give a value or a refusal, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), words => {
        const read = orRefused(() => readArguments(words))
        if (read !== null) {
          assert.equal(typeof read.command, 'string')
          assert.ok(read.rest.every(one => words.includes(one)))
          assert.ok(read.data === null || read.data !== '')
        }
        const flags = orRefused(() => readFlags(words, known))
        if (flags !== null) {
          assert.ok(Object.keys(flags.flags).every(name => Object.hasOwn(known, name)))
          assert.equal(Object.getPrototypeOf(flags.flags), Object.prototype)
        }
      }),
      { numRuns: 10_000 },
    )
  })

  test('flags of core stand anywhere; what follows -- is left alone', () => {
    assert.deepEqual(readArguments(['--data', 'd', 'list', '--lang=en', 'a', '--', '--data']), {
      command: 'list',
      rest: ['a', '--data'],
      data: 'd',
      isSample: false,
      language: 'en',
    })
    assert.equal(readArguments([]).command, 'help')
  })

  for (const words of [
    ['--data'],
    ['--data='],
    ['--data', ''],
    ['--data=a', '--data=b'],
    ['a\0b'],
    ['x'.repeat(8_193)],
  ]) {
    test(`refused: ${JSON.stringify(words).slice(0, 40)}`, () => {
      assert.throws(() => readArguments(words), /ARGUMENT_INVALID/)
    })
  }

  test('a flag that is not known, written twice, or lacks its value is refused by its name', () => {
    for (const words of [['--nope'], ['--port'], ['--port=1', '--port=2'], ['--json=yes']]) {
      assert.throws(() => readFlags(words, known), /ARGUMENT_INVALID/)
    }
    assert.deepEqual(readFlags(['--json', 'a', '--port', '1'], known), {
      flags: { json: 'true', port: '1' },
      words: ['a'],
    })
  })
})
