import { Collector, isMembers, type Json, type Members, put } from './json.ts'

/**
 * How long a name may become: the names of what stands in one another come again with each value in
 * them, so that a small event could ask for gigabytes. Windows' own end at about a hundred.
 */
const nameUnitsMax = 512

/**
 * An event as fields without depth, under the names that Sigma rules have for them.
 *
 * - What stands in `System` has its own name, its attributes theirs behind it: `EventID`,
 *   `Provider_Name`, `Execution_ProcessID`. `TimeCreated` is its time. The provider's GUID and what
 *   is null are left out.
 * - What stands in `EventData`, or in the element within `UserData`, has its name without blanks; of
 *   what is deeper, the names are joined: `EventAuxInfo_ProcessName`. The `Data` without a name are
 *   one field, a list where they are more than one.
 * - What stands in another part of the event has the name of the part before it:
 *   `RenderingInfo_Message`.
 * - What would have the name of a field that is there already is told apart by the name of the part
 *   it comes from: `EventData_Channel`. So no event's own data can pass for another channel. Within
 *   its own data, names that become the same are numbered as `toJson` does. A name,
 *   and what stands before it, are cut off at 512 units each.
 *
 * @param json as `toJson` makes it of an event
 */
export function flatten(json: Members): Members {
  const { System, EventData, UserData, ...others } = members(json['Event'])
  const system: Members = {}
  for (const [name, value] of Object.entries(members(System))) addSystem(system, name, value)
  const data = new Collector()
  addAll(data, '', EventData ?? null)
  for (const [name, value] of Object.entries(members(UserData)))
    if (name !== '#attributes') addAll(data, isMembers(value) ? '' : name, value)
  for (const [name, value] of Object.entries(others))
    if (name !== '#attributes' && value !== null) addAll(data, name, value)
  const part = EventData === undefined ? 'UserData' : 'EventData'
  const fields = new Collector()
  for (const [name, value] of Object.entries(data.object))
    fields.add(Object.hasOwn(system, name) ? `${part}_${name}` : name, value)
  return { ...system, ...fields.object }
}

const clean = (name: string): string => name.slice(0, nameUnitsMax).replace(/\s+/g, '')

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

/** @param path the joined names of what the value stands in; empty for the whole of a part */
function addAll(fields: Collector, path: string, value: Json): void {
  if (!isMembers(value)) {
    if (path !== '' || value !== null) fields.add(path || 'Data', value)
    return
  }
  const prefix = path === '' ? '' : `${path.slice(0, nameUnitsMax)}_`
  for (const [name, each] of Object.entries(value)) {
    if (name === '#text') addAll(fields, path, each)
    else if (name !== '#attributes') addAll(fields, prefix + clean(name), each)
    // Those of a whole part (its own name, a namespace) say nothing about the event.
    else if (path !== '')
      for (const [attribute, text] of Object.entries(members(each)))
        fields.add(prefix + clean(attribute), text)
  }
}
