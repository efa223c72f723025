import { defineModule } from '../../core/module.ts'
import { assetCommand } from './command.ts'
import { registeredWithOwner } from './controls/registered-with-owner.ts'
import { stockTakeHalfYearly } from './controls/stock-take-half-yearly.ts'
import { systemsAreInScope } from './controls/systems-in-scope.ts'
import * as facts from './facts.ts'
import { registerMeasure } from './judge.ts'
import { assetImports, assetTable } from './show.ts'
import { assetPermissions, assetRoutes } from './view.ts'

export default defineModule({
  id: 'identify.asset',
  facts: [
    facts.assetListed,
    facts.assetRemoved,
    facts.assetImportBegun,
    facts.assetImportEnded,
    facts.registerDeclared,
    facts.discoveryCompleted,
    facts.trafficObserved,
    facts.stocktakeCompleted,
    facts.registerMeasured,
  ],
  judges: [registerMeasure],
  controls: [systemsAreInScope, registeredWithOwner, stockTakeHalfYearly],
  tables: [assetTable.table, assetImports],
  routes: Object.values(assetRoutes),
  permissions: assetPermissions,
  commands: [assetCommand],
})
