import { admitsCount } from './decide.ts'
import { Order, Presence } from './gauge-come.ts'
import { ValueCount } from './gauge-distinct.ts'
import { Plain } from './gauge-plain.ts'
import { Rank } from './gauge-rank.ts'
import { Sum } from './gauge-sum.ts'
import type { Plan } from './plan.ts'
import type { Windows } from './windows.ts'

/**
 * What the windows of a correlation amount to, each kept up to date while occurrences enter it, by
 * their positions, and the oldest leave. `fromMs` is where the window of a group begins.
 */
export type Gauge = {
  /** Makes room for groups with numbers below that. */
  reserve(groups: number): void
  enter(group: number, at: number): void
  leave(group: number, at: number): void
  holds(group: number, fromMs: number): boolean
  value(group: number, fromMs: number): number
  /** What cannot be learnt again from the occurrences in the window; plain JSON. */
  save(group: number): readonly (number | null)[]
  /** Nothing in place of what was saved is the beginning. */
  restore(group: number, saved: readonly (number | null)[]): void
}

export function gaugeOf(plan: Plan, windows: Windows): Gauge {
  switch (plan.type) {
    case 'event_count':
      return new EventCount(plan, windows)
    case 'value_count':
      return new ValueCount(plan, windows)
    case 'temporal':
      return new Presence(plan, windows)
    case 'temporal_ordered':
      return new Order(plan, windows)
    case 'value_sum':
    case 'value_avg':
      return new Sum(plan, windows)
    case 'value_percentile':
    case 'value_median':
      return new Rank(plan, windows)
  }
}

/** The size of the window says it all. */
class EventCount extends Plain implements Gauge {
  reserve(): void {}

  enter(): void {}

  leave(): void {}

  holds(group: number): boolean {
    return admitsCount(this.plan.limits, this.windows.size(group))
  }

  value(group: number): number {
    return this.windows.size(group)
  }
}
