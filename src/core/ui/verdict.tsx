import type { ReactNode } from 'react'
import type { Trust as TrustName } from '../fact.ts'
import { useWords } from './words.tsx'

/** An exception is no verdict, but stands beside them in lists of subjects. */
export type Status = 'kept' | 'due' | 'broken' | 'unknown' | 'excepted'

const shapes: Readonly<Record<Status, ReactNode>> = {
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

const inks: Readonly<Record<Status, string>> = {
  kept: 'text-kept',
  due: 'text-due',
  broken: 'text-broken',
  unknown: 'text-unknown',
  excepted: 'text-ink-3',
}

/** A verdict as a shape: full, half, a triangle, hatched. Its name stands beside it or is read out. */
export function VerdictMark({ status, label }: { status: Status; label?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      className={`mark inline-block size-[1em] flex-none ${inks[status]}`}
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
    >
      {shapes[status]}
    </svg>
  )
}

/** The shape and its name. */
export function Verdict({ status }: { status: Status }) {
  const { t } = useWords()
  return (
    <span
      className={`inline-flex items-center gap-1.5 font-semibold whitespace-nowrap ${inks[status]}`}
    >
      <VerdictMark status={status} />
      {t(`status.${status}`)}
    </span>
  )
}

/** What a fact or a verdict rests on: measured, recorded as it happened, or told afterwards. */
export function Trust({ trust }: { trust: TrustName }) {
  const { t } = useWords()
  return <Badge title={t(`trust.means.${trust}`)}>{t(`trust.${trust}`)}</Badge>
}

/** A word about a thing. It has no colour: that belongs to verdicts. */
export function Badge({ children, title }: { children: ReactNode; title?: string }) {
  return (
    <span
      title={title}
      className="inline-block rounded border border-line-2 px-1.5 text-s leading-5 whitespace-nowrap text-ink-2"
    >
      {children}
    </span>
  )
}
