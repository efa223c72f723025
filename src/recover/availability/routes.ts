import { z } from 'zod'
import { defineRoute, type Reader, type RoutePorts } from '../../core/module.ts'
import { createCalendars, msOf, toInstant } from '../../core/time.ts'
import { uptime } from './controls/uptime.ts'
import { deskOf } from './desk.ts'
import { failedWhys } from './facts.ts'
import { minuteAt, minuteMs } from './minute.ts'
import { blindWhys } from './probe/answer.ts'
import type { ServiceRow } from './show.ts'

/** Fourteen days fit on a telephone. */
const daysShown = 14
/** What was probed is told within an hour and a quarter; after that nobody knows how it is now. */
const staleMs = 75 * minuteMs
/** What the program itself asked is new for so long. */
const liveMinutes = 3
const servicesMax = 2_000

const counted = z.object({
  /** Of the span that was told so far: how many minutes were seen, down and not seen. */
  seen: z.int(),
  down: z.int(),
  blind: z.int(),
})

const why = z.enum([...failedWhys, ...blindWhys])

const service = z.object({
  service: z.string(),
  inScope: z.boolean(),
  probe: z.object({ kind: z.string(), target: z.string() }).nullable(),
  now: z.object({
    state: z.enum(['up', 'down', 'unknown']),
    /** When it was so. */
    at: z.string().nullable(),
    asked: z.int(),
    answered: z.int(),
    why: why.nullable(),
  }),
  month: counted.extend({
    /** Minutes of the whole month, and how many of them may be down. */
    minutes: z.int(),
    budget: z.int(),
    status: z.enum(['kept', 'broken', 'unknown']),
  }),
  days: z.array(counted.extend({ day: z.string(), from: z.string() })),
})

export const servicesRoute = defineRoute({
  method: 'get',
  path: '/availability/services',
  permission: 'availability.read',
  evidence: () => 'availability of services',
  summary: 'Services: how they are now, what the month has come to, and the last days',
  response: z.object({
    month: z.object({ name: z.string(), from: z.string(), to: z.string() }),
    ratioAtLeast: z.int(),
    services: z.array(service),
    /** More than are shown. */
    isCut: z.boolean(),
  }),
  async run(_request, ports) {
    const nowMs = ports.clock.nowMs()
    const now = toInstant(nowMs)
    const { zone } = ports.policy.organisation
    const calendars = createCalendars()
    const month = calendars.period('P1M', zone, now)
    const days = [calendars.period('P1D', zone, now)]
    while (days.length < daysShown) {
      const before = toInstant(msOf(days[0]!.from) - 1)
      days.unshift(calendars.period('P1D', zone, before))
    }
    const rows = await ports.reader.query<ServiceRow>(
      `select * from availability_service where in_scope or kind is not null
       order by service limit $1`,
      [servicesMax + 1],
    )
    const ofMonth = await countsOf(ports.reader, [month.from, month.to])
    const ofDays = await countsOf(ports.reader, [...days.map(day => day.from), days.at(-1)!.to])
    const figures = await figuresOf(ports)
    const minutes = (msOf(month.to) - msOf(month.from)) / minuteMs
    const budget = Math.floor((minutes * (1_000_000 - figures.ratioAtLeast)) / 1_000_000)
    const services = rows.slice(0, servicesMax).map(row => {
      const [sum = nothing] = ofMonth.get(row.service) ?? []
      const counts = ofDays.get(row.service) ?? []
      return {
        ...{ service: row.service, inScope: row.in_scope, now: nowOf(row, nowMs, ports) },
        probe:
          row.kind === null || row.target === null ? null : { kind: row.kind, target: row.target },
        month: {
          ...{ ...sum, minutes, budget },
          status: statusOf(sum, minutes, budget, figures.blindAtMost),
        },
        days: days.map((day, nth) => ({
          ...{ day: day.name, from: day.from },
          ...(counts[nth] ?? nothing),
        })),
      }
    })
    const { ratioAtLeast } = figures
    const named = { name: month.name, from: month.from, to: month.to }
    return { month: named, ratioAtLeast, services, isCut: rows.length > servicesMax }
  },
})

