import { defineScreen } from '../../core/http/screen.ts'
import { PolicyPage } from './screen/page.tsx'
import './screen.css'

export default defineScreen({
  path: '/policy',
  title: 'policy.title',
  permission: 'policy.read',
  order: 0,
  component: PolicyPage,
})
