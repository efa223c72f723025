import { defineModule } from '../../core/module.ts'
import { sourcesAnalysed } from './controls/sources-analysed.ts'
import { detectionTested, eventsReceived } from './facts.ts'

export default defineModule({
  id: 'detect.event',
  facts: [eventsReceived, detectionTested],
  controls: [sourcesAnalysed],
})
