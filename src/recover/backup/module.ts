import { defineModule } from '../../core/module.ts'
import { backupCommand } from './command.ts'
import { encrypted } from './controls/encrypted.ts'
import { threeTimesADay } from './controls/three-times-a-day.ts'
import { threeTwoOne } from './controls/three-two-one.ts'
import { twoPlaces } from './controls/two-places.ts'
import * as facts from './facts.ts'
import { copies } from './judge.ts'
import { ownBase } from './own-base.ts'
import { ownGuard } from './own-guard.ts'
import { ownLog } from './own-log.ts'
import { ownRead } from './own-read.ts'
import { ownRestore } from './own-restore.ts'
import { greetWithSheet } from './own-sheet.ts'
import { restoreCommand } from './restore.ts'
import { type BackupSettings, settings } from './settings.ts'

export default defineModule({
  id: 'recover.backup',
  facts: [
    facts.setListed,
    facts.setRemoved,
    facts.setsDeclared,
    facts.setsCompared,
    facts.repositoryListed,
    facts.repositoryRemoved,
    facts.repositoriesDeclared,
    facts.repositoriesCompared,
    facts.runEnded,
    facts.copyRead,
    facts.deletionTried,
    facts.retentionExtended,
    facts.pointSeen,
    facts.cipherRead,
    facts.copiesMeasured,
  ],
  collectors: [ownLog, ownBase, ownRead, ownGuard, ownRestore],
  commands: [backupCommand, restoreCommand],
  settings,
  greet: greetWithSheet,
  archives: settings => (settings as BackupSettings).repositories?.length > 0,
  judges: [copies],
  controls: [threeTimesADay, twoPlaces, threeTwoOne, encrypted],
})
