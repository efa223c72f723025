import type { Transporter } from 'nodemailer'
import { OkiteError } from '../error.ts'

/** One mail to one person. */
export type Mail = Readonly<{
  to: string
  subject: string
  text: string
  html: string
  language: string
  /** Stable for one cause: what reaches a mailbox twice, because a program ended in between, is one mail. */
  id: string
}>

export type Mailer = Readonly<{
  /** Resolves when the server has taken the mail. @throws OkiteError `MAIL_ADDRESS`, `MAIL_REFUSED` */
  send(mail: Mail): Promise<void>
}>

/** A server that is silent for so long is not there. */
const silentMsMax = 20_000

/** One address and nothing else: no list, no name, no header. */
const address = /^[^\s@<>(),;:\\"[\]\p{Cc}]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])$/iu

/**
 * Mails go to one server, encrypted or not at all: `smtps://` from the first byte, `smtp://` by STARTTLS,
 * which is then required. The server's certificate is verified.
 *
 * @param options `url` with user and password, `from` the sender, `ca` another root of trust in PEM
 * @throws OkiteError `MAIL_SETTINGS`
 */
export function openMailer(options: Readonly<{ url: string; from: string; ca?: string }>): Mailer {
  const url = URL.parse(options.url)
  const isWhole =
    url !== null &&
    ['smtp:', 'smtps:'].includes(url.protocol) &&
    url.hostname !== '' &&
    ['', '/'].includes(url.pathname) &&
    // What a query could switch off, certificates for instance, stays on.
    url.search === '' &&
    address.test(options.from)
  if (!isWhole) throw new OkiteError('MAIL_SETTINGS')
  const isTls = url.protocol === 'smtps:'
  const user = decodeURIComponent(url.username)
  let opened: Transporter | null = null
  /** The library is read with the first mail: many commands know of a server, and few write to it. */
  const transport = async (): Promise<Transporter> => {
    const { createTransport } = await import('nodemailer')
    opened ??= createTransport({
      host: url.hostname.replaceAll(/^\[|\]$/g, ''),
      port: Number(url.port || (isTls ? 465 : 587)),
      secure: isTls,
      requireTLS: true,
      tls: { minVersion: 'TLSv1.2', ...(options.ca !== undefined && { ca: options.ca }) },
      ...(user !== '' && { auth: { user, pass: decodeURIComponent(url.password) } }),
      connectionTimeout: silentMsMax,
      greetingTimeout: silentMsMax,
      socketTimeout: silentMsMax,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    return opened
  }
  return {
    async send({ to, subject, text, html, language, id }) {
      if (!address.test(to)) throw new OkiteError('MAIL_ADDRESS')
      try {
        // Point of no return: from the server's answer on the mail is on its way.
        await (await transport()).sendMail({
          from: { name: 'Okite', address: options.from },
          to: { name: '', address: to },
          ...{ subject, text, html },
          messageId: `<${id}@${options.from.split('@')[1]}>`,
          headers: {
            'Content-Language': language,
            // RFC 3834: no holiday reply answers a machine.
            'Auto-Submitted': 'auto-generated',
          },
        })
      } catch (cause) {
        const { responseCode, code = 'none' } = cause as { responseCode?: number; code?: string }
        throw new OkiteError('MAIL_REFUSED', { answer: responseCode ?? code }, { cause })
      }
    },
  }
}
