import { registerScreen } from '../../core/register/register-screen.ts'
import { defineScreen } from '../../core/ui/screen.ts'

export default [
  registerScreen('site', 40),
  registerScreen('service', 41),
  registerScreen('runbook', 42),
  defineScreen({
    place: 'operations',
    path: '/drills',
    title: 'drill.title',
    permission: 'drill.read',
    order: 40,
    load: () => import('./screen/drills.tsx'),
  }),
  defineScreen({
    place: 'operations',
    path: '/runbooks',
    title: 'runbook.screen.title',
    permission: 'runbook.read',
    order: 41,
    load: () => import('./screen/runbooks.tsx'),
  }),
]
