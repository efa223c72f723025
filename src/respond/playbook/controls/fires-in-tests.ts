import { capability } from '../../../core/control/capability.ts'
import { playbookReleased, playbookRun, playbooks } from '../facts.ts'

/**
 * Every playbook was released, and so often an event sets it off by itself and it comes to its last step
 * within `within`. A run that a person started shows nothing; one in earnest shows as much as a test.
 */
export const firesInTests = capability({
  id: 'respond.playbook.fires-in-tests',
  version: 1,
  owner: 'monitoring',
  params: {
    every: 'P90D',
    within: 'PT15M',
    playbookStepShare: 1_000_000,
    listFresh: 'P1Y',
    comparedFresh: 'P1D',
  },
  population: playbooks(),
  canary: {
    type: playbookRun,
    key: f => f.body.playbook,
    if: f => f.body.begunBy === 'event',
    amount: f => f.body.durationMs,
  },
  passed: (fact, params) => {
    const { steps, stepsDone } = fact.body as Run
    return stepsDone * 1_000_000 >= Number(params['playbookStepShare']) * steps
  },
  every: params => String(params['every']),
  within: params => String(params['within']),
  exists: [{ type: playbookReleased, key: f => f.body.playbook }],
})

type Run = ReturnType<typeof playbookRun.schema.parse>
