import { z } from 'zod'
import { OkiteError } from '../../core/error.ts'
import { publicPermission } from '../../core/http/permission.ts'
import { locales } from '../../core/i18n/locale.ts'
import { defineRoute, type Ports } from '../../core/module.ts'
import { writeCalendar } from './calendar.ts'
import { feedOf, ownerOf, ownFeeds, revokeFeeds, shareFeed } from './feed.ts'
import { languageOf } from './language.ts'
import { readMe } from './who.ts'

const feed = defineRoute({
  method: 'get',
  path: '/calendar/{file}',
  // Calendars have no session. The address is the secret: 256 bits, of which the list has the hash; it
  // shows what one person owes, with nobody's name, and does nothing.
  permission: publicPermission,
  summary: 'What one person owes, for his calendar (RFC 5545)',
  params: z.strictObject({ file: z.string().regex(/^[A-Za-z0-9_-]{43}\.ics$/) }),
  /** Of an address that was made when it named a language; without it that of who made it. */
  query: z.strictObject({ locale: z.enum(locales).optional() }),
  mediaType: 'text/calendar',
  response: z.string(),
  async run({ params, query }, ports) {
    const token = params.file.slice(0, -'.ics'.length)
    const me = await ownerOf(token, ports.reader)
    if (me === null) throw new OkiteError('DUTY_CALENDAR_UNKNOWN')
    const locale = query.locale ?? (await languageOf(me.ref, ports))
    return remembered(`${feedOf(token)} ${locale}`, ports, () => writeCalendar(me, locale, ports))
  },
})

/** Calendars ask by the hour. Within a minute the answer is the same, and nothing is read for it. */
const freshMs = 60_000
/** Answers that are kept: those of everybody who has a calendar, a few for each of a thousand. */
const rememberedMax = 1_000
const answers = new Map<string, Readonly<{ atMs: number; text: Promise<string> }>>()

async function remembered(key: string, { clock }: Ports, write: () => Promise<string>) {
  const known = answers.get(key)
  const ageMs = clock.nowMs() - (known?.atMs ?? -Infinity)
  if (known !== undefined && ageMs >= 0 && ageMs < freshMs) return known.text
  const text = write()
  answers.delete(key)
  answers.set(key, { atMs: clock.nowMs(), text })
  const [oldest] = answers.keys()
  if (answers.size > rememberedMax && oldest !== undefined) answers.delete(oldest)
  // What failed may be asked for again.
  text.catch(() => answers.delete(key))
  return text
}

const own = defineRoute({
  method: 'get',
  path: '/duties/calendar',
  permission: 'duty.calendar',
  summary: 'Whether one has a secret address for his calendar, and since when',
  response: z.object({ since: z.string().nullable() }),
  async run({ principal }, ports) {
    const [first] = await ownFeeds(await readMe(principal, ports), ports.reader)
    return { since: first?.since ?? null }
  },
})

const share = defineRoute({
  method: 'post',
  path: '/duties/calendar/share',
  permission: 'duty.calendar',
  summary: 'Makes a new secret address, told once, in the place of the old one',
  body: z.strictObject({}),
  response: z.object({ address: z.string() }),
  async run({ principal }, ports) {
    const me = await readMe(principal, ports)
    // Whoever stands in no register owes nothing that a calendar could show.
    if (me.person === null || principal.person === null)
      throw new OkiteError('DUTY_CALENDAR_NOBODY')
    const token = await shareFeed(me, ports)
    return { address: ports.link(`/api/calendar/${token}.ics`) }
  },
})

const revoke = defineRoute({
  method: 'post',
  path: '/duties/calendar/revoke',
  permission: 'duty.calendar',
  summary: 'Takes the secret address back',
  body: z.strictObject({}),
  response: z.object({}),
  async run({ principal }, ports) {
    await revokeFeeds(await readMe(principal, ports), ports)
    return {}
  },
})

export const calendarRoutes = [feed, own, share, revoke]
export type GetCalendar = typeof own
export type ShareCalendar = typeof share
export type RevokeCalendar = typeof revoke
