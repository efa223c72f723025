import { defineModule } from '../../core/module.ts'
import { rightsReviewedQuarterly } from './controls/rights-reviewed-quarterly.ts'
import { accountDecided, removalMeasured } from './facts.ts'
import { removalJudge } from './judge.ts'

export default defineModule({
  id: 'protect.review',
  facts: [accountDecided, removalMeasured],
  judges: [removalJudge],
  controls: [rightsReviewedQuarterly],
})
