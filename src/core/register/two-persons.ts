import { OkiteError } from '../error.ts'
import type { FactType, Pos } from '../fact.ts'
import { personOf } from '../module.ts'
import { tellOf, type ViewAction } from './action.ts'
import type { Asked } from './edit.ts'
import type { PlainRow } from './plain.ts'
import type { PlainColumn } from './plain-column.ts'

/**
 * Who asked for something in the fact at this position; null where it is the person who acts now, under
 * whatever identifier the list knows him by, or where he was erased since: one person alone would be left.
 */
export async function otherAsker(
  request: Pos,
  { principal, ports: { reader } }: Asked,
): Promise<string | null> {
  const self = personOf(principal)
  const [fact, by, refs] = await Promise.all([
    reader.fact(request),
    reader.disclose(request, 'by'),
    reader.refs([self]),
  ])
  const ref = refs.get(self)
  return by === null || by === self || (ref !== undefined && ref === fact?.refs['by']) ? null : by
}

/** What one person asks for and another agrees to: both say it in the same fields. */
type TwoPersons = Readonly<{
  /** The action by which it is asked for; that of the second person is `agree-<name>`. */
  name: string
  summary: string
  fields: readonly PlainColumn[]
  /** Its number in the bodies. */
  key: string
  asked: FactType
  told: FactType
  /** The slot of the second person. */
  slot: string
  isFor(row: PlainRow): boolean
}>

/** Where an entry holds the request that waits. It is no column. */
const waiting = (name: string): string => `${name} asked`

/** What a request makes of an entry: it waits there until somebody agrees, or asks for something else. */
export const asksFor = (
  name: string,
  { told }: Pick<PlainRow, 'told'>,
  pos: Pos,
): PlainRow['told'] => ({ ...told, [waiting(name)]: String(pos) })

/** Nothing waits any more. */
export const asksNoMore = (name: string, { told }: Pick<PlainRow, 'told'>): PlainRow['told'] =>
  Object.fromEntries(Object.entries(told).filter(([one]) => one !== waiting(name)))

export function twoPersons(o: TwoPersons): readonly ViewAction<PlainRow>[] {
  const { name, summary, fields, key, asked, told, slot } = o
  return [
    {
      ...{ name, permission: 'write', fields, isFor: o.isFor },
      summary: `Asks for what another person has to agree to: ${summary}`,
      run: ({ id }, said, acting) => tellOf({ type: asked, body: { ...said, [key]: id } }, acting),
    },
    {
      ...{ name: `agree-${name}`, permission: 'write', fields: [] },
      summary: `As another person: ${summary}`,
      isFor: row => o.isFor(row) && row.told[waiting(name)] !== undefined,
      async run(row, _said, acting) {
        const request = Number(row.told[waiting(name)])
        const [by, fact] = await Promise.all([
          otherAsker(request, acting),
          acting.ports.reader.fact(request),
        ])
        if (by === null || fact === null) throw new OkiteError('REGISTER_SECOND_PERSON')
        const self = personOf(acting.principal)
        const persons = {
          by: { value: by, person: by },
          [slot]: { value: self, person: self },
        }
        await tellOf({ type: told, body: fact.body, private: persons }, acting)
      },
    },
  ]
}
