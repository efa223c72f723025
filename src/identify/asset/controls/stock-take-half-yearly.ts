import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { type Stocktake, stocktakeCompleted } from '../facts.ts'

/**
 * In each half of the year somebody signs a stock-take in which every asset of the register was
 * found or is named as missing, and the class of each that was found was looked at anew; and no
 * longer than half a year and the grace lies between two.
 */
export const stockTakeHalfYearly = cadence({
  id: 'identify.asset.stock-take-half-yearly',
  version: 1,
  owner: 'infrastructure',
  /** 198 days: the longer half of a year, and the grace. */
  params: { period: 'P6M', times: 1, grace: 'P14D', stocktakeGapAtMost: 'P198D' },
  period: params => String(params['period']),
  times: params => Number(params['times']),
  grace: params => String(params['grace']),
  maxGap: params => String(params['stocktakeGapAtMost']),
  zone: organisationZone,
  joins: 'next',
  done: [
    {
      type: stocktakeCompleted,
      if: ({ body, refs }) =>
        refs['by'] !== undefined &&
        body.registered > 0 &&
        body.counted + body.missing === body.registered &&
        body.classified === body.counted,
    },
  ],
  names: f => (f.body as Stocktake).period,
})
