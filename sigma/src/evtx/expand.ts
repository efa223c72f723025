import type { Budget } from './budget.ts'
import type { Cursor } from './cursor.ts'
import { Damage } from './damage.ts'
import type { ElementNode, HoleNode, InstanceNode, InstructionNode, Node } from './nodes.ts'
import type { Parser } from './parser.ts'
import { binXmlType, type Leaf, readValue, type Slot, type TimeDigits } from './value.ts'

/** An element of an event, with its values as their types allow. */
export type Element = Readonly<{
  kind: 'element'
  name: string
  /** In the order of the file. An attribute whose value is null is left out. */
  attributes: readonly Attribute[]
  content: readonly Content[]
}>

export type Attribute = Readonly<{ name: string; value: Leaf }>

/** What stands between two tags. An array is one value, where XML would repeat its element. */
export type Content = Element | InstructionNode | Readonly<{ kind: 'value'; value: Leaf }>

/** The values of one instance; a record's own XML stands in no template and has none. */
type Values = readonly Slot[]

/** Puts the values of a record into its templates. */
export class Expander {
  private readonly parser: Parser
  private readonly budget: Budget
  private readonly digits: TimeDigits
  /** The chunk, for the values are read from where they lie. */
  private readonly chunk: Cursor

  constructor(chunk: Cursor, parser: Parser, budget: Budget, digits: TimeDigits) {
    this.chunk = chunk
    this.parser = parser
    this.budget = budget
    this.digits = digits
  }

  /**
   * The binary XML in [at, end) of the chunk, as content.
   *
   * @throws Damage
   */
  read(at: number, end: number): readonly Content[] {
    const out: Content[] = []
    const nodes = this.parser.fragment(this.chunk.within(at, end), false, 0)
    this.expand(nodes, [], out, 0)
    return out
  }

  private expand(nodes: readonly Node[], values: Values, out: Content[], depth: number): void {
    for (const node of nodes) {
      this.budget.node(0)
      switch (node.kind) {
        case 'element':
          out.push(this.element(node, values, depth))
          break
        case 'text':
          this.budget.text(node.text.length, 0)
          out.push({ kind: 'value', value: node.text })
          break
        case 'hole':
          this.fill(node, values, out, depth)
          break
        case 'instance':
          this.instance(node, out, depth + 1)
          break
        case 'instruction':
          this.budget.text(node.text.length, 0)
          out.push(node)
          break
      }
    }
  }

  private instance({ content, values, at }: InstanceNode, out: Content[], depth: number): void {
    this.budget.depth(depth, at)
    this.expand(content, values, out, depth)
  }

  private element(node: ElementNode, values: Values, depth: number): Element {
    this.budget.depth(depth, 0)
    this.budget.text(node.name.length, 0)
    const attributes: Attribute[] = []
    for (const { name, content } of node.attributes) {
      this.budget.node(0)
      this.budget.text(name.length, 0)
      const value = this.attribute(content, values)
      if (value !== null) attributes.push({ name, value })
    }
    const content: Content[] = []
    this.expand(node.content, values, content, depth + 1)
    return { kind: 'element', name: node.name, attributes, content }
  }

  private attribute(nodes: readonly Node[], values: Values): Leaf {
    const leaves: Leaf[] = []
    for (const node of nodes) {
      this.budget.node(0)
      if (node.kind === 'text') {
        this.budget.text(node.text.length, 0)
        leaves.push(node.text)
      } else if (node.kind === 'hole') leaves.push(this.leaf(slotOf(node, values)))
    }
    return joined(leaves)
  }

  private fill(node: HoleNode, values: Values, out: Content[], depth: number): void {
    const slot = slotOf(node, values)
    if (slot.type !== binXmlType) {
      const value = this.leaf(slot)
      if (value !== null) out.push({ kind: 'value', value })
      return
    }
    const cursor = this.chunk.within(slot.at, slot.at + slot.size)
    const nodes = this.parser.fragment(cursor, false, depth + 1)
    // Its own holes, if it has any outside of a template, have nothing that could fill them.
    this.expand(nodes, [], out, depth + 1)
  }

  /** @throws Damage `value-type` for XML where only a value can stand */
  private leaf(slot: Slot): Leaf {
    // What a value costs: a member of an array has at least a byte.
    this.budget.text(slot.size, slot.at)
    return readValue(this.chunk.view, slot, this.digits)
  }
}

function slotOf({ index, at }: HoleNode, values: Values): Slot {
  const slot = values[index]
  if (slot === undefined) throw new Damage('value-index', at)
  return slot
}

/** Several pieces next to one another are one text; one keeps its type. */
export function joined(leaves: readonly Leaf[]): Leaf {
  const [first = null, ...others] = leaves
  if (others.length === 0) return first
  return leaves.map(leafText).join('')
}

/** As XML would have it; the members of an array with commas between them. */
export function leafText(leaf: Leaf): string {
  if (leaf === null) return ''
  return typeof leaf === 'object' ? leaf.map(leafText).join(',') : String(leaf)
}
