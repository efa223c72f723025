import { z } from 'zod'
import type { Fact } from '../../core/fact.ts'
import { defineRoute, type Table } from '../../core/module.ts'
import { endpointListed, endpointProbed, endpointRemoved, type Probed } from './facts.ts'

type Listed = z.infer<typeof endpointListed.schema>

/**
 * The list as it stands, with the latest probe of each endpoint. A fold: it can be dropped and
 * rebuilt, and is trusted for nothing but speed.
 */
export const endpointTable: Table = {
  name: 'network_endpoint',
  version: 1,
  columns: `
    endpoint text primary key,
    host text not null,
    port integer not null,
    listed text not null,
    probed text,
    pos bigint,
    probe jsonb
  `,
  from: [endpointListed, endpointRemoved, endpointProbed],
  async apply(fact, table, tx) {
    switch (fact.type) {
      case endpointListed.name: {
        const { endpoint, host, port } = (fact as Fact<Listed>).body
        await tx.query(
          `insert into ${table} (endpoint, host, port, listed) values ($1, $2, $3, $4)
           on conflict (endpoint) do nothing`,
          [endpoint, host, port, fact.recorded],
        )
        return
      }
      case endpointRemoved.name:
        await tx.query(`delete from ${table} where endpoint = $1`, [
          (fact as Fact<{ endpoint: string }>).body.endpoint,
        ])
        return
      case endpointProbed.name: {
        const body = (fact as Fact<Probed>).body
        // A probe that was delivered late does not hide a newer one (V21).
        await tx.query(
          `update ${table} set probed = $2, pos = $3, probe = $4
           where endpoint = $1 and (probed is null or probed <= $2)`,
          [body.endpoint, fact.occurred, fact.pos, JSON.stringify(body)],
        )
        return
      }
    }
  },
}

const shown = z.object({
  endpoint: z.string(),
  listed: z.string(),
  /** When it was last asked; null: never. */
  probed: z.string().nullable(),
  /** The fact that says so. */
  pos: z.int().nullable(),
  probe: endpointProbed.schema.nullable(),
})

export type Shown = z.infer<typeof shown>

export const endpointsRoute = defineRoute({
  method: 'get',
  path: '/network/endpoints',
  permission: 'network.read',
  evidence: () => 'network endpoints',
  summary: 'The TLS endpoints of the list, each with what it last answered',
  query: z.strictObject({
    after: z.string().max(262).default(''),
    // 200: a page of probes stays below 3 MiB even if every one is as large as a fact may be.
    limit: z.coerce.number().int().min(1).max(200).default(100),
  }),
  response: z.object({ endpoints: z.array(shown), next: z.string().nullable() }),
  async run({ query }, ports) {
    const rows = await ports.reader.query<Shown & { pos: string | number | null }>(
      `select endpoint, listed, probed, pos, probe from network_endpoint
       where endpoint > $1 order by endpoint limit $2`,
      [query.after, query.limit],
    )
    const endpoints = rows.map(row => ({ ...row, pos: row.pos === null ? null : Number(row.pos) }))
    const next = rows.length === query.limit ? (rows.at(-1)?.endpoint ?? null) : null
    return { endpoints, next }
  },
})
