import {
  defineSample,
  type How,
  hashOf,
  nothingElse,
  promptly,
  type Story,
} from '../../core/sample/story.ts'
import {
  caseReceived,
  caseResolved,
  contactListed,
  contactVerified,
  findingsSent,
  ladderCompared,
  ladderDeclared,
  mailboxProbed,
  receiptConfirmed,
  resultSent,
  rightAnswered,
  rightClaimed,
  satisfactionAsked,
  stepListed,
  stepTested,
} from './facts.ts'

/** The mail of the desk is counted once a day. */
const clocks = [
  'receipt-confirmed-in-a-day',
  'first-findings-in-three-business-days',
  'final-result-in-fifteen-business-days',
  'satisfaction-asked-after-thirty-days',
  'rights-california-answered',
  'rights-european-union-answered',
  'rights-taiwan-decided',
]

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Complaints come and are answered; the mailboxes answer; the ladder and the authorities are tried. */
export default defineSample(given => {
  const story = promptly(given)
  for (const clock of clocks) story.decide(`govern.desk.${clock}`, 'aliveFresh', 'P2D')
  tellCases(story)
  tellLadder(given)
  const { year, tell } = given
  for (const day of year.every(1)) {
    for (const mailbox of ['security', 'privacy'] as const) {
      if (day < year.before(150)) continue
      tell(mailboxProbed, year.at(day, '06:00'), {
        ...{ mailbox, address: `${mailbox}@weemed.ai`, code: 250, answeredMs: hourMs, pages: 2 },
      })
    }
  }
  // While nothing is running, once a day says enough; a deadline waits for the next word.
  for (const day of year.days) story.alive('desk-mail', year.at(day, '07:30'))
  story.alive('desk-mail', year.endMs - 10 * minuteMs)
  const bodies = [
    ['taiwan', 'moda-acs', 'regulator', 140],
    ['japan', 'nco', 'authority', 130],
    ['international', 'first', 'forum', 120],
  ] as const
  for (const [region, authority, kind, before] of bodies) {
    const listedMs = year.at(year.days[0] as number, '06:30')
    tell(contactListed, listedMs, { authority, region, kind }, waysOf(authority))
    tell(contactVerified, year.at(year.before(before), '11:00'), {
      ...{ region, authority, channels: { kept: 2, worked: 2 }, hash: hashOf(authority) },
    })
  }
})

/** How somebody is reached: at numbers and addresses that nobody can have. */
const waysOf = (name: string): How => ({
  private: {
    ways: { value: `+886-2-5550-0100 / ${name}@contact.example`, person: null },
  },
})

/** Two cases a month, each answered in time by the desk. */
function tellCases({ year, random, tell }: Story): void {
  const kinds = ['complaint', 'enquiry'] as const
  const matters = ['security', 'privacy', 'other'] as const
  const channels = ['mail', 'telephone', 'form', 'letter'] as const
  for (const { name, day } of year.months) {
    for (const nth of [1, 2]) {
      const body = { case: `d-${name}-${nth}` }
      const receivedMs = year.at(day(4 + 11 * (nth - 1) + random.below(3)), '10:00')
      tell(caseReceived, receivedMs, {
        ...{ ...body, kind: random.pick(kinds), matter: random.pick(matters), drill: false },
        channel: random.pick(channels),
      })
      tell(receiptConfirmed, receivedMs + (1 + random.below(5)) * hourMs, body)
      tell(findingsSent, receivedMs + dayMs + 2 * hourMs, body)
      tell(resultSent, receivedMs + 8 * dayMs, body)
      const resolvedMs = receivedMs + 9 * dayMs
      tell(caseResolved, resolvedMs, body)
      tell(satisfactionAsked, resolvedMs + 31 * dayMs, body)
    }
  }
  for (const [nth, clock] of ['GDPR-12-3', 'CCPA-7021B', 'TWPDPA-13A'].entries()) {
    const claimedMs = year.at(year.before(70 - nth), '11:00')
    tell(rightClaimed, claimedMs, { case: `r-${nth + 1}`, clock })
    tell(rightAnswered, claimedMs + 6 * dayMs, { case: `r-${nth + 1}`, clock })
  }
}

const ladder = ['team-manager', 'ciso', 'cto', 'ceo'] as const

function tellLadder({ year, company, tell }: Story): void {
  for (const [nth, role] of ladder.entries())
    tell(
      stepListed,
      year.at(year.days[0] as number, '06:00'),
      { role, nth: nth + 1, of: 4 },
      waysOf(role),
    )
  for (const day of year.every(60)) {
    const atMs = year.at(day, '12:00')
    tell(ladderDeclared, atMs, { steps: ladder.length, hash: hashOf('ladder') })
    tell(ladderCompared, atMs + minuteMs, { seen: [...ladder], ...nothingElse('ladder') })
    for (const role of ladder)
      tell(stepTested, atMs + 5 * minuteMs, {
        ...{ role, person: company.holder(role).number, reachedMs: 11 * minuteMs },
      })
  }
}
