import { defineModule } from '../../core/module.ts'
import { lifeCycleRecorded } from './controls/life-cycle-recorded.ts'
import { masterKeysInHardware } from './controls/master-keys-in-hardware.ts'
import { noOperationUnlogged } from './controls/no-operation-unlogged.ts'
import { noSinglePointOfFailure } from './controls/no-single-point-of-failure.ts'
import { rotatedInTime } from './controls/rotated-in-time.ts'
import * as facts from './facts.ts'
import { lifeJudge, logsJudge } from './judge.ts'

export default defineModule({
  id: 'protect.key',
  facts: [
    facts.keyListed,
    facts.keyRemoved,
    facts.serviceListed,
    facts.serviceRemoved,
    facts.listDeclared,
    facts.listCompared,
    facts.protectionRead,
    facts.keyRead,
    facts.stageRecorded,
    facts.lifeMeasured,
    facts.replicasRead,
    facts.quorumRecorded,
    facts.logRead,
    facts.logMeasured,
  ],
  judges: [lifeJudge, logsJudge],
  controls: [
    masterKeysInHardware,
    lifeCycleRecorded,
    rotatedInTime,
    noSinglePointOfFailure,
    noOperationUnlogged,
  ],
})
