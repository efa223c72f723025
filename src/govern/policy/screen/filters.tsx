import { Button } from '../../../core/ui/button.tsx'
import { VerdictMark } from '../../../core/ui/verdict.tsx'
import { lawViews } from '../laws.ts'
import type { Words } from '../words.ts'
import { tally } from '../words.ts'
import type { Asking } from './asked.ts'
import type { StatementAnswer } from './document.tsx'
import { frameworkNames, shown } from './marks.tsx'

type Props = Asking & Readonly<{ all: readonly StatementAnswer[]; count: number; words: Words }>

/** The four numbers side by side, each a filter; and never one number for all. */
export function Filters(props: Props) {
  const { all, count, asked, ask, words } = props
  const { t } = words
  const counts = tally(all.map(each => each.verdict))
  const isFiltered = count < all.length
  return (
    <div className="policy-figures">
      <div role="group" aria-label={t('policy.filter')}>
        {shown.map(status => (
          <button
            key={status}
            type="button"
            className={`is-${status}`}
            aria-pressed={asked.status === status}
            title={t(`status.${status}.means`)}
            onClick={() => ask({ status: asked.status === status ? '' : status })}
          >
            <VerdictMark status={status} />
            <span>{t(`status.${status}`)}</span>
            <b className="numbers">{counts[status]}</b>
          </button>
        ))}
      </div>
      <span className="policy-total numbers" aria-live="polite">
        {t(isFiltered ? 'policy.total.of' : 'policy.total', { total: all.length, count })}
      </span>
      <Choices {...props} />
    </div>
  )
}

/** By whose it is, and by what it serves outside the policy. */
function Choices({ all, asked, ask, words }: Props) {
  const { t } = words
  const owners = [...new Map(all.map(each => [each.role, each.owner]))]
  const frameworks = [...new Set(all.flatMap(each => Object.keys(each.frameworks)))]
  const isChosen = [asked.owner, asked.framework, asked.law, asked.requirement].some(Boolean)
  return (
    <div className="policy-choices print:hidden" role="group" aria-label={t('policy.choices')}>
      <Choice
        label={t('policy.owner')}
        value={asked.owner}
        options={owners}
        choose={owner => ask({ owner })}
      />
      <Choice
        label={t('policy.framework')}
        value={asked.framework}
        options={frameworks.map(id => [id, frameworkNames[id] ?? id])}
        choose={framework => ask({ framework, law: '', requirement: '' })}
      />
      <Choice
        label={t('policy.laws')}
        value={asked.law}
        options={lawViews.map(({ id }) => [id, t(`policy.law.${id}`)])}
        choose={law => ask({ law, framework: '', requirement: '' })}
      />
      {asked.requirement === '' ? null : (
        <span className="numbers rounded border border-line-2 px-2 py-0.5">
          {asked.requirement}
        </span>
      )}
      {isChosen ? (
        <Button
          look="quiet"
          icon="close"
          onClick={() => ask({ owner: '', framework: '', law: '', requirement: '' })}
        >
          {t('policy.choices.drop')}
        </Button>
      ) : null}
      <input
        id="policy-search"
        type="search"
        value={asked.text}
        placeholder={t('policy.search')}
        aria-label={t('policy.search')}
        onChange={event => ask({ text: event.target.value })}
      />
    </div>
  )
}

/** Its name stands in it while nothing is chosen, so that three of them fit a line. */
function Choice(props: {
  label: string
  value: string
  options: readonly (readonly [string, string])[]
  choose(value: string): void
}) {
  const { label, value, options, choose } = props
  return (
    <select
      aria-label={label}
      value={value}
      onChange={event => choose(event.target.value)}
      className={`min-h-8 max-w-44 rounded-md border bg-paper px-2 py-0.5 text-s ${value === '' ? 'border-edge text-ink-2' : 'border-ink font-semibold'}`}
    >
      <option value="">{label}</option>
      {options.map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  )
}
