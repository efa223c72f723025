import { cadenceKind } from './cadence-kind.ts'
import type { CadenceOptions } from './cadence-state.ts'
import type { Control } from './kind.ts'
import { compile } from './machine.ts'

/** Was it done in every period? A missed occurrence stays on the list for ever, a late one stays late (V15). */
export const cadence = (o: CadenceOptions): Control => compile(o, cadenceKind(o))

export type { CadenceOptions }
