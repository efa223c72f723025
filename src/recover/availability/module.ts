import { defineModule } from '../../core/module.ts'
import { severalDataCentres } from './controls/data-centres.ts'
import { failoverTested } from './controls/failover-tested.ts'
import { failsOver } from './controls/fails-over.ts'
import { loadSpread } from './controls/load-spread.ts'
import { noSinglePointOfFailure } from './controls/single-points.ts'
import { uptime } from './controls/uptime.ts'
import * as facts from './facts.ts'
import { outages } from './judge.ts'

export default defineModule({
  id: 'recover.availability',
  facts: [
    facts.serviceProbed,
    facts.availabilityMeasured,
    facts.outageBegan,
    facts.outageEnded,
    facts.dependenciesMapped,
    facts.poolsObserved,
    facts.failoverObserved,
  ],
  judges: [outages],
  controls: [
    uptime,
    noSinglePointOfFailure,
    loadSpread,
    failsOver,
    failoverTested,
    severalDataCentres,
  ],
})
