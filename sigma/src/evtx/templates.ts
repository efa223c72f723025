import type { Cursor } from './cursor.ts'
import { Damage } from './damage.ts'
import type { Node } from './nodes.ts'

/** Next template, identifier (a GUID) and size, before what the template consists of. */
const frameBytes = 24

/** Reads what a template consists of, to the end of the cursor. */
export type ReadTemplate = (cursor: Cursor, depth: number) => readonly Node[]

/**
 * The templates of a chunk. As a name, a template is written where it is first used; each is read
 * once.
 */
export class Templates {
  /**
   * null while a template is being read: who finds that is inside of it. Of one that cannot be read,
   * the damage: its records may be many, and each would read it again.
   */
  private readonly known = new Map<number, readonly Node[] | Damage | null>()
  private readonly readTemplate: ReadTemplate

  constructor(readTemplate: ReadTemplate) {
    this.readTemplate = readTemplate
  }

  /**
   * Reads the position of a template, and steps over the template when it stands right there.
   *
   * @throws Damage `offset`, `cycle`, and what reading the template throws
   */
  read(cursor: Cursor, depth: number): readonly Node[] {
    const at = cursor.u32()
    const isHere = at === cursor.at
    const content = this.known.get(at)
    if (content === null) throw new Damage('cycle', at)
    if (content instanceof Damage) throw content
    const template = content ?? this.learn(cursor, at, depth)
    if (isHere) cursor.skip(frameBytes + cursor.view.getUint32(at + 20, true))
    return template
  }

  private learn(cursor: Cursor, at: number, depth: number): readonly Node[] {
    const frame = cursor.within(at, cursor.bytes.length)
    frame.skip(frameBytes - 4)
    const size = frame.u32()
    this.known.set(at, null)
    try {
      const template = this.readTemplate(frame.within(frame.at, frame.at + size), depth)
      this.known.set(at, template)
      return template
    } catch (error) {
      // How deep it is within others is not the template's own fault.
      if (error instanceof Damage && error.reason !== 'depth') this.known.set(at, error)
      else this.known.delete(at)
      throw error
    }
  }
}
