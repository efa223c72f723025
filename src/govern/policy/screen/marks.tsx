import { VerdictMark } from '../../../core/ui/verdict.tsx'
import type { Counts, Status } from '../view.ts'
import type { Words } from '../words.ts'
import { tally } from '../words.ts'

export const shown = ['kept', 'due', 'broken', 'unknown'] as const satisfies readonly Status[]

/** A thin bar of the four verdicts; unknown is hatched, so that nothing looks empty. */
export function Bar({ parts }: { parts: Readonly<Record<Status, number>> }) {
  const total = shown.reduce((sum, status) => sum + parts[status], 0)
  if (total === 0) return null
  return (
    <span className="policy-bar" aria-hidden="true">
      {shown.map(status =>
        parts[status] === 0 ? null : (
          <span key={status} className={`is-${status}`} style={{ flexGrow: parts[status] }} />
        ),
      )}
    </span>
  )
}

/** The counts that are not zero, each with its shape. */
export function Tally({ items, words }: { items: readonly { status: Status }[]; words: Words }) {
  const counts = tally(items)
  return (
    <span className="policy-tally numbers">
      {shown.map(status =>
        counts[status] === 0 ? null : (
          <span key={status} className={`is-${status}`}>
            <VerdictMark status={status} label={words.t(`status.${status}`)} />
            {counts[status]}
          </span>
        ),
      )}
    </span>
  )
}

/** Counts of a population as a bar; subjects that nobody has looked at are unknown. */
export const barOf = (counts: Counts): Readonly<Record<Status, number>> => ({
  kept: counts.kept,
  due: counts.due,
  broken: counts.broken,
  unknown: counts.unknown,
})

/** Names of documents, the same in every language. */
export const frameworkNames: Readonly<Record<string, string>> = {
  iso27001: 'ISO/IEC 27001:2022',
  csf20: 'NIST CSF 2.0',
  soc2: 'SOC 2 TSC',
}
