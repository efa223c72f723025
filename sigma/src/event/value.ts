/**
 * A value of an event. A number keeps the text it was written with, since JavaScript numbers lose
 * the ends of 64-bit masks; objects are maps, so that no field name has a meaning of its own.
 */
export type EventValue = null | boolean | string | NumberText | readonly EventValue[] | EventObject
export type EventObject = ReadonlyMap<string, EventValue>
export type NumberText = Readonly<{ number: string }>

/** An event: its fields, or the line itself where it is no JSON object. */
export type SigmaEvent = Readonly<{ fields: EventObject; raw: string | null }>

export const isList = (value: EventValue): value is readonly EventValue[] => Array.isArray(value)
export const isObject = (value: EventValue): value is EventObject => value instanceof Map
export const isNumber = (value: EventValue): value is NumberText =>
  typeof value === 'object' && value !== null && 'number' in value

/** The text that patterns see; null has none, and a list is asked member by member. */
export function textOf(value: Exclude<EventValue, readonly EventValue[]>): string | null {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return isNumber(value) ? value.number : compactJson(value)
}

/** JSON without blanks, fields in the order of the event, numbers as they were written. */
export function compactJson(value: EventValue): string {
  if (isList(value)) return `[${value.map(compactJson).join(',')}]`
  if (isObject(value)) {
    const fields = [...value].map(
      ([name, value]) => `${JSON.stringify(name)}:${compactJson(value)}`,
    )
    return `{${fields.join(',')}}`
  }
  if (value !== null && typeof value === 'object') return value.number
  return JSON.stringify(value)
}
