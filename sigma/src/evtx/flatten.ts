import { isMembers, type Json, type Members, put } from './json.ts'

/**
 * An event as fields without depth, under the names that Sigma rules have for them.
 *
 * - What stands in `System` has its own name, its attributes theirs behind it: `EventID`,
 *   `Provider_Name`, `Execution_ProcessID`. `TimeCreated` is its time. The provider's GUID and what
 *   is null are left out.
 * - What stands in `EventData`, or in the element within `UserData`, has its name without blanks; of
 *   what is deeper, the names are joined: `EventAuxInfo_ProcessName`. The `Data` without a name are
 *   one field, a list where they are more than one.
 * - What would have the name of a field that is there already is told apart by the name of the part
 *   it comes from: `EventData_Channel`. So no event's own data can pass for another channel.
 *
 * @param json as `toJson` makes it of an event
 */
export function flatten(json: Members): Members {
  const fields: Members = {}
  const { System, EventData, UserData } = members(json['Event'])
  for (const [name, value] of Object.entries(members(System))) addSystem(fields, name, value)
  const data: Members = {}
  addAll(data, '', EventData ?? null)
  for (const value of Object.values(members(UserData))) addAll(data, '', value)
  const part = EventData === undefined ? 'UserData' : 'EventData'
  for (const [name, value] of Object.entries(data))
    put(fields, Object.hasOwn(fields, name) ? `${part}_${name}` : name, value)
  return fields
}

const members = (value: Json | undefined): Members =>
  value !== undefined && isMembers(value) ? value : {}

function addSystem(fields: Members, name: string, value: Json): void {
  if (value === null) return
  if (!isMembers(value)) return put(fields, name, value)
  const { '#attributes': attributes, '#text': text } = value
  if (text !== undefined) put(fields, name, text)
  for (const [attribute, each] of Object.entries(members(attributes))) {
    if (name === 'TimeCreated' && attribute === 'SystemTime') put(fields, name, each)
    else if (name !== 'Provider' || attribute !== 'Guid') put(fields, `${name}_${attribute}`, each)
  }
}

/** The attributes of the part itself (its own name, a namespace) say nothing about the event. */
function addAll(fields: Members, prefix: string, value: Json): void {
  if (!isMembers(value)) return
  for (const [name, each] of Object.entries(value)) {
    if (name === '#attributes') continue
    const path = name === '#text' ? prefix.slice(0, -1) : `${prefix}${name.replace(/\s+/g, '')}`
    if (!isMembers(each)) put(fields, path || 'Data', each)
    else {
      for (const [attribute, text] of Object.entries(members(each['#attributes'])))
        put(fields, `${path}_${attribute}`, text)
      addAll(fields, `${path}_`, each)
    }
  }
}
