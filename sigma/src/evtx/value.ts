import { utf16 } from './cursor.ts'
import { Damage } from './damage.ts'
import { filetimeText, systemtimeText } from './time.ts'

/**
 * The typed values of an event ([MS-EVEN6] 2.2.17, and the documentation of libevtx), as what JSON
 * can say: numbers where they are exact, text for everything else.
 */
export type Leaf = string | number | boolean | null | readonly Leaf[]

/** A value in the chunk: its type, and where it lies. */
export type Slot = Readonly<{ type: number; at: number; size: number }>

/** A fragment of binary XML, which is no leaf. */
export const binXmlType = 0x21
const arrayFlag = 0x80
const stringType = 0x01
const ansiType = 0x02

/** How many digits of a second's fraction a FILETIME is written with. */
export type TimeDigits = 6 | 7

type Scalar = Readonly<{
  /** The size that a value of this type has, also as a member of an array; null: any. */
  size: number | null
  read(view: DataView, at: number, size: number, digits: TimeDigits): Leaf
}>

/**
 * The value in a slot.
 *
 * A value of no bytes is null, but for a text: that is empty.
 *
 * @throws Damage `value-size`, `value-type`
 */
export function readValue(view: DataView, slot: Slot, digits: TimeDigits): Leaf {
  const { type, at, size } = slot
  if (type & arrayFlag) return readArray(view, slot, digits)
  if (type === 0x00) return null
  const scalar = scalars.get(type)
  if (scalar === undefined) throw new Damage('value-type', at)
  if (size === 0) return type === stringType || type === ansiType ? '' : null
  if (scalar.size !== null && scalar.size !== size) throw new Damage('value-size', at)
  return scalar.read(view, at, size, digits)
}

function readArray(view: DataView, slot: Slot, digits: TimeDigits): Leaf[] {
  const { at, size } = slot
  const type = slot.type & ~arrayFlag
  if (type === stringType) return readTexts(text(view, at, size), size)
  if (type === ansiType) return readTexts(ansi(view, at, size), size)
  const scalar = scalars.get(type)
  if (scalar === undefined || type === 0x0e) throw new Damage('value-type', at)
  const leaves: Leaf[] = []
  for (let done = 0; done < size; ) {
    const each = type === 0x13 ? sidSize(view, at + done, size - done) : memberSize(scalar, slot)
    if (each > size - done) throw new Damage('value-size', at)
    leaves.push(scalar.read(view, at + done, each, digits))
    done += each
  }
  return leaves
}

/** @throws Damage for types whose members could not be told apart */
function memberSize(scalar: Scalar, { at, size, type }: Slot): number {
  if (scalar.size !== null) return scalar.size
  // An array of size_t says nowhere which of its two sizes is meant (see the value type 0x10).
  if (type === (0x10 | arrayFlag)) return size % 8 === 0 ? 8 : 4
  if (type === (0x0d | arrayFlag)) return 4
  throw new Damage('value-type', at)
}

/** Texts that each end with a NUL; the last may lack it. */
function readTexts(all: string, size: number): string[] {
  if (size === 0) return []
  return (all.endsWith('\0') ? all.slice(0, -1) : all).split('\0')
}

function text(view: DataView, at: number, size: number): string {
  if (size % 2 !== 0) throw new Damage('value-size', at)
  return utf16(view, at, size / 2)
}

const windows1252 = new TextDecoder('windows-1252')

/** The code page is written nowhere; this is the one of western Europe, and ASCII in all of them. */
const ansi = (view: DataView, at: number, size: number): string =>
  windows1252.decode(new Uint8Array(view.buffer, view.byteOffset + at, size))

/** NULs at the end are the writer's terminator; one within stays, lest what follows it be hidden. */
function withoutEnd(all: string): string {
  let end = all.length
  while (end > 0 && all.charCodeAt(end - 1) === 0) end -= 1
  return end === all.length ? all : all.slice(0, end)
}

const hexBytes = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).toUpperCase().padStart(2, '0'),
)

const hexByte = (view: DataView, at: number): string => hexBytes[view.getUint8(at)] as string

function binaryText(view: DataView, at: number, size: number): string {
  let all = ''
  for (let nth = 0; nth < size; nth++) all += hexByte(view, at + nth)
  return all
}

