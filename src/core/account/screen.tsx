import { sessionPermission } from '../http/permission.ts'
import { defineScreen } from '../ui/screen.ts'

/** Of no place: they are reached by the menu of the account. */
export default [
  defineScreen({
    place: null,
    path: '/accounts',
    title: 'account.people.title',
    permission: 'account.manage',
    order: 2,
    load: () => import('./screen/people.tsx'),
  }),
  defineScreen({
    place: null,
    path: '/organisation',
    title: 'account.organisation.title',
    permission: 'organisation.manage',
    order: 3,
    load: () => import('./screen/organisation.tsx'),
  }),
  defineScreen({
    place: null,
    path: '/account',
    title: 'account.own.title',
    permission: sessionPermission,
    order: 1,
    load: () => import('./screen/own.tsx'),
  }),
]
