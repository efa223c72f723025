import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { OkiteError } from '../error.ts'
import type { Column } from './columns.ts'
import { delimiters, neutralised, readCsv, taken, writeRow } from './csv.ts'
import type { Encoding } from './encoding.ts'
import { KeyIndex } from './key-index.ts'
import { openTable } from './table.ts'

const columns: readonly Column[] = [
  { name: 'number', names: ['社員番号', '員工編號'], isRequired: true },
  { name: 'name', names: ['氏名', '姓名'] },
  { name: 'department', names: ['部署', '部門'] },
]

const read = (bytes: Uint8Array | string, told: Encoding | null = null) => {
  const table = openTable(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, columns, told)
  const rows = [...table.rows()]
  return {
    encoding: table.encoding,
    delimiter: table.delimiter,
    format: table.format,
    rows: rows.flatMap(row => (row.cells ? [Object.values(row.cells)] : [])),
    errors: rows.flatMap(row => (row.error ? [`${row.line} ${row.error.code}`] : [])),
  }
}
const utf16 = (text: string, isBig: boolean) => {
  const bytes = Buffer.from(text, 'utf16le')
  return isBig ? bytes.swap16() : bytes
}
/** The reverse of a decoder, from all that it decodes: Node has none for these two. */
const encoder = (encoding: 'shift_jis' | 'big5') => {
  const decoder = new TextDecoder(encoding)
  const known = new Map<string, readonly number[]>()
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const letter = decoder.decode(Uint8Array.of(lead, trail))
      if (Array.from(letter).length === 1 && !known.has(letter)) known.set(letter, [lead, trail])
    }
  }
  for (let byte = 0xa1; byte <= 0xdf && encoding === 'shift_jis'; byte++) {
    known.set(decoder.decode(Uint8Array.of(byte)), [byte])
  }
  return (text: string) =>
    Buffer.from(
      Array.from(text).flatMap(letter =>
        letter < '\u0080'
          ? [letter.charCodeAt(0)]
          : [...(known.get(letter) ?? assert.fail(letter))],
      ),
    )
}
const sjis = encoder('shift_jis')
const big5 = encoder('big5')
const japanese = '社員番号,氏名,部署\n1,田中葵,営業部\n'
const chinese = '員工編號,姓名,部門\n1,陳怡君,業務部\n'

describe('the encoding of a file', () => {
  test('is recognised, with and without a mark', () => {
    const mark = '\ufeff'
    for (const [bytes, encoding] of [
      [Buffer.from(japanese), 'utf-8'],
      [Buffer.from(mark + japanese), 'utf-8'],
      [utf16(mark + japanese, false), 'utf-16le'],
      [utf16(mark + chinese, true), 'utf-16be'],
      [utf16(japanese, false), 'utf-16le'],
      [utf16(chinese, true), 'utf-16be'],
      [sjis(japanese), 'shift_jis'],
      [big5(chinese), 'big5'],
      [Buffer.from('number\n1\n'), 'utf-8'],
      [big5('number,姓名\n1,林\n'), 'big5'],
      [sjis('number,氏名\n1,林\n'), 'shift_jis'],
    ] as const) {
      const found = read(bytes)
      assert.equal(found.encoding, encoding)
      assert.equal(found.rows.length, 1, encoding)
      assert.equal(found.rows[0]?.[0], '1', encoding)
    }
  })

  test('under an English header is told by what only one can mean, and else refused', () => {
    const head = 'number,name\n'
    assert.equal(read(sjis(`${head}1,たなか\n`)).encoding, 'shift_jis')
    assert.deepEqual(read(big5(`${head}1,陳怡君\n2,林建宏\n3,張雅婷\n`)).rows[1], ['2', '林建宏'])
    // As Shift_JIS two half-width kana, as Big5 one character.
    const doubtful = Buffer.concat([Buffer.from(`${head}1,`), Buffer.from([0xe0, 0xa1, 0x0a])])
    assert.throws(() => read(doubtful), { code: 'TABLE_ENCODING_DOUBTFUL' })
    assert.equal(read(doubtful, 'big5').encoding, 'big5')
    assert.equal(read(doubtful, 'shift_jis').encoding, 'shift_jis')
  })

  test('that changes within the file is refused at its line and byte', () => {
    const mixed = Buffer.concat([Buffer.from(japanese), sjis('2,たなか\n')])
    const place = { encoding: 'utf-8', line: 3, byte: 3 }
    assert.throws(() => read(mixed), { code: 'TABLE_ENCODING', data: place })
    const other = Buffer.concat([sjis(japanese), Buffer.from('2,たなか,営業部\n')])
    assert.throws(() => read(other), { data: { encoding: 'utf-8', line: 1, byte: 1 } })
    const broken = Buffer.concat([sjis(`${japanese}2,たなか,`), Buffer.from([0xfd, 0xff])])
    assert.throws(() => read(broken), { data: { encoding: 'shift_jis', line: 3, byte: 10 } })
    assert.throws(() => read(sjis(japanese), 'utf-8'), {
      code: 'TABLE_ENCODING',
      data: { encoding: 'utf-8', line: 1, byte: 1 },
    })
    assert.throws(() => read(Buffer.from(`\ufeff${japanese}`), 'shift_jis'), {
      code: 'TABLE_ENCODING',
    })
    // The place is right also far into a long file, and of a character that is cut off at its end.
    const long = Buffer.concat([
      Buffer.from(`number,name\n${'1,葵\n'.repeat(50_000)}`),
      Buffer.from([0x32, 0x2c, 0xe8, 0x91]),
    ])
    assert.throws(() => read(long), {
      data: { encoding: 'utf-8', line: 50_002, byte: 4 },
    })
    assert.throws(() => read(utf16(`\ufeffnumber\n1\n`, false).subarray(0, -1)), {
      code: 'TABLE_ENCODING',
    })
  })

  test('zero bytes and nothing at all are no register', () => {
    assert.throws(() => read('number,name\n1,a\n2,\0\n'), {
      code: 'TABLE_NUL',
      data: { line: 3, byte: 3 },
    })
    for (const empty of ['', '\n \n', '\ufeff'])
      assert.throws(() => read(empty), { code: 'TABLE_EMPTY' })
  })
})

