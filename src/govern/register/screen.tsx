import { defineScreen } from '../../core/ui/screen.ts'

export default defineScreen({
  place: 'registers',
  path: '/registers',
  title: 'overview.title',
  permission: 'register.overview',
  order: 0,
  load: () => import('./screen/page.tsx'),
})
