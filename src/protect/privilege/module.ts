import { defineModule } from '../../core/module.ts'
import { accountsVaulted } from './controls/accounts-vaulted.ts'
import * as facts from './facts.ts'
import { useJudge } from './judge.ts'

export default defineModule({
  id: 'protect.privilege',
  facts: [
    facts.holdersDiscovered,
    facts.vaultRead,
    facts.checkoutOpened,
    facts.checkoutClosed,
    facts.accountUsed,
    facts.useMeasured,
  ],
  judges: [useJudge],
  controls: [accountsVaulted],
})
