import { z } from 'zod'
import { OkiteError } from '../../core/error.ts'
import { publicPermission } from '../../core/http/permission.ts'
import { defineRoute } from '../../core/module.ts'
import { deskOf, readProbes, vantageOf } from './desk.ts'
import { failedWhys, probeKinds } from './facts.ts'
import { openJournal } from './journal.ts'
import { minuteAt } from './minute.ts'
import { blindWhys } from './probe/answer.ts'

/** A day of what could not be sent is taken; what is older changes nothing any more. */
const lateMinutesMax = 24 * 60
/** Clocks of two machines are never the same. */
const aheadMinutesMax = 1

const result = z.enum(['', ...failedWhys, ...blindWhys.map(why => `?${why}` as const)])

/** What a vantage point says of one minute, and what it is to ask in the next. */
export const vantageBody = z.strictObject({
  key: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  minute: z.int().nonnegative(),
  /** Service and what came of it. */
  results: z.array(z.tuple([z.string().max(100), result])).max(500),
})

export const vantageAnswer = z.object({
  isTaken: z.boolean(),
  probes: z.array(
    z.object({
      service: z.string(),
      kind: z.enum(probeKinds),
      target: z.string(),
      statuses: z.array(z.string()),
      text: z.string().nullable(),
      followsRedirects: z.boolean(),
    }),
  ),
})

export const vantageRoute = defineRoute({
  method: 'post',
  path: '/availability/vantage',
  // A program on another machine has no session. It has a key of 256 bits, of which the settings hold the
  // hash; by it one may say what was seen from there, and read what is to be asked.
  permission: publicPermission,
  summary: 'What a vantage point saw of one minute; answers what it is to probe',
  body: vantageBody,
  response: vantageAnswer,
  async run({ body }, ports) {
    const desk = deskOf(ports)
    const place = vantageOf(body.key, desk.settings)
    if (place === null) throw new OkiteError('AVAILABILITY_KEY')
    const probes = await readProbes(ports.reader)
    const now = minuteAt(ports.clock.nowMs())
    const isInTime = body.minute >= now - lateMinutesMax && body.minute <= now + aheadMinutesMax
    // Each minute once and in order: nobody fills the disk with one minute said again and again.
    const isNext = body.minute > (desk.heard.get(place) ?? -1)
    const known = body.results.filter(([service]) => probes.has(service))
    const isTaken = isInTime && isNext && known.length > 0
    if (isTaken) {
      desk.heard.set(place, body.minute)
      const results = Object.fromEntries(known)
      await openJournal(ports.folder()).append([{ minute: body.minute, place, results }])
    }
    return {
      isTaken,
      probes: [...probes].map(([service, probe]) => ({
        ...{ service, kind: probe.kind, target: probe.target, text: probe.text },
        ...{ statuses: [...probe.statuses], followsRedirects: probe.followsRedirects },
      })),
    }
  },
})
