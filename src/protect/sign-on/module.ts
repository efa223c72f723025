import { defineModule } from '../../core/module.ts'
import { applicationsBehindSingleSignOn } from './controls/applications-behind-single-sign-on.ts'
import { biometricOnImportantSystems } from './controls/biometric-on-important-systems.ts'
import { multiFactor } from './controls/multi-factor.ts'
import { passwordRules } from './controls/password-rules.ts'
import * as facts from './facts.ts'

export default defineModule({
  id: 'protect.sign-on',
  facts: [
    facts.accountListed,
    facts.accountRemoved,
    facts.accountsDeclared,
    facts.accountsCompared,
    facts.applicationRead,
    facts.applicationCounted,
    facts.methodsRead,
    facts.accountCounted,
    facts.passwordRead,
    facts.systemCounted,
    facts.signInSucceeded,
  ],
  controls: [
    applicationsBehindSingleSignOn,
    multiFactor,
    passwordRules,
    biometricOnImportantSystems,
  ],
})
