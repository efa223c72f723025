import { defineScreen } from '../../core/ui/screen.ts'

export default defineScreen({
  place: 'assurance',
  path: '/evidence',
  title: 'evidence.screen.title',
  permission: 'evidence.read',
  order: 0,
  jump: { form: /^#\d{1,12}$/, says: 'evidence.jump' },
  load: () => import('./screen/page.tsx'),
})
