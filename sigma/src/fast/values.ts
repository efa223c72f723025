import { readJson } from '../event/json.ts'
import { type EventValue, isList, isNumber, textOf } from '../event/value.ts'
import { fold } from '../fold.ts'
import { textOfAscii, textOfBytes } from './bytes.ts'
import { layout } from './layout.ts'

/** A value of a field as what is asked lazily sees it. */
export type Value = {
  readonly kind: 'string' | 'number' | 'other'
  readonly text: string
  folded: string | null
}

const notAscii = 2
const escaped = 1

/** The values in one token of the kernel; null has none. */
export function valuesAt(
  bytes: Uint8Array,
  type: number,
  flags: number,
  start: number,
  end: number,
): Value[] {
  switch (type) {
    case layout.TYPE_NULL:
      return []
    case layout.TYPE_STRING: {
      const raw = bytes.subarray(start, end)
      const text = (flags & notAscii) === 0 ? textOfAscii(raw) : textOfBytes(raw)
      const read = (flags & escaped) === 0 ? text : (JSON.parse(`"${text}"`) as string)
      return [{ kind: 'string', text: read, folded: null }]
    }
    case layout.TYPE_LIST:
    case layout.TYPE_OBJECT:
      return valuesOf(readJson(textOfBytes(bytes.subarray(start, end))))
    default: {
      const kind = type === layout.TYPE_NUMBER ? 'number' : 'other'
      return [{ kind, text: textOfAscii(bytes.subarray(start, end)), folded: null }]
    }
  }
}

function valuesOf(value: EventValue): Value[] {
  if (isList(value)) return value.flatMap(valuesOf)
  const text = textOf(value)
  if (text === null) return []
  const kind = typeof value === 'string' ? 'string' : isNumber(value) ? 'number' : 'other'
  return [{ kind, text, folded: null }]
}

export function foldedOf(value: Value): string {
  value.folded ??= fold(value.text)
  return value.folded
}
