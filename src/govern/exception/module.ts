import { defineModule } from '../../core/module.ts'
import * as facts from './facts.ts'
import { exceptionTable, imports } from './show.ts'
import { permissions, routes } from './view.ts'

export default defineModule({
  id: 'govern.exception',
  facts: [
    facts.exceptionRequested,
    facts.exceptionDeclined,
    facts.exceptionRevoked,
    facts.requestImportBegun,
    facts.requestImportEnded,
  ],
  tables: [exceptionTable.table, imports],
  routes: Object.values(routes),
  permissions,
})
