import { organisationZone } from '../../../core/control/kind.ts'
import { objective } from '../../../core/control/objective.ts'
import { watermarkAdvanced } from '../../../core/facts.ts'
import { cloudLogVerified, cloudRegions } from '../facts.ts'

/**
 * In every account and region the log is whole along its chain of digests: no file is missing or
 * altered, and logging was never off. One gap is broken to the end of the window; what nobody read for
 * too long is unknown.
 */
export const cloudLogsWithoutGap = objective({
  id: 'detect.source.cloud-logs-without-gap',
  version: 1,
  owner: 'monitoring',
  params: {
    logGapsAtMost: 0,
    ratioAtLeast: 1_000_000,
    /** About three quarters of an hour in a month: a reading may be late, a day may not be lost. */
    blindAtMost: 1_000,
    samplesAtLeast: 1,
    window: 'P1M',
    aliveFresh: 'PT6H',
    listFresh: 'P90D',
    comparedFresh: 'P1D',
  },
  population: cloudRegions(),
  atLeast: params => Number(params['ratioAtLeast']),
  window: { every: params => String(params['window']), zone: organisationZone },
  bad: [
    {
      type: cloudLogVerified,
      key: f => f.body.region,
      amount: ({ body }) => body.missing + body.altered + body.interruptions,
    },
  ],
  blind: [
    { type: cloudLogVerified, key: f => f.body.region, amount: ({ body }) => body.unreadMinutes },
  ],
  level: { badAtMost: params => Number(params['logGapsAtMost']) },
  minSamples: params => Number(params['samplesAtLeast']),
  blindAtMost: params => Number(params['blindAtMost']),
  alive: [{ type: watermarkAdvanced, if: f => f.body.source.startsWith('cloud-log@') }],
  aliveFresh: params => String(params['aliveFresh']),
})
