import type { Fact } from '../../core/fact.ts'
import type { Reader } from '../../core/module.ts'
import { keyedTable } from '../../core/register/keyed-table.ts'
import { serviceRemoved, targetMeasured } from './facts.ts'

type Measured = ReturnType<typeof targetMeasured.schema.parse>
type Row = Readonly<{ service: string; fit: Fit; slowest: string | null }>

/** How a service stands beside what it needs; of several things the gravest is told. */
export const fits = ['fits', 'slower', 'unlisted', 'circular', 'no-target'] as const
type Fit = (typeof fits)[number]

/**
 * Not a part of the register of services: what is concluded of an entry is no edit of it, and whoever
 * changes one service would else find that another has changed in his hands.
 */
export const targetTable = keyedTable<Row>({
  name: 'service_fit',
  version: 1,
  columns: 'service text primary key, fit text not null, slowest text',
  key: 'service',
  from: [targetMeasured, serviceRemoved],
  keyOf: fact => (fact as Fact<{ service: string }>).body.service,
  step(_, { type, body }) {
    if (type === serviceRemoved.name) return null
    const measured = body as Measured
    const { service, slowest } = measured
    return { service, fit: fitOf(measured), slowest: slowest?.service ?? null }
  },
})

function fitOf(measured: Measured): Fit {
  if (measured.isCircular) return 'circular'
  if (measured.slowest !== null) return 'slower'
  if (measured.unlisted > 0) return 'unlisted'
  return measured.rtoMinutes === null || measured.rpoMinutes === null ? 'no-target' : 'fits'
}

/** More than these nobody mends in a day. */
const misfitsMax = 50

/** Services that do not fit what they need. */
export const readMisfits = (reader: Reader): Promise<readonly Row[]> =>
  reader.query<Row>(`select * from service_fit where fit <> 'fits' order by service limit $1`, [
    misfitsMax,
  ])
