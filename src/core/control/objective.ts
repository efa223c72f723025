import type { Control } from './kind.ts'
import { compile } from './machine.ts'
import { type ObjectiveOptions, objectiveKind } from './objective-kind.ts'

/** Is the measured level met over the window? (V22, V23) */
export const objective = (o: ObjectiveOptions): Control => compile(o, objectiveKind(o))

export type { ObjectiveOptions }
