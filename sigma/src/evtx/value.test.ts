import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { Damage, type Reason } from './damage.ts'
import { type Leaf, readValue } from './value.ts'

/** The value of these bytes, which stand somewhere in the middle of others. */
function read(type: number, hex: string, digits: 6 | 7 = 7): Leaf {
  const bytes = Buffer.from(`ffff${hex.replaceAll(' ', '')}ffff`, 'hex')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return readValue(view, { type, at: 2, size: bytes.length - 4 }, digits)
}

const refused = (type: number, hex: string, reason: Reason) =>
  assert.throws(
    () => read(type, hex),
    (error: unknown) => error instanceof Damage && error.reason === reason,
    `type ${type}, ${hex}`,
  )

const filetime = '47 b3 d9 9a 65 dd d7 01'
const systemtime = 'e807 0200 0400 1d00 1700 3b00 3a00 0700'
const guid = '1eca9457 2ac2 e043 bf4c06f5698ffbd9'
const localSystem = '01 01 000000000005 12000000'
const administrator = '01 02 000000000005 15000000 f4010000'

const cases: readonly (readonly [name: string, type: number, hex: string, want: Leaf])[] = [
  ['null', 0x00, '', null],
  ['null with bytes', 0x00, '0102', null],
  ['a text', 0x01, '6100 e400 6c5c', 'aä屬'],
  ['a text with its terminator', 0x01, '6100 0000', 'a'],
  ['a text with a NUL within', 0x01, '6100 0000 6200', 'a\0b'],
  ['an empty text', 0x01, '', ''],
  ['an unpaired surrogate', 0x01, '3dd8', '\ud83d'],
  ['a text of a code page', 0x02, '61 e4 80 00', 'aä€'],
  ['int8', 0x03, '80', -128],
  ['uint8', 0x04, 'ff', 255],
  ['int16', 0x05, 'feff', -2],
  ['uint16', 0x06, 'feff', 65_534],
  ['int32', 0x07, '00000080', -2_147_483_648],
  ['uint32', 0x08, 'ffffffff', 4_294_967_295],
  ['int64', 0x09, 'ffffffffffffffff', -1],
  ['int64 beyond what a number is exact for', 0x09, '0000000000000080', '-9223372036854775808'],
  ['uint64', 0x0a, 'ffffffffffff1f00', 9_007_199_254_740_991],
  ['uint64 beyond that', 0x0a, 'ffffffffffffffff', '18446744073709551615'],
  ['real32', 0x0b, 'cdcccc3d', 0.1],
  ['real32 with many digits', 0x0b, '01000000', 1.4013e-45],
  ['real32 that is no number', 0x0b, '0000c0ff', '-1.#IND'],
  ['real64', 0x0c, '9a9999999999b93f', 0.1],
  ['real64 without end', 0x0c, '000000000000f0ff', '-1.#INF'],
  ['real64 without end upwards', 0x0c, '000000000000f07f', '1.#INF'],
  ['bool', 0x0d, '01000000', true],
  ['bool of an odd value', 0x0d, '00010000', true],
  ['bool that is false', 0x0d, '00000000', false],
  ['bool of one byte', 0x0d, '01', true],
  ['binary', 0x0e, '00 0a ff', '000AFF'],
  ['GUID', 0x0f, guid, '5794CA1E-C22A-43E0-BF4C-06F5698FFBD9'],
  ['size_t of 32 bits', 0x10, 'ff0f0000', '0xfff'],
  ['size_t of 64 bits', 0x10, 'ff0f000001000000', '0x100000fff'],
  ['FILETIME', 0x11, filetime, '2021-11-19T16:50:49.0112839Z'],
  ['the first FILETIME', 0x11, '0000000000000000', '1601-01-01T00:00:00.0000000Z'],
  ['the last FILETIME', 0x11, 'ffffffffffffffff', '+060056-05-28T05:36:10.9551615Z'],
  ['SYSTEMTIME', 0x12, systemtime, '2024-02-29T23:59:58.0070000Z'],
  ['SYSTEMTIME that is none', 0x12, '00'.repeat(16), '0000-00-00T00:00:00.0000000Z'],
  ['SID', 0x13, localSystem, 'S-1-5-18'],
  ['SID with more parts', 0x13, administrator, 'S-1-5-21-500'],
  ['SID of a large authority', 0x13, '01 00 0100 0000 0000', 'S-1-0x010000000000'],
  ['HexInt32', 0x14, 'e79a5200', '0x529ae7'],
  ['HexInt64', 0x15, '0000000000000080', '0x8000000000000000'],
  ['EvtHandle', 0x20, '0100000000000000', '0x1'],
  ['a number of no bytes', 0x08, '', null],
  ['texts', 0x81, '6100 0000 0000 6200 0000', ['a', '', 'b']],
  ['texts whose last has no end', 0x81, '6100 0000 6200', ['a', 'b']],
  ['no texts', 0x81, '', []],
  ['texts of a code page', 0x82, '61 00 e4 00', ['a', 'ä']],
  ['int8s', 0x83, '01ff', [1, -1]],
  ['uint8s', 0x84, '01ff', [1, 255]],
  ['int16s', 0x85, '0100ffff', [1, -1]],
  ['uint16s', 0x86, '0100ffff', [1, 65_535]],
  ['int32s', 0x87, '01000000ffffffff', [1, -1]],
  ['uint32s', 0x88, '01000000ffffffff', [1, 4_294_967_295]],
  ['int64s', 0x89, `0100000000000000${'ff'.repeat(8)}`, [1, -1]],
  ['uint64s', 0x8a, `0100000000000000${'ff'.repeat(8)}`, [1, '18446744073709551615']],
  ['real32s', 0x8b, '0000803f0000c0bf', [1, -1.5]],
  ['real64s', 0x8c, '000000000000f03f', [1]],
  ['bools', 0x8d, '0100000000000000', [true, false]],
  ['GUIDs', 0x8f, guid + guid, Array(2).fill('5794CA1E-C22A-43E0-BF4C-06F5698FFBD9')],
  ['size_ts of 64 bits', 0x90, '01000000000000000200000000000000', ['0x1', '0x2']],
  ['size_ts of 32 bits', 0x90, '010000000200000003000000', ['0x1', '0x2', '0x3']],
  ['FILETIMEs', 0x91, filetime, ['2021-11-19T16:50:49.0112839Z']],
  ['SYSTEMTIMEs', 0x92, systemtime, ['2024-02-29T23:59:58.0070000Z']],
  ['SIDs', 0x93, localSystem + administrator, ['S-1-5-18', 'S-1-5-21-500']],
  ['HexInt32s', 0x94, '01000000 ff000000', ['0x1', '0xff']],
  ['HexInt64s', 0x95, '0100000000000000', ['0x1']],
]

