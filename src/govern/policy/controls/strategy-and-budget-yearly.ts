import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { strategyMeasured } from '../facts.ts'

/**
 * In every period management approved a strategy and, for the same fiscal year, a line of the budget
 * that is no less than what the strategy costs. The fiscal year is that of the organisation.
 */
export const strategyAndBudgetYearly = cadence({
  id: 'govern.policy.strategy-and-budget-yearly',
  version: 1,
  owner: 'ceo',
  params: { period: 'P1Y', times: 1, fiscalYearMonth: 1 },
  period: params => String(params['period']),
  times: params => Number(params['times']),
  fiscal: params => Number(params['fiscalYearMonth']),
  zone: organisationZone,
  joins: 'now',
  done: [
    {
      type: strategyMeasured,
      if: ({ body: { cost, budget } }) =>
        budget.amount > 0 && budget.currency === cost.currency && budget.amount >= cost.amount,
    },
  ],
  names: f => (f.body as { period: string | null }).period,
})
