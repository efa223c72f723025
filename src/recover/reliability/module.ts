import { defineModule } from '../../core/module.ts'
import { reportCampaign } from './collect.ts'
import { campaignReported } from './facts.ts'

export default defineModule({
  id: 'recover.reliability',
  facts: [campaignReported],
  collectors: [reportCampaign],
})
