import { type Content, type Element, joined } from './expand.ts'
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
  const members = new Collector()
  if (attributes.length > 0) {
    const all: Members = {}
    for (const { name, value } of attributes) put(all, name, value)
    members.add('#attributes', all)
  }
  const value = valueOf(content)
  const elements = content.filter(each => each.kind === 'element')
  if (attributes.length === 0 && elements.length === 0) return value
  if (value !== null) members.add('#text', value)
  for (const element of elements) addElement(members, element)
  return members.object
}

const valueOf = (content: readonly Content[]): Leaf =>
  joined(content.flatMap(each => (each.kind === 'value' ? [each.value] : [])))

function addElement(members: Collector, element: Element): void {
  if (element.name !== 'Data') return members.add(element.name, elementJson(element))
  const name = element.attributes.find(attribute => attribute.name === 'Name')
  if (name === undefined) members.addData(elementJson({ ...element, attributes: [] }))
  else members.add(String(name.value), elementJson({ ...element, attributes: [] }))
}

/** The members of one object, while elements of the same name may still come. */
class Collector {
  readonly object: Members = {}
  /** How many of a name have been moved away from it. */
  private readonly moved = new Map<string, number>()
  private data: Json[] | null = null

  add(name: string, value: Json): void {
    const before = Object.hasOwn(this.object, name) ? this.object[name] : null
    if (before !== null && before !== undefined) put(this.object, this.freeName(name), before)
    put(this.object, name, value)
  }

  /** A value of the unnamed Data; an array is as many of them. */
  addData(value: Json): void {
    const values: readonly Json[] = Array.isArray(value) ? value : [value]
    if (this.data === null) this.data = [...values]
    else this.data.push(...values)
    const text = this.data.length === 1 ? (this.data[0] ?? null) : this.data
    put(this.object, 'Data', { '#text': text })
  }

  private freeName(name: string): string {
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
