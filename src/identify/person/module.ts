import { defineModule } from '../../core/module.ts'
import { endAccess } from './act.ts'
import { personCommand } from './command.ts'
import { boundByUndertaking } from './controls/bound-by-undertaking.ts'
import { officeFilled } from './controls/office-filled.ts'
import { findOwner } from './directory.ts'
import * as facts from './facts.ts'
import { holdersOf } from './holders.ts'
import { jobMeasure, officeMeasure, standingMeasure, undertakingMeasure } from './judge.ts'
import { roleCommand } from './role-command.ts'
import { rolePermissions, roleRoutes } from './role-view.ts'
import { personImports, personTable, roleImports, roleTable } from './show.ts'
import { personPermissions, personRoutes } from './view.ts'

export default defineModule({
  id: 'identify.person',
  facts: [
    facts.personJoined,
    facts.personMoved,
    facts.personLeft,
    facts.accessEnded,
    facts.detailsChanged,
    facts.personImportBegun,
    facts.personImportEnded,
    facts.awayBegan,
    facts.awayEnded,
    facts.registerDeclared,
    facts.registerCompared,
    facts.roleListed,
    facts.roleRemoved,
    facts.rolesDeclared,
    facts.rolesCompared,
    facts.roleImportBegun,
    facts.roleImportEnded,
    facts.officeMeasured,
    facts.roleAppointed,
    facts.deputyAppointed,
    facts.roleVacated,
    facts.departmentListed,
    facts.departmentRemoved,
    facts.departmentsDeclared,
    facts.jobAssigned,
    facts.jobEnded,
    facts.jobMeasured,
    facts.jobsDeclared,
    facts.jobsCompared,
    facts.undertakingSigned,
    facts.undertakingMeasured,
    facts.standingMeasured,
  ],
  judges: [standingMeasure, jobMeasure, undertakingMeasure, officeMeasure],
  controls: [boundByUndertaking, officeFilled],
  tables: [personTable.table, personImports, roleTable.table, roleImports],
  routes: [...Object.values(personRoutes), ...Object.values(roleRoutes)],
  permissions: { ...personPermissions, ...rolePermissions },
  acts: [endAccess],
  directory: findOwner,
  officeHolders: holdersOf,
  commands: [personCommand, roleCommand],
})
