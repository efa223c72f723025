import type { RuleState } from '../index.ts'
import type { Correlated, Place } from './correlating.ts'
import type { Found } from './found.ts'

const timeText = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString()

/** A line of JSON for each rule that matched an event. */
export function matchLines(
  { file, line }: Place,
  { rules, timeMs, record, why }: Found,
  ruleOf: (id: string) => RuleState,
): string {
  return rules
    .map(id => {
      const { title, level, tags } = ruleOf(id)
      const match = {
        file,
        line,
        ...(record === null ? {} : { record }),
        time: timeText(timeMs),
        rule: id,
        title,
        level,
        tags,
        ...(why ? { why: why[id] ?? [] } : {}),
      }
      return `${JSON.stringify(match)}\n`
    })
    .join('')
}

/** A line of JSON for an alert of a correlation. */
export function alertLine({ alert, places }: Correlated, { tags }: RuleState): string {
  const { rule, title, level, timeMs, group, window, value } = alert
  const correlation = {
    group,
    from: timeText(window.fromMs),
    to: timeText(window.toMs),
    value,
    events: places,
  }
  return `${JSON.stringify({ time: timeText(timeMs), rule, title, level, tags, correlation })}\n`
}
