import { defineScreen } from '../../core/ui/screen.ts'

export default defineScreen({
  place: 'duties',
  path: '/duties',
  title: 'duty.screen.title',
  permission: 'duty.read',
  order: 0,
  load: () => import('./screen/page.tsx'),
})
