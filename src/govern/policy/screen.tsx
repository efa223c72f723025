import { registerScreen } from '../../core/register/register-screen.ts'
import { defineScreen } from '../../core/ui/screen.ts'

export default [
  defineScreen({
    place: 'policy',
    path: '/policy',
    title: 'policy.title',
    permission: 'policy.read',
    order: 0,
    jump: { form: /^\d{1,3}$|^\d{1,3}(\.\d{1,3}){1,3}$/, says: 'policy.jump' },
    load: () => import('./screen/page.tsx'),
  }),
  defineScreen({
    place: 'policy',
    path: '/frameworks',
    title: 'frameworks.title',
    permission: 'policy.read',
    order: 1,
    load: () => import('./screen/frameworks.tsx'),
  }),
  registerScreen('law', 70),
  registerScreen('improvement', 71),
]
