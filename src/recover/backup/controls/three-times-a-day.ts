import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { watermarkAdvanced } from '../../../core/facts.ts'
import { protectedSets, runEnded } from '../facts.ts'

/**
 * On every day each protected set was backed up so many times by schedule, and a snapshot stands there
 * since; where nobody heard how its program ended, the snapshot alone says so. Runs closer together than
 * `backupSpacing` are one: a job that writes to two repositories is no second backup. A day is not called
 * missed before the source of the runs has told all of it.
 */
export const threeTimesADay = cadence({
  id: 'recover.backup.three-times-a-day',
  version: 2,
  owner: 'infrastructure',
  params: {
    period: 'P1D',
    times: 3,
    backupSpacing: 'PT1H',
    listFresh: 'P90D',
    comparedFresh: 'P7D',
  },
  population: protectedSets(),
  alive: [{ type: watermarkAdvanced, if: f => /^backup@/.test(f.body.source) }],
  period: params => String(params['period']),
  zone: organisationZone,
  times: params => Number(params['times']),
  minGap: params => String(params['backupSpacing']),
  joins: 'next',
  done: [
    {
      type: runEnded,
      key: f => f.body.set,
      if: ({ body }) =>
        body.trigger === 'schedule' && (body.exitCode ?? 0) === 0 && body.snapshot !== null,
    },
  ],
})
