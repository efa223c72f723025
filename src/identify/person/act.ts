import type { Fact, Observation } from '../../core/fact.ts'
import type { Act, Ports } from '../../core/module.ts'
import { toInstant } from '../../core/time.ts'
import { accessEnded, personLeft } from './facts.ts'

/**
 * Who has left has no account here any more, and no session. Tried for a day: an account that stays open
 * is what the policy fears, so that it failed is a fact too. Closing what is closed does nothing (M11).
 */
export const endAccess: Act = {
  name: 'person-end-access',
  on: [personLeft],
  attemptsMax: 25,
  async run(fact, ports) {
    const accounts = await ports.accounts.closeLeaver(subjectOf(fact))
    return report(fact, ports, { accounts, failure: null })
  },
  failed: (fact, failure, ports) => report(fact, ports, { accounts: 0, failure }),
}

const subjectOf = (fact: Fact): string => (fact as Fact<{ person: string }>).body.person

function report(
  fact: Fact,
  { clock }: Pick<Ports, 'clock'>,
  outcome: Readonly<{ accounts: number; failure: string | null }>,
): Observation {
  const now = toInstant(clock.nowMs())
  return {
    type: accessEnded,
    source: 'okite',
    ...{ occurred: now, observed: now },
    trust: 'instrument',
    body: { person: subjectOf(fact), ...outcome },
    identity: `access ended ${fact.pos}`,
  }
}
