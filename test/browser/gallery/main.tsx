import { defineScreen } from '../../../src/core/ui/screen.ts'
import { start } from '../../../web/start.tsx'

/** The gallery: screens of the test alone, in the shell as it is. */

const permission = 'gallery.read'
const module = 'core'

start([
  {
    ...defineScreen({
      place: 'duties',
      path: '/forms',
      title: 'shell.place.duties',
      permission,
      order: 0,
      load: () => import('./forms.tsx'),
    }),
    module,
  },
  {
    ...defineScreen({
      place: 'operations',
      path: '/broken',
      title: 'shell.place.operations',
      permission,
      order: 0,
      load: () => import('./broken.tsx'),
    }),
    module,
  },
  {
    ...defineScreen({
      place: 'registers',
      path: '/registers/tables',
      title: 'shell.place.registers',
      permission,
      order: 0,
      jump: { form: /^\d+$/, says: 'shell.keys.go' },
      load: () => import('./tables.tsx'),
    }),
    module,
  },
  {
    ...defineScreen({
      place: 'registers',
      path: '/registers/empty',
      title: 'ui.pages',
      permission,
      order: 1,
      load: () => import('./empty.tsx'),
    }),
    module,
  },
  {
    ...defineScreen({
      place: 'assurance',
      path: '/pieces',
      title: 'shell.place.assurance',
      permission,
      order: 0,
      load: () => import('./pieces.tsx'),
    }),
    module,
  },
  {
    ...defineScreen({
      place: 'assurance',
      path: '/closed',
      title: 'ui.close',
      permission: 'gallery.never',
      order: 1,
      load: () => import('./broken.tsx'),
    }),
    module,
  },
])
