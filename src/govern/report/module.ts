import { defineModule } from '../../core/module.ts'
import { boardQuarterly } from './controls/board-quarterly.ts'
import { managementMonthly } from './controls/management-monthly.ts'
import { metricsReviewedMonthly } from './controls/metrics-reviewed-monthly.ts'
import * as facts from './facts.ts'

export default defineModule({
  id: 'govern.report',
  facts: [
    facts.metricsTaken,
    facts.metricsReviewed,
    facts.dashboardDelivered,
    facts.dashboardRead,
    facts.boardDelivered,
    facts.boardMinuted,
  ],
  controls: [metricsReviewedMonthly, managementMonthly, boardQuarterly],
})
