import type { Locale } from '../../core/i18n/locale.ts'
import { formatInstant } from '../../core/i18n/time.ts'
import type { Ports } from '../../core/module.ts'
import { safe } from '../../core/terminal.ts'
import type { Duty } from './duty.ts'

/** How duties are worded, in the language of the one who reads. */
export type Words = Readonly<{
  t(id: string, values?: Readonly<Record<string, unknown>>): string
  at(instant: string): string
  role(role: string): string
  control(id: string): string
  /** The sentences of the policy that rest on a control, with what proves them. */
  statements(control: string): readonly Sentence[]
}>

type Sentence = Readonly<{ number: number; text: string; evidence: string }>

export function wordsOf(
  ports: Pick<Ports, 'messages' | 'policy'> & Readonly<{ locale: Locale }>,
): Words {
  const { locale, messages, policy } = ports
  const t: Words['t'] = (id, values) => messages.translate(locale, id, values)
  return {
    t,
    at: instant => formatInstant(locale, policy.organisation.zone, instant),
    // A role that the policy does not name is shown as the control calls it.
    role: role => safe(policy.roles.get(role)?.[locale] ?? role),
    control: id => (messages.has(`control.${id}`) ? t(`control.${id}`) : id),
    statements: control =>
      policy.statements
        .filter(statement => statement.controls.some(one => one.control === control))
        .map(({ number, text, evidence }) => ({
          number,
          text: safe(text[locale]),
          evidence: safe(evidence[locale]),
        })),
  }
}

/** `due`, `overdue`, `missed`, `unknown`, `accept`: how a duty stands, for people. */
export const standingOf = (duty: Duty): string => {
  if (duty.what === 'accept') return 'accept'
  if (duty.state !== 'open') return duty.state
  return duty.isLate ? 'overdue' : 'open'
}
