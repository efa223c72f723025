import { defineModule } from '../../core/module.ts'
import { alternateSiteDistance } from './controls/alternate-site.ts'
import { drilledQuarterly } from './controls/drilled.ts'
import { outageRestored } from './controls/outage-restored.ts'
import { newestRestorablePoint } from './controls/restorable-point.ts'
import { exercisedWithPartners } from './controls/with-partners.ts'
import * as facts from './facts.ts'
import { exposure } from './judge.ts'
import { registers } from './registers.ts'

export default defineModule({
  id: 'recover.continuity',
  facts: [
    facts.pairListed,
    facts.pairRemoved,
    facts.pairsDeclared,
    facts.pairsCompared,
    facts.pairLocated,
    facts.drillBegan,
    facts.drillRestored,
    facts.exerciseHeld,
    facts.exposureMeasured,
    facts.pairImportBegun,
    facts.pairImportEnded,
    facts.serviceListed,
    facts.serviceRemoved,
    facts.serviceImportBegun,
    facts.serviceImportEnded,
  ],
  judges: [exposure],
  controls: [
    outageRestored,
    newestRestorablePoint,
    alternateSiteDistance,
    drilledQuarterly,
    exercisedWithPartners,
  ],
  tables: registers.flatMap(one => one.tables),
  routes: registers.flatMap(one => Object.values(one.routes)),
  permissions: Object.assign({}, ...registers.map(one => one.permissions)),
  commands: registers.map(one => one.command),
})
