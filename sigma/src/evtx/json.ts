import { type Attribute, type Content, type Element, joined, leafText } from './expand.ts'
import type { Leaf } from './value.ts'

export type Json = Leaf | readonly Json[] | Members
export type Members = { [name: string]: Json }

export const isMembers = (value: Json): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * An event as the object that the published regression cases of Sigma have for it.
 *
 * - An element is a member under its name: null without content, its value where it has nothing but
 *   one, else an object of its attributes (`#attributes`), its text (`#text`) and its elements.
 * - `<Data Name="x">` is a member `x`. Those without a name are together `Data: {"#text": …}`, with
 *   a list where they are more than one.
 * - Of several elements with one name the last has the name; those before it become `name_1`,
 *   `name_2`, … in their order, those that are null go.
 *
 * Processing instructions are left out.
 *
 * @returns `{Event: …}`
 */
export function toJson(event: Element): Members {
  const members: Members = {}
  put(members, event.name, elementJson(event))
  return members
}

function elementJson({ attributes, content }: Element): Json {
  const value = valueOf(content)
  const hasElements = content.some(each => each.kind === 'element')
  if (attributes.length === 0 && !hasElements) return value
  const members = new Collector()
  if (attributes.length > 0) members.add('#attributes', attributesJson(attributes))
  if (value !== null) members.add('#text', value)
  for (const each of content) if (each.kind === 'element') addElement(members, each)
  return members.object
}

function attributesJson(attributes: readonly Attribute[]): Members {
  const all: Members = {}
  for (const { name, value } of attributes) put(all, name, value)
  return all
}

function valueOf(content: readonly Content[]): Leaf {
  const [first] = content
  // As nearly all are: to make lists for them costs more than all the rest.
  if (first === undefined) return null
  if (content.length === 1) return first.kind === 'value' ? first.value : null
  return joined(content.flatMap(each => (each.kind === 'value' ? [each.value] : [])))
}

/** What `Data` has beside its name is not looked at: the renderings have no place for it. */
function addElement(members: Collector, element: Element): void {
  if (element.name !== 'Data') return members.add(element.name, elementJson(element))
  const name = element.attributes.find(attribute => attribute.name === 'Name')
  const json = elementJson({ ...element, attributes: [] })
  if (name === undefined) members.addData(json)
  else members.add(leafText(name.value), json)
}

/** The members of one object, while elements of the same name may still come. */
export class Collector {
  readonly object: Members = {}
  /** How many of a name have been moved away from it. */
  private moved: Map<string, number> | null = null
  /** What the unnamed Data have become, and the list of their values. */
  private data: Members | null = null
  private readonly values: Json[] = []

  add(name: string, value: Json): void {
    const before = Object.hasOwn(this.object, name) ? this.object[name] : null
    if (before !== null && before !== undefined) put(this.object, this.freeName(name), before)
    put(this.object, name, value)
  }

  /** A value of the unnamed Data; an array is as many of them. */
  addData(value: Json): void {
    for (const each of Array.isArray(value) ? value : [value]) this.values.push(each)
    if (this.data === null) {
      this.data = {}
      this.add('Data', this.data)
    }
    const { values } = this
    this.data['#text'] = values.length === 1 ? (values[0] ?? null) : values
  }

  private freeName(name: string): string {
    this.moved ??= new Map()
    let nth = this.moved.get(name) ?? 0
    do nth += 1
    while (Object.hasOwn(this.object, `${name}_${nth}`))
    this.moved.set(name, nth)
    return `${name}_${nth}`
  }
}

/** An assignment, but for `__proto__`, which is a name like others here. */
export function put(object: Members, name: string, value: Json): void {
  if (name !== '__proto__') object[name] = value
  else
    Object.defineProperty(object, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
}