for (const [name, type, hex, want] of cases)
  test(`value: ${name}`, () => {
    assert.deepEqual(read(type, hex), want)
  })

test('a time is cut off, not rounded, to six digits', () => {
  assert.equal(read(0x11, filetime, 6), '2021-11-19T16:50:49.011283Z')
  assert.equal(read(0x12, systemtime, 6), '2024-02-29T23:59:58.007000Z')
})

test('a long text is read whole', () => {
  const long = 'äb'.repeat(16_000)
  assert.equal(read(0x01, Buffer.from(long, 'utf16le').toString('hex')), long)
})

test('a size that does not fit its type is refused', () => {
  for (const type of [3, 4, 5, 6, 7, 8, 9, 0xa, 0xb, 0xc, 0xd, 0xf, 0x10, 0x11, 0x12, 0x14, 0x15])
    refused(type, '010203', 'value-size')
  refused(0x01, '61', 'value-size')
  refused(0x13, '01 01 000000', 'value-size')
  refused(0x13, '01 02 000000000005 15000000', 'value-size')
  for (const type of [0x85, 0x88, 0x8a, 0x8d, 0x8f, 0x90, 0x92]) refused(type, '01', 'value-size')
  refused(0x81, '610000', 'value-size')
  refused(0x93, localSystem + '01', 'value-size')
})

test('a type that the format does not know is refused', () => {
  for (const type of [0x16, 0x1f, 0x22, 0x23, 0x7f, 0xff]) refused(type, '01', 'value-type')
  // Members without a size of their own could not be told apart.
  for (const type of [0x8e, 0xa0, 0xa1, 0x80]) refused(type, '0102', 'value-type')
})
