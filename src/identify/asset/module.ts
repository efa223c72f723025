import { defineModule } from '../../core/module.ts'
import * as facts from './facts.ts'

export default defineModule({
  id: 'identify.asset',
  facts: [facts.assetListed, facts.assetRemoved, facts.registerDeclared, facts.discoveryCompleted],
})
