import { OkiteError } from '../error.ts'
import type { Control } from './kind.ts'
import { compile } from './machine.ts'
import { type ObjectiveOptions, objectiveKind } from './objective-kind.ts'

/**
 * Is the measured level met over the window? (V22, V23)
 *
 * @throws OkiteError `OBJECTIVE_OPTIONS`: among others where silence would be good news. What counts
 *   only what is bad, or the time between, must name the sources whose life it rests on (M9).
 */
export function objective(o: ObjectiveOptions): Control {
  const countsSilence = 'badAtMost' in o.level || o.total === 'elapsed'
  if (countsSilence && !o.alive?.length) {
    throw new OkiteError('OBJECTIVE_OPTIONS', { control: o.id, why: 'silence needs a live source' })
  }
  return compile(o, objectiveKind(o))
}

export type { ObjectiveOptions }