describe('a table', () => {
  test('has its columns by header in three languages, in any order, by any delimiter', () => {
    for (const delimiter of delimiters) {
      const found = read(`氏名${delimiter}Number\r\n"田中; ""葵"""${delimiter}００１\r\n`)
      assert.equal(found.delimiter, delimiter)
      assert.deepEqual(found.rows, [['田中; "葵"', '００１']])
    }
  })

  test('with a column that nobody knows is refused, with its name and a hint', () => {
    const refused = (text: string, data: object) =>
      assert.throws(() => read(text), { code: 'TABLE_COLUMN_UNKNOWN', data })
    refused('number,nmae\n', { column: 'nmae', hint: 'name' })
    const hint = 'number, name, department'
    refused('number,給与,name,Salary,級\n', { column: '給与', others: ['Salary', '級'], hint })
    refused('number,給与\n', { column: '給与', hint: 'number, name, department' })
    assert.throws(() => read('number,社員番号\n'), { code: 'TABLE_COLUMN_TWICE' })
    assert.throws(() => read('name\n田中\n'), { code: 'TABLE_COLUMN_MISSING' })
    assert.throws(() => read('"number\n1\n'), { code: 'TABLE_HEADER' })
  })

  test('that is wrong in places says each with its line, and the rest is read', () => {
    const found = read(
      [
        'number,name,department',
        '1,a,b',
        '2,a',
        '3,a"b,c',
        '4,"a"b,c',
        '5,"a\nb",c',
        '6,a\rb,c',
        '7,\ufffd,c',
        '8,\u202ea,c',
        `9,${'x'.repeat(1_001)},c`,
        `10,${'x'.repeat(70_000)},c`,
        '',
        '11,"a, ""b""",c',
        '12,"open,c',
        '13,a,c',
        '',
      ].join('\n'),
    )
    assert.deepEqual(found.errors, [
      '3 TABLE_CELLS',
      '4 TABLE_QUOTE',
      '5 TABLE_QUOTE',
      '6 TABLE_CHARACTER',
      '8 TABLE_CARRIAGE_RETURN',
      '9 TABLE_CHARACTER',
      '10 TABLE_CHARACTER',
      '11 TABLE_CELL',
      '12 TABLE_ROW_TOO_LARGE',
      '15 TABLE_QUOTE_OPEN',
    ])
    assert.deepEqual(found.rows, [
      ['1', 'a', 'b'],
      ['11', 'a, "b"', 'c'],
    ])
  })

  test('is a JSON array or objects a line as well, flat and strict', () => {
    const rows = [
      ['1', 'a'],
      ['2', ''],
    ]
    const texts = [
      '[ {"number":1,"氏名":"a"},\n{"number":"2","name":null} ]\n',
      '{"number":1,"name":"a"}\n\n{"number":"2","name":null}',
    ]
    for (const text of texts) {
      const found = read(text)
      assert.deepEqual([found.format, found.rows, found.errors], ['json', rows, []])
    }
    const errors = (text: string) => read(text).errors
    assert.deepEqual(errors('[{"number":1}\n{"number":2}]'), ['2 TABLE_JSON'])
    assert.deepEqual(errors('{"number":1}{"number":2}'), ['1 TABLE_JSON'])
    assert.deepEqual(errors('[{"number":1},'), ['1 TABLE_JSON'])
    assert.deepEqual(errors('[{"number":1}'), ['1 TABLE_JSON'])
    assert.deepEqual(errors('{"number":1}\n{"number":'), ['2 TABLE_JSON'])
    assert.deepEqual(errors('[1]'), ['1 TABLE_JSON'])
    assert.deepEqual(
      errors(
        [
          '{"number":1,"number":2}',
          '{"number":{}}',
          '{"number":1.5}',
          '{"number":1,"naem":"x"}',
          '{"name":"x"}',
          '{"number":"a\\u0000"}',
          '{"number":01}',
          '{"number":"\\ud800"}',
          '{"number":"\\":{","name":["a","b"]}',
        ].join('\n'),
      ),
      [
        '1 TABLE_JSON',
        '2 TABLE_JSON',
        '3 TABLE_JSON',
        '4 TABLE_COLUMN_UNKNOWN',
        '5 TABLE_COLUMN_MISSING',
        '6 TABLE_CHARACTER',
        '7 TABLE_JSON',
        '8 TABLE_CHARACTER',
      ],
    )
  })
})

