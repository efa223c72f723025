import { defineModule } from '../../core/module.ts'
import { check } from './check.ts'
import { routes } from './routes.ts'
import { tables } from './show.ts'

export default defineModule({ id: 'govern.policy', tables, routes, commands: [check] })
