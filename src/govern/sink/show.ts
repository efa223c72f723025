import { z } from 'zod'
import { actDiverted } from '../../core/facts.ts'
import { defineRoute, type Reader } from '../../core/module.ts'

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
  const facts = await reader.latest(actDiverted, countMax)
  const positions = facts.map(fact => fact.pos)
  const values = await reader.discloseAll(positions, ['to', 'text'])
  return facts.map(({ pos, occurred, body }) => {
    const { to = null, text = null } = values.get(pos) ?? {}
    return { pos, occurred, ...body, to, text }
  })
}
