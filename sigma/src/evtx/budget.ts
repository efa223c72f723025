import { Damage } from './damage.ts'

/** What one chunk may cost, however its 64 KiB are arranged. */
export type Limits = Readonly<{
  /** Elements, templates and values within one another. */
  depthMax: number
  /** Tokens read and nodes built for all records of a chunk. */
  nodesMax: number
  /** UTF-16 units of text in all records of a chunk. */
  unitsMax: number
}>

/** Several times what any chunk of 20 MB of real logs of all kinds has needed. */
export const limitsDefault: Limits = {
  // Seen: 10.
  depthMax: 64,
  // One for each byte of a chunk. Seen: 15,523.
  nodesMax: 65_536,
  // 16 for each byte: a template's own text comes again in each of its records. Seen: 105,057.
  unitsMax: 1_048_576,
}

/**
 * Counts what a chunk costs. A few bytes can ask for very much (a template of templates, a long
 * value that is named a thousand times), so that the size of the input alone bounds nothing.
 */
export class Budget {
  readonly depthMax: number
  private nodes: number
  private units: number

  constructor(limits: Limits) {
    this.depthMax = limits.depthMax
    this.nodes = limits.nodesMax
    this.units = limits.unitsMax
  }

  /** @throws Damage `chunk-budget` */
  node(at: number): void {
    this.nodes -= 1
    if (this.nodes < 0) throw new Damage('chunk-budget', at)
  }

  /** @throws Damage `chunk-budget` */
  text(units: number, at: number): void {
    this.units -= units
    if (this.units < 0) throw new Damage('chunk-budget', at)
  }

  /** @throws Damage `depth` */
  depth(depth: number, at: number): void {
    if (depth > this.depthMax) throw new Damage('depth', at)
  }
}
