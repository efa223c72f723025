import { defineModule } from '../../core/module.ts'
import { assessedQuarterly } from './controls/assessed-quarterly.ts'
import { assessedYearlyInFull } from './controls/assessed-yearly.ts'
import { assessmentApproved } from './facts.ts'

export default defineModule({
  id: 'govern.risk',
  facts: [assessmentApproved],
  controls: [assessedQuarterly, assessedYearlyInFull],
})
