import { z } from 'zod'
import { actDiverted } from '../../core/facts.ts'
import { defineRoute, type Reader, type Table } from '../../core/module.ts'

/** What a sample would have sent. Trusted for nothing: a fold of what is on the list. */
export const sendings: Table = {
  name: 'sink_sending',
  version: 1,
  columns: `pos bigint primary key, act text not null, cause bigint not null,
    channel text not null, occurred text not null`,
  from: [actDiverted],
  async apply({ pos, occurred, body }, table, tx) {
    const { act, cause, channel } = body as { act: string; cause: number; channel: string }
    await tx.query(
      `insert into ${table} (pos, act, cause, channel, occurred) values ($1, $2, $3, $4, $5)`,
      [pos, act, cause, channel, occurred],
    )
  },
}

const sending = z.strictObject({
  pos: z.int(),
  act: z.string(),
  /** The fact for which it would have been sent. */
  cause: z.int(),
  channel: z.string(),
  occurred: z.string(),
  /** null: the act does not say, or it was erased. */
  to: z.string().nullable(),
  text: z.string().nullable(),
})
export type Sending = z.infer<typeof sending>

/** As many as a person looks through; older ones are on the list. */
const countMax = 200

export const listSendings = defineRoute({
  method: 'get',
  path: '/sink',
  permission: 'sink.read',
  summary: 'What the sample organisation would have sent, the newest first',
  response: z.array(sending),
  run: (_request, ports) => readSendings(ports.reader),
})

/** The newest first, with their private values: who may see this may see them. */
export async function readSendings(reader: Reader): Promise<Sending[]> {
  const rows = await reader.query<
    Omit<Sending, 'pos' | 'cause' | 'to' | 'text'> & { pos: string; cause: string }
  >(`select pos, act, cause, channel, occurred from show.sink_sending order by pos desc limit $1`, [
    countMax,
  ])
  const values = await reader.discloseAll(
    rows.map(row => Number(row.pos)),
    ['to', 'text'],
  )
  return rows.map(row => {
    const pos = Number(row.pos)
    const { to = null, text = null } = values.get(pos) ?? {}
    return { ...row, pos, cause: Number(row.cause), to, text }
  })
}
