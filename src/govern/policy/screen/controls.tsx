import { useState } from 'react'
import { get } from '../../../core/ui/client.ts'
import { useMay } from '../../../core/ui/house.tsx'
import { Pager } from '../../../core/ui/pager.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { VerdictMark } from '../../../core/ui/verdict.tsx'
import type { getSubjects } from '../desk-routes.ts'
import type { Explained } from '../explain.ts'
import type { Words } from '../words.ts'
import { countText, instantText, reasonText } from '../words.ts'
import { Figures } from './figures.tsx'
import { Bar, barOf } from './marks.tsx'
import { Part } from './part.tsx'

type Control = Explained['controls'][number]

/** The rules behind a sentence: what each says, of how many, and what would make it say otherwise. */
export function Controls(props: { explained: Explained; isPast: boolean; words: Words }) {
  const { explained, isPast, words } = props
  const mayRead = useMay('fact.read')
  return explained.controls.map(control => (
    <Part key={control.id} title={words.t('policy.control')}>
      <p>
        {words.has(`control.${control.id}`) ? `${words.t(`control.${control.id}`)} ` : null}
        <code className="policy-small">{control.id}</code>
      </p>
      <p className="policy-line">
        <VerdictMark status={control.status} label={words.t(`status.${control.status}`)} />
        {reasonText(words, control.reason)}
      </p>
      <Bar parts={barOf(control.population)} />
      <p className="policy-small numbers">
        {words.t('policy.kept.of', { counts: countText(words, control.population) })}
      </p>
      {mayRead && !isPast && control.population.checked > 0 ? (
        <Subjects control={control.id} words={words} />
      ) : null}
      {isPast ? null : <Breaks control={control} words={words} />}
    </Part>
  ))
}

/** What would break this: time alone, one more that fails, and each figure beyond its edge. */
function Breaks({ control, words }: { control: Control; words: Words }) {
  const { t } = words
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details className="policy-breaks mt-2" onToggle={event => setIsOpen(event.currentTarget.open)}>
      <summary>{t(control.status === 'kept' ? 'policy.breaks' : 'policy.decides')}</summary>
      {control.next === null ? null : (
        <p className="policy-small numbers">
          {t('policy.next', { instant: instantText(words, control.next) })}
        </p>
      )}
      {isOpen ? <Figures control={control.id} words={words} /> : null}
    </details>
  )
}

/** Its subjects as they stand now, the worst first. */
function Subjects({ control, words }: { control: string; words: Words }) {
  const [page, setPage] = useState(1)
  const { value } = useRead(
    get<typeof getSubjects>('/policy/controls/{control}/subjects', {
      params: { control },
      query: { page },
    }),
  )
  // The organisation as a whole is no list.
  if (value === null || value.subjects.every(subject => subject.key === 'org')) return null
  return (
    <>
      <ul className="policy-subjects" aria-label={words.t('policy.population')}>
        {value.subjects.map(subject => (
          <li key={subject.key}>
            <VerdictMark status={subject.status} label={words.t(`status.${subject.status}`)} />
            <span>
              <code>{subject.key}</code>
              <span>{reasonText(words, subject.reason)}</span>
              <span className="policy-small numbers">
                {words.t('policy.since.short', { instant: instantText(words, subject.since) })}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {value.total > value.size ? (
        <Pager page={page} size={value.size} total={value.total} onPage={setPage} />
      ) : null}
    </>
  )
}
