import { defineModule } from '../../core/module.ts'
import { cloudLogsWithoutGap } from './controls/cloud-logs-without-gap.ts'
import * as facts from './facts.ts'

export default defineModule({
  id: 'detect.source',
  facts: [
    facts.logSourceListed,
    facts.logSourceRemoved,
    facts.logSourcesDeclared,
    facts.logSourcesCompared,
    facts.cloudRegionListed,
    facts.cloudRegionRemoved,
    facts.cloudRegionsDeclared,
    facts.cloudRegionsCompared,
    facts.cloudLogVerified,
  ],
  controls: [cloudLogsWithoutGap],
})
