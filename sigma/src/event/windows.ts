import { type EventObject, type EventValue, isList, isObject } from './value.ts'

/**
 * Flattens an event of Windows from the nested form of its XML, `{Event: {System, EventData}}`, to
 * the names that rules use; any other event is returned as it is. Attributes are joined to their
 * element by `_` (`Provider_Name`), blanks in names fall out, data without a name is `Data`.
 */
export function flattenWindowsEvent(event: EventObject): EventObject {
  const root = event.get('Event') ?? null
  const system = isObject(root) ? (root.get('System') ?? null) : null
  if (!isObject(root) || !isObject(system)) return event
  const fields = new Map<string, EventValue>()
  for (const [name, value] of system) putElement(fields, name, value)
  const data = root.get('EventData') ?? null
  if (isObject(data)) putData(fields, data)
  const user = root.get('UserData') ?? null
  if (isObject(user)) {
    for (const value of user.values()) if (isObject(value)) putData(fields, value)
  }
  return fields
}

const attributesKey = '#attributes'
const textKey = '#text'

function putElement(fields: Map<string, EventValue>, name: string, value: EventValue): void {
  if (!isObject(value)) {
    if (value !== null) fields.set(name, value)
    return
  }
  const text = value.get(textKey)
  if (text !== undefined) fields.set(name, text)
  const attributes = value.get(attributesKey) ?? null
  if (!isObject(attributes)) return
  for (const [attribute, content] of attributes) {
    // The only attribute that rules name by its element alone.
    const isTime = name === 'TimeCreated' && attribute === 'SystemTime'
    fields.set(isTime ? name : `${name}_${attribute}`, content)
  }
}

function putData(fields: Map<string, EventValue>, data: EventObject): void {
  for (const [name, value] of data) {
    if (name === attributesKey) continue
    const flat = name.replaceAll(' ', '')
    const text = isObject(value) ? value.get(textKey) : value
    if (text === undefined) continue
    fields.set(flat, isList(text) ? text.map(contentOf) : text)
  }
}

const contentOf = (value: EventValue): EventValue =>
  isObject(value) ? (value.get(textKey) ?? null) : value
