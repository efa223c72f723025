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
import { registers } from './registers.ts'
import { restoreCommand } from './restore.ts'
import { type BackupSettings, settings } from './settings.ts'
import { toolsBringBack } from './tools/bring-back.ts'
import { bringBackCommand } from './tools/command.ts'
import { toolsLook } from './tools/look.ts'
import { toolsRead } from './tools/read.ts'
import { toolsRun } from './tools/run.ts'
import { isOneNameOnePlace } from './tools/settings.ts'

/** Of the organisation's data. */
const forOthers = [toolsLook, toolsRun, toolsRead, toolsBringBack]

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
    facts.partRead,
    facts.jobFailed,
    facts.pointSeen,
    facts.cipherRead,
    facts.copiesMeasured,
    facts.setImportBegun,
    facts.setImportEnded,
    facts.repositoryImportBegun,
    facts.repositoryImportEnded,
  ],
  greet: greetWithSheet,
  collectors: [ownLog, ownBase, ownRead, ownGuard, ownRestore, ...forOthers],
  commands: [backupCommand, restoreCommand, bringBackCommand, ...registers.map(one => one.command)],
  settings: settings.refine(isOneNameOnePlace),
  archives: settings => (settings as BackupSettings).repositories?.length > 0,
  judges: [copies],
  controls: [threeTimesADay, twoPlaces, threeTwoOne, encrypted],
  tables: registers.flatMap(one => one.tables),
  routes: registers.flatMap(one => Object.values(one.routes)),
  permissions: Object.assign({}, ...registers.map(one => one.permissions)),
})
