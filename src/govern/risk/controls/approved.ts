import type { Fact } from '../../../core/fact.ts'

/** Who assessed does not approve, and an assessment of nothing is none. */
export const isApproved = ({ body, refs }: Fact<{ areasAssessed: number }>): boolean =>
  body.areasAssessed > 0 &&
  refs['assessor'] !== undefined &&
  refs['approver'] !== undefined &&
  refs['assessor'] !== refs['approver']
