import { registerScreen } from '../../core/register/register-screen.ts'
import { defineScreen } from '../../core/ui/screen.ts'

export default [
  defineScreen({
    place: 'operations',
    path: '/availability',
    title: 'availability.screen.title',
    permission: 'availability.read',
    order: 0,
    load: () => import('./screen/page.tsx'),
  }),
  registerScreen('service-probe', 42),
]
