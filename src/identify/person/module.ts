import { defineModule } from '../../core/module.ts'
import * as facts from './facts.ts'

export default defineModule({
  id: 'identify.person',
  facts: [
    facts.personJoined,
    facts.personMoved,
    facts.personLeft,
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
  ],
})
