import { defineModule } from '../../core/module.ts'

export default defineModule({
  id: 'govern.register',
  // Of each register one sees what one may: that is asked of its own routes.
  permissions: { 'register.overview': ['ciso', 'officer', 'auditor'] },
})
