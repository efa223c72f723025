import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { limits } from '../limits.ts'
import { separatorOf, splitRows } from './csv.ts'
import { splitValues } from './json-values.ts'
import { type Piece, type Splitter, splitLines } from './lines.ts'

const bytesOf = (text: string): Buffer => Buffer.from(text)

/** Feeds bytes in chunks of this size, as a disk might. */
function feed(splitter: Splitter, bytes: Uint8Array, chunk = 7): void {
  for (let at = 0; at < bytes.length && !splitter.isDone(); at += chunk) {
    splitter.push(bytes.slice(at, at + chunk))
  }
  splitter.end()
}

function linesOf(text: string, piece: Piece | null = null, chunk = 7): string[] {
  const lines: string[] = []
  const splitter = splitLines(
    {
      line(bytes, nth) {
        assert.equal(nth, lines.length)
        lines.push(Buffer.from(bytes).toString())
      },
      tooLong: () => assert.fail('too long'),
    },
    piece,
  )
  feed(splitter, bytesOf(text).subarray(Math.max(0, (piece?.from ?? 0) - 1)), chunk)
  return lines
}

describe('lines', () => {
  it('end at line feeds, with or without a return, and at the end of the file', () => {
    assert.deepEqual(linesOf('a\r\n\nb\r\r\nc'), ['a', '', 'b\r', 'c'])
    assert.deepEqual(linesOf('a\n'), ['a'])
    assert.deepEqual(linesOf(''), [])
  })

  it('come each once from the pieces of a file, wherever they are cut', () => {
    const text = fc
      .array(fc.constantFrom('\n', '\n', 'a', 'bc', '\r\n'))
      .map(parts => parts.join(''))
    fc.assert(
      fc.property(text, fc.nat(9), fc.nat(9), (text, size, chunk) => {
        const pieces = Math.max(1, Math.ceil(text.length / (size + 1)))
        const found = Array.from({ length: pieces }, (_, nth) => {
          const isLast = nth === pieces - 1
          const to = isLast ? Number.POSITIVE_INFINITY : (nth + 1) * (size + 1)
          return linesOf(text, { from: nth * (size + 1), to }, chunk + 1)
        })
        assert.deepEqual(found.flat(), linesOf(text))
      }),
    )
  })

  it('that are too long are told by number and the next is read', () => {
    const told: (string | number)[] = []
    const splitter = splitLines({
      line: bytes => told.push(Buffer.from(bytes).toString()),
      tooLong: nth => told.push(nth),
    })
    feed(splitter, bytesOf(`a\n${'b'.repeat(limits.eventBytesMax + 1)}\nc\n`), 1_000_000)
    assert.deepEqual(told, ['a', 1, 'c'])
  })
})

function valuesOf(text: string, chunk = 7): (string | number)[] {
  const found: (string | number)[] = []
  const splitter = splitValues({
    object(bytes, nth) {
      assert.equal(nth, found.length)
      found.push(Buffer.from(bytes).toString())
    },
    trouble: (code, nth) => found.push(`${code} ${nth}`),
  })
  feed(splitter, bytesOf(text), chunk)
  return found
}

