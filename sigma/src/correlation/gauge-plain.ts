import type { Plan } from './plan.ts'
import type { Windows } from './windows.ts'

/** A gauge whose state all comes from the occurrences in the windows. */
export class Plain {
  protected readonly plan: Plan
  protected readonly windows: Windows

  constructor(plan: Plan, windows: Windows) {
    this.plan = plan
    this.windows = windows
  }

  save(_group: number): readonly (number | null)[] {
    return []
  }

  restore(_group: number, _saved: readonly (number | null)[]): void {}
}
