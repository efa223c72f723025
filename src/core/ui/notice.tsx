import { Fragment, type ReactNode, type Ref } from 'react'
import { Button } from './button.tsx'
import type { Problem } from './problem.ts'
import { particularsOf, problemText } from './problem.ts'
import { useWords } from './words.tsx'

export type Tone = 'told' | 'next' | 'failed' | 'done'

const tones: Readonly<Record<Tone, string>> = {
  told: 'border-l-unknown',
  next: 'border-l-next',
  failed: 'border-l-broken',
  done: 'border-l-kept',
}

/** Something to know before going on. What has failed is read out at once. */
export function Notice(props: {
  tone?: Tone
  title: string
  children?: ReactNode
  box?: Ref<HTMLDivElement>
}) {
  const { tone = 'told', title, children, box } = props
  return (
    <div
      ref={box}
      tabIndex={box ? -1 : undefined}
      role={tone === 'failed' ? 'alert' : 'note'}
      className={`grid gap-2 rounded-md border border-l-4 border-line-2 bg-paper px-4 py-3 text-m ${tones[tone]}`}
    >
      <p className="font-semibold">{title}</p>
      {children}
    </div>
  )
}

/** What happened, and what to do; in the reader's language. */
export function ProblemNotice(props: { problem: Problem; again?(): void }) {
  const words = useWords()
  const { what, remedy } = problemText(words, props.problem)
  const particulars = particularsOf(words, props.problem)
  return (
    <Notice tone="failed" title={what}>
      {remedy === '' ? null : <p>{remedy}</p>}
      {particulars.length === 0 ? null : (
        <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1">
          {particulars.map(({ name, label, value }) => (
            <Fragment key={name}>
              <dt className="text-ink-2">{label}</dt>
              <dd className="m-0 [overflow-wrap:anywhere]">
                <bdi>{value}</bdi>
              </dd>
            </Fragment>
          ))}
        </dl>
      )}
      {props.again ? (
        <Button className="justify-self-start" onClick={props.again}>
          {words.t('shell.again')}
        </Button>
      ) : null}
    </Notice>
  )
}

/** Nothing is here yet: why, and the one thing to do about it. */
export function Empty(props: {
  title: string
  text: string
  /** Nothing else stands on the page. */
  isPage?: boolean
  children?: ReactNode
}) {
  const Heading = props.isPage === true ? 'h1' : 'h2'
  return (
    <div className="mx-auto grid max-w-xl justify-items-start gap-3 px-4 py-12">
      <Heading className="text-xl font-bold">{props.title}</Heading>
      <p className="text-ink-2">{props.text}</p>
      {props.children}
    </div>
  )
}

/** The place of what is being read, in its size, so that nothing jumps. */
export function Skeleton({ rows = 3 }: { rows?: number }) {
  const { t } = useWords()
  return (
    <div role="status" className="grid gap-3 py-2">
      <span className="sr-only">{t('ui.working')}</span>
      {Array.from({ length: rows }, (_, row) => (
        <span
          key={row}
          className="h-5 rounded bg-paper-3"
          style={{ width: `${92 - (row % 3) * 14}%` }}
        />
      ))}
    </div>
  )
}
