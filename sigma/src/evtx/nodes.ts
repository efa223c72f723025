import type { Slot } from './value.ts'

/** Binary XML as it was read, before the values of a record are put into it. */
export type Node = ElementNode | TextNode | HoleNode | InstanceNode | InstructionNode

export type ElementNode = Readonly<{
  kind: 'element'
  name: string
  attributes: readonly AttributeNode[]
  content: readonly Node[]
}>

export type AttributeNode = Readonly<{ name: string; content: readonly Node[] }>

export type TextNode = Readonly<{ kind: 'text'; text: string }>

/** A place for the value with this number (a substitution, in the words of the format). */
export type HoleNode = Readonly<{ kind: 'hole'; index: number; at: number }>

/** A template and what belongs into its holes. */
export type InstanceNode = Readonly<{
  kind: 'instance'
  content: readonly Node[]
  values: readonly Slot[]
  at: number
}>

/** A processing instruction. */
export type InstructionNode = Readonly<{ kind: 'instruction'; target: string; text: string }>
