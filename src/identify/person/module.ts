import { defineModule } from '../../core/module.ts'
import { personCommand } from './command.ts'
import { boundByUndertaking } from './controls/bound-by-undertaking.ts'
import * as facts from './facts.ts'
import { jobsEnd, standingMeasure, undertakingMeasure } from './judge.ts'
import { personImports, personTable } from './show.ts'

export default defineModule({
  id: 'identify.person',
  facts: [
    facts.personJoined,
    facts.personMoved,
    facts.personLeft,
    facts.detailsChanged,
    facts.personImportBegun,
    facts.personImportEnded,
    facts.awayBegan,
    facts.awayEnded,
    facts.registerDeclared,
    facts.registerCompared,
    facts.roleAppointed,
    facts.deputyAppointed,
    facts.roleVacated,
    facts.departmentListed,
    facts.departmentRemoved,
    facts.departmentsDeclared,
    facts.jobAssigned,
    facts.jobEnded,
    facts.jobsDeclared,
    facts.jobsCompared,
    facts.undertakingSigned,
    facts.undertakingMeasured,
    facts.standingMeasured,
  ],
  judges: [standingMeasure, jobsEnd, undertakingMeasure],
  controls: [boundByUndertaking],
  tables: [personTable, personImports],
  commands: [personCommand],
})