/** The first three groups are numbers in little-endian, the other two are bytes as they come. */
function guidText(view: DataView, at: number): string {
  const byte = (nth: number) => hexByte(view, at + nth)
  const first = byte(3) + byte(2) + byte(1) + byte(0)
  const last = binaryText(view, at + 10, 6)
  return `${first}-${byte(5)}${byte(4)}-${byte(7)}${byte(6)}-${byte(8)}${byte(9)}-${last}`
}

/** A SID has eight bytes, and four for each of the parts that its second byte counts. */
function sidSize(view: DataView, at: number, rest: number): number {
  if (rest < 8) throw new Damage('value-size', at)
  return 8 + 4 * view.getUint8(at + 1)
}

/** [MS-DTYP] 2.4.2.1: an authority from 2^32 on is written in hexadecimal. */
function sidText(view: DataView, at: number, size: number): string {
  const sizeSaid = sidSize(view, at, size)
  if (sizeSaid > size) throw new Damage('value-size', at)
  const isLarge = view.getUint16(at + 2) !== 0
  const authority = isLarge ? `0x${binaryText(view, at + 2, 6)}` : view.getUint32(at + 4)
  let all = `S-${view.getUint8(at)}-${authority}`
  for (let part = 8; part < sizeSaid; part += 4) all += `-${view.getUint32(at + part, true)}`
  return all
}

/** JSON reads numbers beyond 2^53 as their neighbours; in text they stay what they are. */
function integer(value: bigint): Leaf {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

/** What JSON has no number for, in the words of Windows. */
function real(value: number): Leaf {
  if (Number.isFinite(value)) return value
  return Number.isNaN(value) ? '-1.#IND' : value > 0 ? '1.#INF' : '-1.#INF'
}

/** The shortest number that is the same in single precision: 0.1, not 0.10000000149011612. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}

const sized = (size: number | null, read: Scalar['read']): Scalar => ({ size, read })

const hex32 = sized(4, (view, at) => `0x${view.getUint32(at, true).toString(16)}`)
const hex64 = sized(8, (view, at) => `0x${view.getBigUint64(at, true).toString(16)}`)

/** By its size; the documentation gives size_t no type of its own but one of these two. */
const pointer = sized(null, (view, at, size, digits) => {
  if (size !== 4 && size !== 8) throw new Damage('value-size', at)
  return (size === 4 ? hex32 : hex64).read(view, at, size, digits)
})

/** Four bytes, says the documentation; some writers use one. All that is not zero is true. */
const bool = sized(null, (view, at, size) => {
  if (size === 1) return view.getUint8(at) !== 0
  if (size !== 4) throw new Damage('value-size', at)
  return view.getUint32(at, true) !== 0
})

const scalars: ReadonlyMap<number, Scalar> = new Map([
  [stringType, sized(null, (view, at, size) => withoutEnd(text(view, at, size)))],
  [ansiType, sized(null, (view, at, size) => withoutEnd(ansi(view, at, size)))],
  [0x03, sized(1, (view, at) => view.getInt8(at))],
  [0x04, sized(1, (view, at) => view.getUint8(at))],
  [0x05, sized(2, (view, at) => view.getInt16(at, true))],
  [0x06, sized(2, (view, at) => view.getUint16(at, true))],
  [0x07, sized(4, (view, at) => view.getInt32(at, true))],
  [0x08, sized(4, (view, at) => view.getUint32(at, true))],
  [0x09, sized(8, (view, at) => integer(view.getBigInt64(at, true)))],
  [0x0a, sized(8, (view, at) => integer(view.getBigUint64(at, true)))],
  [0x0b, sized(4, (view, at) => real(shortest(view.getFloat32(at, true))))],
  [0x0c, sized(8, (view, at) => real(view.getFloat64(at, true)))],
  [0x0d, bool],
  [0x0e, sized(null, binaryText)],
  [0x0f, sized(16, guidText)],
  [0x10, pointer],
  [0x11, sized(8, (view, at, _, digits) => filetimeText(view.getBigUint64(at, true), digits))],
  [0x12, sized(16, (view, at, _, digits) => systemtimeText(view, at, digits))],
  [0x13, sized(null, sidText)],
  [0x14, hex32],
  [0x15, hex64],
  [0x20, pointer],
])