describe('whatever comes', () => {
  const cell = fc.string({
    maxLength: 12,
    unit: fc.constantFrom(...Array.from('ab"\'=+-@,;\t\r\n 田０')),
  })

  test('10,000 tables that were written are read as they were, wherever the text is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        fc.nat(40),
        (rows, cut) => {
          const text = rows.map(writeRow).join('')
          const found = [...readCsv([text.slice(0, cut), text.slice(cut)], ',')]
          assert.deepEqual(
            found.map(row => row.cells),
            rows,
          )
        },
      ),
      { numRuns: 10_000, seed: 11 },
    )
  })

  test('10,000 hostile files: rows and refusals, and never anything else', () => {
    const parts = fc.constantFrom(
      ...['number', ',', ';', '\t', '\n', '\r\n', '"', '""', '{', '}', '[', ']', ':', '\\', '1'],
      ...['\0', '\ufeff', '社員番号', '\ud800', '=', '{"number":"1"}', '\x81', '\xff\xfe'],
    )
    const text = fc.array(parts, { maxLength: 30 }).map(all => all.join(''))
    const file = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      text.map(one => Buffer.from(one)),
      text.map(one => Buffer.from(one, 'latin1')),
      text.map(one => Buffer.from(`number,name\n${one}`, 'latin1')),
      text.map(one => utf16(`\ufeff${one}`, false)),
    )
    const codes = new Set<string>()
    for (const bytes of fc.sample(file, { numRuns: 10_000, seed: 12 })) {
      try {
        for (const { line, error } of openTable(bytes, columns).rows()) {
          assert.ok(line >= 1)
          if (error) codes.add(error.code)
        }
      } catch (error) {
        assert.ok(error instanceof OkiteError, String(error))
        codes.add(error.code)
      }
    }
    assert.ok(codes.size >= 12, [...codes].join(' '))
  })

  test('what a spreadsheet would run is text, and is taken as it was', () => {
    for (const text of ['=1+1', '+1', '-1', '@x', '\tx', '\rx', '＝1', "'=1", "''=1"]) {
      assert.match(neutralised(text), /^'/)
      assert.equal(taken(neutralised(text)), text)
    }
    for (const text of ['', 'a=1', "'a", "O'Neill"]) {
      assert.equal(neutralised(text), text)
      assert.equal(taken(text), text)
    }
    fc.assert(
      fc.property(cell, text => taken(neutralised(text)) === text),
      { numRuns: 1_000 },
    )
  })

  test('100 MB in 10^6 rows are checked in memory that does not grow with them', () => {
    const name = 'x'.repeat(83)
    const bytes = Buffer.concat([
      Buffer.from('number,name,department\n'),
      ...Array.from({ length: 1_000 }, (_, thousand) =>
        Buffer.from(
          Array.from(
            { length: 1_000 },
            (_, nth) => `${thousand * 1_000 + nth},${name},"d"\r\n`,
          ).join(''),
        ),
      ),
    ])
    assert.ok(bytes.length > 95_000_000)
    const keys = new KeyIndex()
    const before = process.memoryUsage().heapUsed
    let most = 0
    for (const { line, cells } of openTable(bytes, columns).rows()) {
      assert.ok(cells)
      assert.equal(keys.put(cells['number'] ?? '', line), null)
      if (line % 50_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed)
    }
    assert.equal(keys.size, 1_000_000)
    assert.equal(keys.put('7', 1), 9)
    assert.ok(most - before < 150 * 1024 * 1024, `${most - before} bytes`)
  })
})
