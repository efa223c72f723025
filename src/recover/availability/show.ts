import type { PoolClient } from 'pg'
import type { Fact } from '../../core/fact.ts'
import type { Table } from '../../core/module.ts'
import { keyedTable } from '../../core/register/keyed-table.ts'
import { assetListed, assetRemoved } from '../../identify/asset/facts.ts'
import {
  availabilityMeasured,
  outageBegan,
  outageEnded,
  type Probed,
  probeListed,
  probeRemoved,
  serviceProbed,
} from './facts.ts'
import { minuteMs } from './minute.ts'

/** Folds for the screen: they can be dropped and rebuilt, and are trusted for nothing but speed. */

export type ServiceRow = Readonly<{
  service: string
  /** Whether it is in the register of assets as a service, and not out of scope. */
  in_scope: boolean
  kind: string | null
  target: string | null
  /** Up to when it was last probed, and what the last minute of that was. */
  probed: string | null
  asked: number
  answered: number
  why: string | null
}>

const none: Omit<ServiceRow, 'service'> = {
  ...{ in_scope: false, kind: null, target: null, probed: null, asked: 0, answered: 0, why: null },
}

const serviceTable = keyedTable<ServiceRow>({
  name: 'availability_service',
  version: 1,
  columns: `
    service text primary key,
    in_scope boolean not null,
    kind text,
    target text,
    probed text,
    asked integer not null,
    answered integer not null,
    why text
  `,
  key: 'service',
  from: [assetListed, assetRemoved, probeListed, probeRemoved, serviceProbed],
  keyOf: ({ body }) => {
    const { service, asset } = body as { service?: string; asset?: string }
    return service ?? asset ?? ''
  },
  step(row, fact) {
    const body = fact.body as any
    const known = row ?? { service: body.service ?? body.asset, ...none }
    switch (fact.type) {
      case assetListed.name:
        // Machines and documents are no services; of those nothing is kept.
        if (body.kind !== 'service') return row
        return { ...known, in_scope: body.inScope !== false }
      case assetRemoved.name:
        return row === null || row.kind === null ? null : { ...row, in_scope: false }
      case probeListed.name:
        return { ...known, kind: body.kind, target: body.target }
      case probeRemoved.name:
        return row?.in_scope ? { ...row, kind: null, target: null } : null
      default:
        return probed(known, body as Probed)
    }
  },
})

function probed(row: ServiceRow, { from, runs }: Probed): ServiceRow {
  const minutes = runs.reduce((sum, run) => sum + run.minutes, 0)
  const to = new Date(Date.parse(from) + minutes * minuteMs).toISOString()
  const last = runs.at(-1)
  // What was delivered late does not hide what is newer (V21).
  if (last === undefined || (row.probed !== null && row.probed > to)) return row
  return { ...row, probed: to, asked: last.asked, answered: last.answered, why: last.why ?? null }
}

type Measured = Readonly<
  Record<'minutes' | 'down' | 'blind', number> & { service: string; from: string; to: string }
>

/** Clocks of all zones differ by quarters of an hour, so that any day and month is a sum of these. */
export const quarterMs = 15 * minuteMs
/** Thirteen months: a year can be compared with the one before. */
const keptMs = 400 * 24 * 60 * minuteMs

/**
 * What was measured, by the quarter in which its last minute lies, as the control counts it. A stretch that
 * was blind before it was told is blind no more where it was down.
 */
const minutesTable: Table = {
  name: 'availability_minutes',
  version: 1,
  columns: `
    service text not null,
    at timestamptz not null,
    minutes integer not null,
    down integer not null,
    blind integer not null,
    upto text not null,
    primary key (service, at)
  `,
  from: [availabilityMeasured],
  async apply(fact, table, tx) {
    const { service, to, minutes, down, blind } = (fact as Fact<Measured>).body
    const lastMs = Date.parse(to) - 1
    const at = new Date(lastMs - (lastMs % quarterMs)).toISOString()
    await addMinutes(tx, table, [service, at, minutes, down, blind, to])
    await tx.query(`delete from ${table} where service = $1 and at < $2`, [
      service,
      new Date(lastMs - keptMs).toISOString(),
    ])
  },
}

/** `upto` is the end of the newest stretch of the quarter: one that ends no later is told late. */
const addMinutes = (tx: PoolClient, table: string, values: readonly unknown[]) =>
  tx.query(
    `insert into ${table} as known (service, at, minutes, down, blind, upto)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (service, at) do update set
       minutes = known.minutes + case when excluded.upto > known.upto then excluded.minutes else 0 end,
       down = known.down + excluded.down,
       blind = case when excluded.upto > known.upto then known.blind + excluded.blind
         else greatest(0, known.blind - excluded.down) end,
       upto = greatest(known.upto, excluded.upto)`,
    [...values],
  )

type Outage = Readonly<{
  service: string
  outage: string
  began: string
  ended?: string
  why?: string
}>

const outageTable: Table = {
  name: 'availability_outage',
  version: 1,
  columns: `
    outage text primary key,
    service text not null,
    began text not null,
    ended text,
    why text,
    pos bigint not null
  `,
  from: [outageBegan, outageEnded],
  async apply(fact, table, tx) {
    const { service, outage, began, ended = null, why = null } = (fact as Fact<Outage>).body
    await tx.query(
      `insert into ${table} (outage, service, began, ended, why, pos) values ($1, $2, $3, $4, $5, $6)
       on conflict (outage) do update set ended = excluded.ended`,
      [outage, service, began, ended, why, fact.pos],
    )
  },
}

export const availabilityTables = [serviceTable, minutesTable, outageTable]
