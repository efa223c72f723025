import {
  type EventObject,
  type EventValue,
  isList,
  isObject,
  type SigmaEvent,
  textOf,
} from '../event/value.ts'
import { fold } from '../fold.ts'

/** One value of a field: no list, the lists are written out. */
export type Single = Exclude<EventValue, readonly EventValue[]>

/** A value beside its text as written and folded; both null where it has none. */
export type FieldValue = Readonly<{ value: Single; text: string | null; folded: string | null }>

/** What an event has under a name. A field may be there and have no value: an empty list. */
export type Field = Readonly<{ isPresent: boolean; values: readonly FieldValue[] }>

/** One event as its rules see it. Owns what it has already looked up. */
export class EventView {
  readonly #event: SigmaEvent
  readonly #alternatives: ReadonlyMap<string, readonly string[]>
  readonly #fields = new Map<string, Field>()
  #keywords: readonly FieldValue[] | null = null

  constructor(event: SigmaEvent, alternatives: ReadonlyMap<string, readonly string[]>) {
    this.#event = event
    this.#alternatives = alternatives
  }

  field(name: string): Field {
    const known = this.#fields.get(name)
    if (known) return known
    const found = this.#find(name)
    const values = found.flatMap(members).map(fieldValue)
    const field = { isPresent: found.length > 0, values }
    this.#fields.set(name, field)
    return field
  }

  /** What keywords search: the line where there is one, else all values at any depth. */
  keywords(): readonly FieldValue[] {
    const { fields, raw } = this.#event
    this.#keywords ??= (raw === null ? leaves(fields) : [raw]).map(fieldValue)
    return this.#keywords
  }

  /**
   * The members of a field, each as an event of its own whose field `.` is itself; a value that is no
   * list is its own only member, null has none. With an index only lists count, and there may be none.
   */
  members(name: string, index: number | null): EventView[] {
    const found = this.#find(name).flatMap<EventValue>(value => {
      if (index === null) return isList(value) ? value : value === null ? [] : [value]
      const member = isList(value) ? value.at(index) : undefined
      return member === undefined ? [] : [member]
    })
    return found.map(memberView)
  }

  /** A member that is not there: no field of it is. */
  static readonly nothing = new EventView({ fields: new Map(), raw: null }, new Map())

  #find(name: string): readonly EventValue[] {
    const found = lookUp(this.#event.fields, name)
    if (found.length > 0) return found
    const others = this.#alternatives.get(name) ?? []
    return others.flatMap(other => lookUp(this.#event.fields, other))
  }
}

const self = '.'

/** Names inside a member are its own, so no mapping knows them. */
function memberView(member: EventValue): EventView {
  const fields = isObject(member) ? member : new Map<string, EventValue>()
  return new EventView({ fields: new Map([...fields, [self, member]]), raw: null }, new Map())
}

/**
 * The values under a name: the literal name first, then the path of its parts between dots, and
 * through lists to each of their members.
 */
function lookUp(fields: EventObject, name: string): readonly EventValue[] {
  const literal = fields.get(name)
  if (literal !== undefined) return [literal]
  const parts = name.split('.')
  if (parts.length === 1) return []
  let found: EventValue[] = [fields]
  for (const part of parts) {
    found = found.flatMap(members).flatMap(value => {
      const next = isObject(value) ? value.get(part) : undefined
      return next === undefined ? [] : [next]
    })
  }
  return found
}

/** A value that is no list is its own only member; lists inside lists are opened too. */
function members(value: EventValue): Single[] {
  return isList(value) ? value.flatMap(members) : [value as Single]
}

function leaves(value: EventValue): Single[] {
  if (isList(value)) return value.flatMap(leaves)
  return isObject(value) ? [...value.values()].flatMap(leaves) : [value as Single]
}

function fieldValue(value: Single): FieldValue {
  const text = textOf(value)
  return { value, text, folded: text === null ? null : fold(text) }
}
