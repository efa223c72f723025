import type { Population } from '../../../core/control/kind.ts'
import { type Holds, state } from '../../../core/control/state.ts'
import { staff } from '../../../identify/person/facts.ts'
import { inductionMeasured, trainingCompleted } from '../facts.ts'
import { minutesOf } from '../parts.ts'

/** Who became employed under the policy; who was here before did not join under it. */
const joiners = (): Population => ({
  ...staff(),
  id: 'protect.awareness.joiners',
  enter: { type: inductionMeasured, key: f => f.body.person },
})

/**
 * Whoever joins has, within the limit from his first day, spent enough time on courses of the
 * induction that end with a test, and answered enough of all their questions rightly. Who needs
 * longer is broken until he has.
 */
export const inductionOnJoining = state({
  id: 'protect.awareness.induction-on-joining',
  version: 1,
  owner: 'education',
  params: {
    inductionAtLeast: 'PT8H',
    inductionScoreAtLeast: 800_000,
    limit: 'P7D',
    registerFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: joiners(),
  slots: {
    induction: { type: inductionMeasured, byHand: [trainingCompleted], key: f => f.body.person },
  },
  repair: params => String(params['limit']),
  holds: ({ induction }, _now, params) => {
    const { minutes, questions, correct } = induction.body
    const least = minutesOf(String(params['inductionAtLeast']))
    if (minutes < least) return broken('training.induction.short', { minutes, least })
    const isPassed = correct * 1_000_000 >= Number(params['inductionScoreAtLeast']) * questions
    return isPassed || broken('training.induction.failed', { questions, correct })
  },
})

const broken = (code: string, args = {}): Holds => ({ status: 'broken', reason: { code, args } })
