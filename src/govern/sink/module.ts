import { defineModule } from '../../core/module.ts'
import { sinkCommand } from './command.ts'
import { listSendings, sendings } from './show.ts'

export default defineModule({
  id: 'govern.sink',
  tables: [sendings],
  routes: [listSendings],
  commands: [sinkCommand],
})
