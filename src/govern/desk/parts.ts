import { clock } from '../../core/control/clock.ts'
import { type Control, type Match, organisationZone } from '../../core/control/kind.ts'
import { type Holds, state } from '../../core/control/state.ts'
import type { Duration, Fact, FactType } from '../../core/fact.ts'
import { watermarkAdvanced } from '../../core/facts.ts'
import type { Params } from '../../core/judge.ts'
import { parseDuration } from '../../core/time.ts'
import {
  caseDismissed,
  caseReceived,
  contactVerified,
  mailboxProbed,
  rightAnswered,
  rightClaimed,
  rightExtended,
  rightRefused,
  rightWithdrawn,
} from './facts.ts'

/** What controls of the desk have in common. */

const broken = (code: string, args = {}): Holds => ({ status: 'broken', reason: { code, args } })

const isBySecond = ({ refs: { by, second } }: Fact): boolean =>
  by !== undefined && second !== undefined && by !== second

/** A duration in milliseconds, its days of 24 hours; one of months or business days lets nothing pass. */
export function msOfSpan(duration: Duration): number {
  const span = parseDuration(duration)
  if (span.kind === 'clock') return span.ms
  return span.kind === 'local' && span.months === 0 ? span.days * 86_400_000 + span.ms : -1
}

/**
 * A mailbox that is published at the address that the policy names, takes mail, and answers. Asked by
 * a probe from outside.
 */
export const mailbox = (
  o: Readonly<{ id: string; owner: string; which: 'security' | 'privacy' }>,
): Control =>
  state({
    id: o.id,
    version: 1,
    owner: o.owner,
    params: { mailboxAddress: '', answerWithin: 'PT24H', pagesAtLeast: 1, fresh: 'P1D' },
    slots: {
      probe: {
        type: mailboxProbed,
        if: f => f.body.mailbox === o.which,
        fresh: params => String(params['fresh']),
      },
    },
    holds: ({ probe: { body } }, _now, params) => {
      const asked = String(params['mailboxAddress']).toLowerCase()
      if (asked === '')
        return { status: 'unknown', reason: { code: 'desk.mailbox.unnamed', args: {} } }
      if (body.address.toLowerCase() !== asked) return broken('desk.mailbox.other')
      // RFC 5321 §4.2.1: 2yz is the only reply that takes the mail.
      if (body.code < 200 || body.code > 299)
        return broken('desk.mailbox.refused', { reply: body.code })
      const least = Number(params['pagesAtLeast'])
      if (body.pages < least) return broken('desk.mailbox.hidden', { count: body.pages, least })
      const most = msOfSpan(String(params['answerWithin']))
      return (body.answeredMs !== null && body.answeredMs <= most) || broken('desk.mailbox.silent')
    },
  })

/** The clock of an answer to a person: from the arrival of his mail until what he was sent. */
export const answerClock = (
  o: Readonly<{
    id: string
    stop: FactType<{ case: string }>
    limit: Duration
    /** The office whose business days count. Only for limits of business days. */
    calendar?: string
  }>,
): Control =>
  clock({
    id: o.id,
    version: 1,
    owner: 'desk',
    params: {
      limit: o.limit,
      ...(o.calendar === undefined ? {} : { calendar: o.calendar }),
      window: 'P90D',
      aliveFresh: 'PT1H',
    },
    ...cases,
    start: [{ type: caseReceived, key: caseOf }],
    stop: [{ type: o.stop, key: caseOf }],
    limit: (_facts, params) => String(params['limit']),
    ...(o.calendar === undefined
      ? {}
      : { calendar: (_facts: unknown, params: Params) => String(params['calendar']) }),
    drill: facts => facts.body(caseReceived)?.drill === true,
  })

/**
 * The clocks of laws that a request about one's personal data starts: a leg for each case and clock,
 * measured by the version in force when it arrived, and put off once by as much as that allows.
 */
export const rightClock = (o: Readonly<{ id: string; clocks: readonly string[] }>): Control => {
  const of = (type: FactType<{ case: string; clock: string }>): Match => ({
    type,
    key: f => `${f.body.case} ${f.body.clock}`,
    if: f => o.clocks.includes(f.body.clock) && (!byTwo.includes(type) || isBySecond(f)),
  })
  return clock({
    id: o.id,
    version: 2,
    owner: 'data-protection',
    statutory: true,
    params: { window: 'P90D', aliveFresh: 'PT1H' },
    ...cases,
    start: [of(rightClaimed)],
    stop: [of(rightAnswered), of(rightRefused)],
    extend: of(rightExtended),
    cancel: of(rightWithdrawn),
    law: facts => facts.body(rightClaimed)?.clock ?? '',
    // Every one of these laws gives a figure.
    limit: 'P1M',
  })
}

/** What two persons say, and one alone does not. */
const byTwo: readonly FactType[] = [rightRefused, rightWithdrawn]

export const caseOf = (f: Fact<{ case: string }>): string => f.body.case

/**
 * Whoever reads the mail of the desk must be alive, or nobody knows what arrived; its watermark is that
 * of the source `desk-mail`. A case is dismissed by two persons.
 */
export const cases = {
  alive: [{ type: watermarkAdvanced, if: (f: Fact<any>) => f.body.source === 'desk-mail' }],
  aliveFresh: (params: Params) => String(params['aliveFresh']),
  cancel: { type: caseDismissed, key: caseOf, if: isBySecond },
  window: (params: Params) => String(params['window']),
  zone: organisationZone,
}

/** An outside body whose contact details were tried lately, under the name that it has now. */
export const contact = (
  o: Readonly<{
    id: string
    owner: string
    region: 'taiwan' | 'japan' | 'international'
    authority: string
  }>,
): Control =>
  state({
    id: o.id,
    version: 1,
    owner: o.owner,
    params: { contactAuthority: o.authority, channelsAtLeast: 1, fresh: 'P1Y' },
    slots: {
      contact: {
        type: contactVerified,
        byHand: [contactVerified],
        if: f => f.body.region === o.region,
        fresh: params => String(params['fresh']),
      },
    },
    holds: ({ contact: { body } }, _now, params) => {
      if (body.authority !== params['contactAuthority'])
        return broken('desk.contact.other', { authority: body.authority })
      const least = Number(params['channelsAtLeast'])
      const { kept, worked } = body.channels
      return worked >= least || broken('desk.contact.dead', { kept, worked, least })
    },
  })
