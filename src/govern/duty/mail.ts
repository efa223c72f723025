import type { z } from 'zod'
import { plusMs } from '../../core/control/match.ts'
import { OkiteError } from '../../core/error.ts'
import type { Fact, FactType, Observation, Pos } from '../../core/fact.ts'
import type { Locale } from '../../core/i18n/locale.ts'
import { formatDay } from '../../core/i18n/time.ts'
import type { Act, Ports } from '../../core/module.ts'
import { toInstant } from '../../core/time.ts'
import { noticeFailed, noticeIssued, noticeSent, urgencies } from './facts.ts'
import { languageOf } from './language.ts'
import type { PersonRow } from './show.ts'
import { occurrenceOf } from './text.ts'
import { wordsOf } from './words.ts'

type Notice = Fact<z.infer<typeof noticeIssued.schema>>

/**
 * Mails a notice. What came of it is a fact: taken by the server, or why not. Its Message-ID is its place
 * on the list, so that a mailbox knows again what a program sent a second time because it ended before it
 * could say that it had. Where no mail is sent the notice stays, with its text and link to copy.
 */
export const mailNotice: Act = {
  name: 'duty-mail',
  on: [noticeIssued],
  attemptsMax: 6,
  async describe(fact, ports) {
    const { ref, name, mail } = await readAddressee(fact as Notice, ports)
    const locale = await languageOf(ref, ports)
    const { subject, text } = wordNotice(fact as Notice, name, locale, ports)
    const to = mail ?? (fact as Notice).body.person
    return { channel: 'mail', to: { value: to, person: mail }, text: `${subject}\n\n${text}` }
  },
  async run(fact, ports) {
    if (ports.mail === null) return report(noticeFailed, fact, ports, { code: 'MAIL_OFF' })
    const { name, mail, ref } = await readAddressee(fact as Notice, ports)
    // Nobody to send it to: trying again brings no address.
    if (mail === null) return report(noticeFailed, fact, ports, { code: 'MAIL_NO_ADDRESS' })
    const locale = await languageOf(ref, ports)
    const { subject, text, html } = wordNotice(fact as Notice, name, locale, ports)
    const id = `okite.notice.${fact.pos}.${fact.recorded.replaceAll(/\D/g, '')}`
    await ports.mail.send({ to: mail, subject, text, html, language: locale, id })
    return report(noticeSent, fact, ports, {})
  },
  failed: (fact, code, ports) => report(noticeFailed, fact, ports, { code }),
}

function report(
  type: FactType,
  { pos }: Fact,
  { clock }: Pick<Ports, 'clock'>,
  more: Readonly<{ code?: string }>,
): Observation {
  const now = toInstant(clock.nowMs())
  return {
    ...{ type, source: 'okite duty', occurred: now, observed: now, trust: 'instrument' },
    body: { notice: pos, ...more },
    identity: `${type.name} ${pos}`,
  }
}

/** His name and his mail address, as the register has them, and the list's handle of him. */
async function readAddressee(
  { body }: Notice,
  { reader }: Pick<Ports, 'reader'>,
): Promise<Readonly<{ name: string | null; mail: string | null; ref: string | null }>> {
  const [row] = await reader.query<PersonRow>(
    'select * from duty_person where person = $1 and not has_left',
    [body.person],
  )
  const pos = Number(row?.details ?? -1)
  const { name = null, mail = null } =
    (await reader.discloseAll([pos], ['name', 'mail'])).get(pos) ?? {}
  return { name, mail, ref: row?.ref ?? null }
}

/** The words of a notice, in text and in plain HTML. */
export function wordNotice(
  { body }: Notice,
  name: string | null,
  locale: Locale,
  ports: Pick<Ports, 'messages' | 'policy' | 'link'>,
): Readonly<{ subject: string; text: string; html: string }> {
  const words = wordsOf({ ...ports, locale })
  const { t } = words
  const count = body.items.length
  const { zone } = ports.policy.organisation
  const line = (item: (typeof body.items)[number]): string => {
    const title = words.control(item.control)
    const occurrence = occurrenceOf(item.occurrence, words)
    // What ends at midnight ends on the day before, as people say it.
    const due =
      item.due === null ? t('duty.due.unknown') : formatDay(locale, zone, plusMs(item.due, -1))
    const what = item.what === 'accept' ? 'accept' : item.isDelegated ? 'delegated' : 'do'
    return t(`duty.mail.item.${what}`, { title, occurrence, due })
  }
  const groups = [...urgencies].reverse().flatMap(urgency => {
    const lines = body.items.filter(item => item.urgency === urgency).map(line)
    return lines.length === 0 ? [] : [{ head: t(`duty.mail.urgency.${urgency}`), lines }]
  })
  const link = ports.link('/duties')
  const greeting = name === null ? t('duty.mail.somebody') : t('duty.mail.greeting', { name })
  const subject = t(body.isUrgent ? 'duty.mail.subject.urgent' : 'duty.mail.subject', { count })
  const parts = [greeting, t('duty.mail.opening')]
  const closing = [t('duty.mail.closing'), link, t('duty.mail.automatic')]
  const listed = groups.map(({ head, lines }) => [head, ...lines.map(one => `・${one}`)].join('\n'))
  const html = [
    ...parts.map(one => `<p>${escaped(one)}</p>`),
    ...groups.map(
      ({ head, lines }) =>
        `<h2>${escaped(head)}</h2><ul>${lines.map(one => `<li>${escaped(one)}</li>`).join('')}</ul>`,
    ),
    `<p>${escaped(closing[0]!)}</p><p><a href="${escaped(link)}">${escaped(link)}</a></p>`,
    `<p>${escaped(closing[2]!)}</p>`,
  ].join('\n')
  return {
    subject,
    text: `${[...parts, ...listed, ...closing].join('\n\n')}\n`,
    html: `<!doctype html><html lang="${locale}"><meta charset="utf-8"><body>\n${html}\n</body></html>`,
  }
}

/** Whatever a name or a title holds, it is text. */
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, one => `&#${one.codePointAt(0)};`).replaceAll('\n', '<br>')

/** A notice with its words, for passing on by hand. @throws OkiteError `DUTY_NOTICE_UNKNOWN` */
export async function readNotice(
  pos: Pos,
  locale: Locale,
  ports: Pick<Ports, 'messages' | 'policy' | 'link' | 'reader'>,
): Promise<Readonly<{ subject: string; text: string; name: string | null }>> {
  const fact = await ports.reader.fact(pos)
  if (fact?.type !== noticeIssued.name) throw new OkiteError('DUTY_NOTICE_UNKNOWN', { notice: pos })
  const { name } = await readAddressee(fact as Notice, ports)
  const { subject, text } = wordNotice(fact as Notice, name, locale, ports)
  return { subject, text, name }
}
