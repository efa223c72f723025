import { defineModule } from '../../core/module.ts'
import { peopleNotified } from './controls/people-notified-at-once.ts'
import { watchedRoundTheClock } from './controls/watched-round-the-clock.ts'
import { alertDelivered, alertRaised, watchObserved } from './facts.ts'

export default defineModule({
  id: 'detect.alert',
  facts: [watchObserved, alertRaised, alertDelivered],
  controls: [watchedRoundTheClock, peopleNotified],
})
