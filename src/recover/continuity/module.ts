import { defineModule } from '../../core/module.ts'
import { alternateSiteDistance } from './controls/alternate-site.ts'
import { dependenciesFit } from './controls/dependencies-fit.ts'
import { drilledQuarterly } from './controls/drilled.ts'
import { outageRestored } from './controls/outage-restored.ts'
import { newestRestorablePoint } from './controls/restorable-point.ts'
import { exercisedWithPartners } from './controls/with-partners.ts'
import { drillCommand } from './drill/command.ts'
import { officeTable, personTable } from './drill/people.ts'
import { drillRoutes } from './drill/routes.ts'
import { drillTable, lessonTable } from './drill/table.ts'
import * as facts from './facts.ts'
import { exposure } from './judge.ts'
import { registers } from './registers.ts'
import { runbookCommand } from './runbook/command.ts'
import { runbookRoutes } from './runbook/routes.ts'
import { runbookTable } from './runbook/table.ts'
import { targetsJudge } from './target-judge.ts'
import { targetTable } from './target-table.ts'

const all = Object.values(registers)
/** Whoever may be asked to do a step. */
const people = ['member', 'officer', 'ciso'] as const
const officers = ['officer', 'ciso'] as const

export default defineModule({
  id: 'recover.continuity',
  facts: [
    facts.pairListed,
    facts.pairRemoved,
    facts.pairsDeclared,
    facts.pairsCompared,
    facts.pairLocated,
    facts.drillBegan,
    facts.drillRestored,
    facts.exerciseHeld,
    facts.exposureMeasured,
    facts.pairImportBegun,
    facts.pairImportEnded,
    facts.serviceListed,
    facts.serviceRemoved,
    facts.serviceImportBegun,
    facts.serviceImportEnded,
    facts.targetMeasured,
    facts.stepWritten,
    facts.stepAssigned,
    facts.stepBegun,
    facts.stepDone,
    facts.drillEnded,
    facts.lessonDrawn,
    facts.runbookImportBegun,
    facts.runbookImportEnded,
  ],
  judges: [exposure, targetsJudge],
  controls: [
    outageRestored,
    newestRestorablePoint,
    alternateSiteDistance,
    drilledQuarterly,
    exercisedWithPartners,
    dependenciesFit,
  ],
  tables: [
    ...all.flatMap(one => one.tables),
    ...[runbookTable, personTable, officeTable, drillTable, lessonTable, targetTable],
  ],
  routes: [...all.flatMap(one => Object.values(one.routes)), ...runbookRoutes, ...drillRoutes],
  permissions: {
    ...Object.assign({}, ...all.map(one => one.permissions)),
    'runbook.read': [...people, 'auditor'],
    'runbook.write': officers,
    'drill.read': [...people, 'auditor'],
    /** Opens, stops, draws lessons; a step is ticked by whoever does it. */
    'drill.lead': officers,
    'drill.step': people,
  },
  commands: [
    registers.sites.command,
    registers.services.command,
    runbookCommand(registers.runbooks.command),
    drillCommand,
  ],
})
