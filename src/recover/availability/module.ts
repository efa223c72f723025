import { defineModule } from '../../core/module.ts'
import { serviceProber } from './collect.ts'
import { severalDataCentres } from './controls/data-centres.ts'
import { failoverTested } from './controls/failover-tested.ts'
import { failsOver } from './controls/fails-over.ts'
import { loadSpread } from './controls/load-spread.ts'
import { noSinglePointOfFailure } from './controls/single-points.ts'
import { uptime } from './controls/uptime.ts'
import * as facts from './facts.ts'
import { outages } from './judge.ts'
import { poolObserver } from './pools/collect.ts'
import { probeCommand } from './probe-command.ts'
import { probeRegister } from './registers.ts'
import { outagesRoute, servicesRoute } from './routes.ts'
import { availabilitySettings } from './settings.ts'
import { availabilityTables } from './show.ts'
import { vantageRoute } from './vantage.ts'

export default defineModule({
  id: 'recover.availability',
  facts: [
    facts.serviceProbed,
    facts.availabilityMeasured,
    facts.outageBegan,
    facts.outageEnded,
    facts.probeListed,
    facts.probeRemoved,
    facts.probeImportBegun,
    facts.probeImportEnded,
    facts.dependenciesMapped,
    facts.poolsObserved,
    facts.failoverObserved,
  ],
  collectors: [serviceProber, poolObserver],
  judges: [outages],
  controls: [
    uptime,
    noSinglePointOfFailure,
    loadSpread,
    failsOver,
    failoverTested,
    severalDataCentres,
  ],
  tables: [...availabilityTables, ...probeRegister.tables],
  routes: [servicesRoute, outagesRoute, vantageRoute, ...Object.values(probeRegister.routes)],
  permissions: {
    'availability.read': ['ciso', 'officer', 'auditor'],
    ...probeRegister.permissions,
  },
  commands: [probeRegister.command, probeCommand],
  settings: availabilitySettings,
})
