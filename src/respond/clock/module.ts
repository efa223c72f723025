import { defineModule } from '../../core/module.ts'
import { authoritiesAndCustomers } from './controls/authorities-and-customers-in-seventy-two-hours.ts'
import { authorities } from './controls/authorities-in-seventy-two-hours.ts'
import { contained } from './controls/contained-in-two-hours.ts'
import { firstResponse } from './controls/first-response-in-fifteen-minutes.ts'
import { impactKnown } from './controls/impact-known-in-an-hour.ts'
import { lawCalifornia } from './controls/law-california-told.ts'
import { lawEuropeanUnion } from './controls/law-european-union-told.ts'
import { lawJapan } from './controls/law-japan-told.ts'
import { lawTaiwanCyber } from './controls/law-taiwan-cyber-told.ts'
import { lawTaiwanData } from './controls/law-taiwan-data-told.ts'
import { recovered } from './controls/recovered-in-four-hours.ts'
import { engaged } from './controls/team-engaged-in-two-hours.ts'

export default defineModule({
  id: 'respond.clock',
  controls: [
    firstResponse,
    impactKnown,
    engaged,
    contained,
    recovered,
    authoritiesAndCustomers,
    authorities,
    lawEuropeanUnion,
    lawJapan,
    lawTaiwanData,
    lawTaiwanCyber,
    lawCalifornia,
  ],
})
