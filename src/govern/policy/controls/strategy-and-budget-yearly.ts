import { cadence } from '../../../core/control/cadence.ts'
import { organisationZone } from '../../../core/control/kind.ts'
import { strategyMeasured } from '../facts.ts'

/**
 * In every period management approved a strategy and, for the same fiscal year, a line of the budget
 * that is no less than what the strategy costs. Fiscal years are those of the calendar.
 */
export const strategyAndBudgetYearly = cadence({
  id: 'govern.policy.strategy-and-budget-yearly',
  version: 1,
  owner: 'ceo',
  params: { period: 'P1Y', times: 1 },
  period: params => String(params['period']),
  times: params => Number(params['times']),
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
