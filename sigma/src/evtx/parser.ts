import type { Budget } from './budget.ts'
import type { Cursor } from './cursor.ts'
import { Damage } from './damage.ts'
import { Names } from './names.ts'
import type { AttributeNode, InstanceNode, Node } from './nodes.ts'
import { Templates } from './templates.ts'
import type { Slot } from './value.ts'

/** The tokens of binary XML ([MS-EVEN6] 2.2.12). Most come with `more` as well. */
const token = {
  end: 0x00,
  element: 0x01,
  closeStart: 0x02,
  closeEmpty: 0x03,
  closeElement: 0x04,
  value: 0x05,
  attribute: 0x06,
  cdata: 0x07,
  character: 0x08,
  entity: 0x09,
  target: 0x0a,
  instruction: 0x0b,
  instance: 0x0c,
  hole: 0x0d,
  optionalHole: 0x0e,
  fragment: 0x0f,
} as const

/** Says of an element that it has attributes, and of other tokens that content follows. */
const more = 0x40

/** The entities of XML 1.0, 4.6; there is no place where an event could declare others. */
const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/**
 * Reads the binary XML of one chunk, whose names and templates all its records share.
 *
 * The sizes that elements and attributes say of themselves are stepped over: files from Windows
 * itself have zeros there, and the tokens say the same. What bounds the reading is the end of the
 * record or template, the depth and the budget.
 */
export class Parser {
  private readonly names: Names
  private readonly templates: Templates
  private readonly budget: Budget

  constructor(budget: Budget) {
    this.budget = budget
    this.names = new Names(budget)
    this.templates = new Templates((cursor, depth) => this.fragment(cursor, true, depth))
  }

  /**
   * Elements and instances of templates, up to the token of the end or the end of the bytes.
   *
   * @param hasDependency whether elements give the value on which they depend: those of a template
   *   do, those of a record or a value do not ([MS-EVEN6] 2.2.12)
   * @throws Damage
   */
  fragment(cursor: Cursor, hasDependency: boolean, depth: number): readonly Node[] {
    this.budget.depth(depth, cursor.at)
    const nodes: Node[] = []
    for (;;) {
      const next = cursor.peek()
      this.budget.node(cursor.at)
      if (next === token.end) return nodes
      if (next === token.fragment) cursor.skip(4)
      else if (next === token.instance) nodes.push(this.instance(cursor, depth))
      else if ((next & ~more) === token.element)
        nodes.push(this.element(cursor, hasDependency, depth))
      else if (next === token.target) nodes.push(this.instruction(cursor))
      else throw new Damage('token', cursor.at)
    }
  }

  private element(cursor: Cursor, hasDependency: boolean, depth: number): Node {
    this.budget.depth(depth, cursor.at)
    const hasAttributes = (cursor.u8() & more) !== 0
    if (hasDependency) cursor.skip(2)
    cursor.skip(4)
    const name = this.names.read(cursor)
    const attributes = hasAttributes ? this.attributes(cursor) : []
    const { at } = cursor
    const close = cursor.u8()
    if (close === token.closeEmpty) return { kind: 'element', name, attributes, content: [] }
    if (close !== token.closeStart) throw new Damage('token', at)
    const content = this.content(cursor, hasDependency, depth)
    if (cursor.u8() !== token.closeElement) throw new Damage('token', cursor.at - 1)
    return { kind: 'element', name, attributes, content }
  }

  private attributes(cursor: Cursor): readonly AttributeNode[] {
    cursor.skip(4)
    const attributes: AttributeNode[] = []
    while ((cursor.peek() & ~more) === token.attribute) {
      this.budget.node(cursor.skip(1))
      const name = this.names.read(cursor)
      attributes.push({ name, content: this.texts(cursor) })
    }
    return attributes
  }

  /** What an attribute may have: all of an element's content but elements and instructions. */
  private texts(cursor: Cursor): readonly Node[] {
    const nodes: Node[] = []
    for (;;) {
      const node = this.text(cursor)
      if (node === null) return nodes
      nodes.push(node)
    }
  }

  private content(cursor: Cursor, hasDependency: boolean, depth: number): readonly Node[] {
    const nodes: Node[] = []
    for (;;) {
      const next = cursor.peek()
      if ((next & ~more) === token.element)
        nodes.push(this.element(cursor, hasDependency, depth + 1))
      else if (next === token.instance) nodes.push(this.instance(cursor, depth + 1))
      else if (next === token.target) nodes.push(this.instruction(cursor))
      else {
        const node = this.text(cursor)
        if (node === null) return nodes
        nodes.push(node)
      }
    }
  }

  /** A piece of text or the place for one; null, and nothing taken, at any other token. */
  private text(cursor: Cursor): Node | null {
    const { at } = cursor
    this.budget.node(at)
    const kind = cursor.peek() & ~more
    if (kind === token.hole || kind === token.optionalHole) {
      cursor.skip(1)
      const index = cursor.u16()
      // The type is said again with the value, where an array or a null may stand in its place.
      cursor.skip(1)
      return { kind: 'hole', index, at }
    }
    const text = this.constant(cursor, kind)
    return text === null ? null : { kind: 'text', text }
  }

  private constant(cursor: Cursor, kind: number): string | null {
    switch (kind) {
      case token.value:
        cursor.skip(1)
        // 2.2.12: a value within the XML is a string; other types come through holes only.
        if (cursor.u8() !== 0x01) throw new Damage('value-type', cursor.at - 1)
        return this.counted(cursor)
      case token.cdata:
        cursor.skip(1)
        return this.counted(cursor)
      case token.character:
        cursor.skip(1)
        return String.fromCharCode(cursor.u16())
      case token.entity: {
        cursor.skip(1)
        const name = this.names.read(cursor)
        return entities.get(name) ?? `&${name};`
      }
      default:
        return null
    }
  }

  /** A text that begins with the count of its UTF-16 units. */
  private counted(cursor: Cursor): string {
    const count = cursor.u16()
    this.budget.text(count, cursor.at)
    return cursor.utf16(count)
  }

  private instruction(cursor: Cursor): Node {
    this.budget.node(cursor.skip(1))
    const target = this.names.read(cursor)
    if (cursor.u8() !== token.instruction) throw new Damage('token', cursor.at - 1)
    return { kind: 'instruction', target, text: this.counted(cursor) }
  }

  private instance(cursor: Cursor, depth: number): InstanceNode {
    const at = cursor.skip(1)
    this.budget.depth(depth, at)
    // A version and four bytes of the identifier, which the template itself repeats.
    cursor.skip(5)
    const content = this.templates.read(cursor, depth + 1)
    return { kind: 'instance', content, values: this.slots(cursor), at }
  }

  private slots(cursor: Cursor): readonly Slot[] {
    const count = cursor.u32()
    const descriptors = cursor.skip(count * 4)
    const slots: Slot[] = []
    for (let nth = 0; nth < count; nth++) {
      const descriptor = descriptors + nth * 4
      this.budget.node(descriptor)
      const size = cursor.view.getUint16(descriptor, true)
      const type = cursor.view.getUint8(descriptor + 2)
      slots.push({ type, at: cursor.skip(size), size })
    }
    return slots
  }
}