type Counted = z.infer<typeof counted>
const nothing: Counted = { seen: 0, down: 0, blind: 0 }

/** Sums by service between one edge and the next. */
async function countsOf(
  reader: Reader,
  edges: readonly string[],
): Promise<ReadonlyMap<string, readonly (Counted | undefined)[]>> {
  const rows = await reader.query<Counted & { service: string; nth: number }>(
    `select service, width_bucket(at, $1::timestamptz[]) - 1 as nth,
       sum(minutes - blind)::int as seen, sum(down)::int as down, sum(blind)::int as blind
     from availability_minutes where at >= $2 and at < $3 group by 1, 2`,
    [edges, edges[0], edges.at(-1)],
  )
  const found = new Map<string, Counted[]>()
  for (const { service, nth, seen, down, blind } of rows) {
    const known = found.get(service) ?? []
    known[nth] = { seen, down, blind }
    found.set(service, known)
  }
  return found
}

/** As the control judges the window that runs (`measure` of core/control/level.ts). */
function statusOf(sum: Counted, minutes: number, budget: number, blindAtMost: number) {
  if (sum.down > budget) return 'broken' as const
  if (sum.seen === 0 || sum.blind * 1_000_000 > blindAtMost * minutes) return 'unknown' as const
  return 'kept' as const
}

async function figuresOf({ policyDesk }: RoutePorts) {
  const figures = await policyDesk.figures([uptime.id])
  const valueOf = (name: string) =>
    Number(figures.find(figure => figure.name === name)?.value ?? uptime.params[name])
  return { ratioAtLeast: valueOf('ratioAtLeast'), blindAtMost: valueOf('blindAtMost') }
}

/** What this program saw a moment ago, or what was told last. */
function nowOf(row: ServiceRow, nowMs: number, ports: RoutePorts): z.infer<typeof service>['now'] {
  const desk = deskOf(ports)
  const live = desk.last.get(row.service)
  const hasOthers = desk.settings.vantages.length > 0
  if (live && !hasOthers && minuteAt(nowMs) - desk.minute <= liveMinutes) {
    const isKnown = live.kind !== 'blind'
    return {
      state: live.kind === 'answered' ? 'up' : live.kind === 'failed' ? 'down' : 'unknown',
      at: toInstant(desk.minute * minuteMs),
      ...{ asked: isKnown ? 1 : 0, answered: live.kind === 'answered' ? 1 : 0 },
      why: live.kind === 'answered' ? null : live.why,
    }
  }
  const { probed, asked, answered } = row
  const isStale = probed === null || nowMs - msOf(probed) > staleMs || asked === 0
  if (isStale) return { state: 'unknown', at: probed, asked: 0, answered: 0, why: null }
  const known = why.safeParse(row.why)
  const state = answered * 2 <= asked ? 'down' : 'up'
  return { state, at: probed, asked, answered, why: known.success ? known.data : null }
}

const outagesMax = 200

export const outagesRoute = defineRoute({
  method: 'get',
  path: '/availability/outages',
  permission: 'availability.read',
  evidence: () => 'outages of services',
  summary: 'Outages of services, the newest first',
  response: z.object({
    outages: z.array(
      z.object({
        outage: z.string(),
        service: z.string(),
        began: z.string(),
        ended: z.string().nullable(),
        why: why.nullable(),
        /** The fact that says that it began. */
        pos: z.int(),
      }),
    ),
    isCut: z.boolean(),
  }),
  async run(_request, { reader }) {
    const rows = await reader.query<
      Record<'outage' | 'service' | 'began' | 'pos', string> &
        Record<'ended' | 'why', string | null>
    >('select * from availability_outage order by began desc, outage limit $1', [outagesMax + 1])
    const outages = rows.slice(0, outagesMax).map(row => {
      const known = why.safeParse(row.why)
      return { ...row, pos: Number(row.pos), why: known.success ? known.data : null }
    })
    return { outages, isCut: rows.length > outagesMax }
  },
})

export type GetServices = typeof servicesRoute
export type GetOutages = typeof outagesRoute
