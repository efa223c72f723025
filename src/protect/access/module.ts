import { defineModule } from '../../core/module.ts'
import { conflictingDutiesApart } from './controls/conflicting-duties-apart.ts'
import { noRightBeyondRole } from './controls/no-right-beyond-role.ts'
import { noSessionFromUnmanagedDevice } from './controls/no-session-from-unmanaged-device.ts'
import { noSignInFromElsewhere } from './controls/no-sign-in-from-elsewhere.ts'
import { temporaryGrantEnds } from './controls/temporary-grant-ends.ts'
import * as facts from './facts.ts'
import { devicesJudge, placesJudge, rightsJudge, workJudge } from './judge.ts'

export default defineModule({
  id: 'protect.access',
  facts: [
    facts.roleDefined,
    facts.roleRemoved,
    facts.roleAssigned,
    facts.roleWithdrawn,
    facts.rightsRead,
    facts.rightsMeasured,
    facts.grantGiven,
    facts.grantRemoved,
    facts.grantsDeclared,
    facts.grantsCompared,
    facts.grantRead,
    facts.pairListed,
    facts.pairRemoved,
    facts.pairsDeclared,
    facts.pairsCompared,
    facts.dutyActed,
    facts.workCompleted,
    facts.workMeasured,
    facts.placeListed,
    facts.placeRemoved,
    facts.placesDeclared,
    facts.placeMeasured,
    facts.deviceMeasured,
  ],
  judges: [rightsJudge, workJudge, placesJudge, devicesJudge],
  controls: [
    noRightBeyondRole,
    conflictingDutiesApart,
    temporaryGrantEnds,
    noSignInFromElsewhere,
    noSessionFromUnmanagedDevice,
  ],
})
