import type { Counts, Status } from '../view.ts'
import type { Words } from '../words.ts'
import { tally } from '../words.ts'

export const shown = ['kept', 'due', 'broken', 'unknown'] as const satisfies readonly Status[]

/** A verdict as a shape: full, half, a triangle, hatched. Its name stands beside it or is read out. */
export function Mark({ status, label }: { status: Status | 'excepted'; label?: string }) {
  return (
    <svg
      className={`policy-mark is-${status}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
    >
      {shapes[status]}
    </svg>
  )
}

const shapes: Readonly<Record<Status | 'excepted', React.ReactNode>> = {
  excepted: (
    <path d="M8 2.2 13.8 8 8 13.8 2.2 8z" fill="none" stroke="currentColor" strokeWidth="1.6" />
  ),
  kept: <circle cx="8" cy="8" r="6" fill="currentColor" />,
  due: (
    <>
      <circle cx="8" cy="8" r="5.2" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <path d="M8 2.8a5.2 5.2 0 0 0 0 10.4z" fill="currentColor" />
    </>
  ),
  broken: <path d="M8 1.6 15 14H1z" fill="currentColor" />,
  unknown: (
    <>
      <circle cx="8" cy="8" r="5.2" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <path d="M4.4 9.9 9.9 4.4M6.3 12l5.7-5.7" stroke="currentColor" strokeWidth="1.3" />
    </>
  ),
}

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
            <Mark status={status} label={words.t(`status.${status}`)} />
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
