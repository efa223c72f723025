import { defineModule } from '../../core/module.ts'
import { sinkCommand } from './command.ts'
import { listSendings } from './show.ts'

export default defineModule({
  id: 'govern.sink',
  routes: [listSendings],
  permissions: { 'sink.read': ['ciso', 'officer', 'auditor'] },
  commands: [sinkCommand],
})
