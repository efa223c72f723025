import { z } from 'zod'
import { locales } from '../../core/i18n/locale.ts'
import { defineRoute } from '../../core/module.ts'
import { dutiesMax } from './duty.ts'
import { readView } from './relation.ts'
import { acceptAll } from './say.ts'
import { readMe } from './who.ts'
import { wordsOf } from './words.ts'

/** What waits for a second person: seen one by one, and accepted together where it is of one kind. */

/** As many as somebody looks at before he accepts them. */
const togetherMax = 50

const id = z.string().min(3).max(800)

const waiting = defineRoute({
  method: 'get',
  path: '/duties/waiting',
  permission: 'duty.accept',
  summary: 'Claims that wait for a second person, and that he may accept, with what each says',
  query: z.strictObject({ locale: z.enum(locales), after: id.optional() }),
  response: z.object({
    count: z.int(),
    claims: z.array(
      z.object({
        ...{ id: z.string(), claim: z.int(), type: z.string(), module: z.string() },
        ...{ title: z.string(), subject: z.string().nullable() },
        due: z.string().nullable(),
        /** When it happened, as it is told; and when it was told. */
        ...{ occurred: z.string(), recorded: z.string() },
        body: z.json(),
        by: z.string().nullable(),
      }),
    ),
    next: z.string().nullable(),
  }),
  async run({ query, principal }, ports) {
    const { reader } = ports
    const me = await readMe(principal, ports)
    // Several controls may wait for the same claim; it is looked at and accepted once.
    const duties = await readView('accept', me, ports, dutiesMax)
    const found = [...new Map(duties.map(duty => [duty.claim, duty])).values()]
    const words = wordsOf({ ...ports, locale: query.locale })
    const at = query.after === undefined ? -1 : found.findIndex(one => one.id === query.after)
    const shown = found.slice(at + 1, at + 1 + togetherMax)
    const positions = shown.map(({ claim }) => claim ?? -1)
    const facts = await Promise.all(positions.map(pos => reader.fact(pos)))
    const said = await reader.discloseAll(positions, ['by'])
    const claims = shown.flatMap((duty, nth) => {
      const fact = facts[nth]
      if (fact === null || fact === undefined) return []
      const { pos, type, module, occurred, recorded } = fact
      return {
        ...{ id: duty.id, claim: pos, type, module, occurred, recorded, due: duty.due },
        title: words.control(duty.control.id),
        subject: duty.subject === 'org' ? null : duty.subject,
        body: fact.body as z.infer<ReturnType<typeof z.json>>,
        by: said.get(pos)?.['by'] ?? null,
      }
    })
    const isMore = found.length > at + 1 + shown.length
    return { count: found.length, claims, next: isMore ? (shown.at(-1)?.id ?? null) : null }
  },
})

const acceptSeveral = defineRoute({
  method: 'post',
  path: '/duties/accept/several',
  permission: 'duty.accept',
  summary: 'As a second person: accepts several claims of one type, having looked at each',
  body: z.strictObject({
    claims: z
      .array(z.strictObject({ id, of: z.int().nonnegative() }))
      .min(1)
      .max(togetherMax),
    note: z.string().trim().min(1).max(4_000).nullable().default(null),
  }),
  response: z.object({ accepted: z.int() }),
  async run({ body, principal }, ports) {
    await acceptAll(body.claims, body.note, await readMe(principal, ports), ports)
    return { accepted: body.claims.length }
  },
})

export const claimRoutes = [waiting, acceptSeveral]
export type GetWaiting = typeof waiting
export type AcceptSeveral = typeof acceptSeveral
