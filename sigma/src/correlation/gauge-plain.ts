import type { Plan } from './plan.ts'

/** A gauge whose state all comes from the occurrences in the window. */
export class Plain {
  protected readonly plan: Plan

  constructor(plan: Plan) {
    this.plan = plan
  }

  save(): readonly (number | null)[] {
    return []
  }

  restore(): void {}
}