describe('JSON that is laid out in any way', () => {
  it('is split into the objects of a list, or one behind another', () => {
    const objects = ['{"a":"]}\\"{["}', '{\n  "b": [ {"c": 1} ]\n}', '{}']
    for (const chunk of [1, 2, 3, 1000]) {
      assert.deepEqual(valuesOf(`[${objects.join(' ,\n')}]\n`, chunk), objects)
      assert.deepEqual(valuesOf(objects.join('\n'), chunk), objects)
      assert.deepEqual(valuesOf(objects.join(''), chunk), objects)
    }
    assert.deepEqual(valuesOf(' [ ] '), [])
  })

  it('is unwrapped where the first member of an object is the list of events', () => {
    for (const chunk of [1, 3, 1000]) {
      const wrapped = '{"Records":[{"a":1},{"b":[2]}],"more":{"x":["}"]}}'
      assert.deepEqual(valuesOf(`${wrapped}\n${wrapped}`, chunk), [
        '{"a":1}',
        '{"b":[2]}',
        '{"a":1}',
        '{"b":[2]}',
      ])
    }
    assert.deepEqual(valuesOf('{"Other":[{"a":1}]}'), ['{"Other":[{"a":1}]}'])
    assert.deepEqual(valuesOf('[{"Records":[{"a":1}]}]'), ['{"Records":[{"a":1}]}'])
  })

  it('tells what is no object and what does not end, and goes on', () => {
    assert.deepEqual(valuesOf('[1, "a,]", null, [{"a":1}], {"b":2}]'), [
      'EVENT_SHAPE 0',
      'EVENT_SHAPE 1',
      'EVENT_SHAPE 2',
      'EVENT_SHAPE 3',
      '{"b":2}',
    ])
    assert.deepEqual(valuesOf('[{"a":1},{"b":'), ['{"a":1}', 'EVENT_SYNTAX 1'])
    assert.deepEqual(valuesOf('[{"a":1}'), ['{"a":1}', 'EVENT_SYNTAX 1'])
    assert.deepEqual(valuesOf('}]{"a":1}'), ['EVENT_SHAPE 0', 'EVENT_SHAPE 1', '{"a":1}'])
  })

  it('gives back any objects that were written, in any chunks', () => {
    const value = fc
      .dictionary(fc.string(), fc.jsonValue())
      .map(each => JSON.stringify(each, null, 1))
    fc.assert(
      fc.property(fc.array(value), fc.integer({ min: 1, max: 20 }), (values, chunk) => {
        assert.deepEqual(valuesOf(`[${values.join(',')}]`, chunk), values)
      }),
    )
  })

  it('does not keep an object that is too large', () => {
    const large = `{"a":"${'x'.repeat(limits.eventBytesMax)}"}`
    assert.deepEqual(valuesOf(`[${large},{"b":1}]`, 1_000_000), ['EVENT_TOO_LARGE 0', '{"b":1}'])
  })
})

function rowsOf(text: string, chunk = 7): unknown[] {
  const found: unknown[] = []
  const splitter = splitRows(
    {
      row(fields, nth) {
        assert.equal(nth, found.length)
        found.push(fields)
      },
      trouble: (code, nth) => found.push(`${code} ${nth}`),
    },
    separatorOf(text.split('\n', 1)[0] as string),
  )
  feed(splitter, bytesOf(text), chunk)
  return found
}

describe('CSV', () => {
  it('has the names of fields in its first row, and quotes as RFC 4180 has them', () => {
    const text = 'a,b c\r\n1,2\r\n"x,""y"""," z\r\né"\r\n\r\n,""\r\nlast,one'
    for (const chunk of [1, 2, 3, 1000]) {
      assert.deepEqual(rowsOf(text, chunk), [
        { a: '1', 'b c': '2' },
        { a: 'x,"y"', 'b c': ' z\r\né' },
        { 'b c': '' },
        { a: 'last', 'b c': 'one' },
      ])
    }
  })

  it('tells rows that do not fit the header or break their quotes, and goes on', () => {
    assert.deepEqual(rowsOf('a,b\n1\n1,2,3\n"1"x,2\n3,4\n"5'), [
      'CSV_CELLS 0',
      'CSV_CELLS 1',
      'CSV_QUOTE 2',
      { a: '3', b: '4' },
      'CSV_QUOTE 4',
    ])
  })

  it('may have semicolons or tabs in place of commas; a name may be one of JavaScript’s own', () => {
    assert.deepEqual(rowsOf('a;b,c;d\n1;2;3\n'), [{ a: '1', 'b,c': '2', d: '3' }])
    assert.deepEqual(rowsOf('a\tb\n1\t2\n'), [{ a: '1', b: '2' }])
    const [row] = rowsOf('__proto__,b\n1,2\n')
    assert.deepEqual(Object.entries(row as object), [
      ['__proto__', '1'],
      ['b', '2'],
    ])
  })

  it('gives back any cells that were written', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é') })
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), fc.integer({ min: 1, max: 9 }), (rows, chunk) => {
        const text = rows.map(row => `${row.map(quoted).join(',')}\r\n`).join('')
        assert.deepEqual(
          rowsOf(`x,y\r\n${text}`, chunk),
          rows.map(([x, y]) => ({ x, y })),
        )
      }),
    )
  })
})
