import { registerScreen } from '../../core/register/register-screen.ts'
import { defineScreen } from '../../core/ui/screen.ts'

const policy = defineScreen({
  place: 'policy',
  path: '/policy',
  title: 'policy.title',
  permission: 'policy.read',
  order: 0,
  jump: { form: /^\d{1,3}$|^\d{1,3}(\.\d{1,3}){1,3}$/, says: 'policy.jump' },
  load: () => import('./screen/page.tsx'),
})

export default [policy, registerScreen('law', 70), registerScreen('improvement', 71)]
