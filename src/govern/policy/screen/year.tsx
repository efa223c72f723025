import { Strip } from '../../../core/ui/strip.tsx'
import type { Explained } from '../explain.ts'
import type { Words } from '../words.ts'
import { instantText } from '../words.ts'
import { Part } from './part.tsx'

/** Twelve months of one sentence, what was missed in them, and what was said anew about the past. */
export function Year({ explained, words }: { explained: Explained; words: Words }) {
  const { t } = words
  const { months, misses, restatements } = explained
  return (
    <Part title={t('policy.year')}>
      <div className="policy-strip">
        <Strip
          label={t('policy.year')}
          periods={months.map(({ month, status }) => ({
            id: month,
            status,
            name: monthText(words, month),
          }))}
        />
        <p className="mt-1 flex justify-between text-s text-ink-2 numbers" aria-hidden="true">
          <span>{monthText(words, months[0]?.month ?? '')}</span>
          <span>{monthText(words, months.at(-1)?.month ?? '')}</span>
        </p>
      </div>
      {misses.length === 0 ? null : (
        <details className="mt-2">
          <summary>
            {t('policy.misses', { count: misses.reduce((n, m) => n + m.count, 0) })}
          </summary>
          <ul className="policy-list numbers">
            {misses.map(miss => (
              <li key={`${miss.control} ${miss.occurrence}`}>
                {t('policy.miss', { occurrence: miss.occurrence, count: miss.count })}
                {miss.steps.map(step => (
                  <span key={step.outcome} className="policy-small">
                    {t('policy.miss.step', {
                      outcome: t(`occurrence.${step.outcome}`),
                      count: step.count,
                      at: instantText(words, step.recorded),
                    })}
                  </span>
                ))}
              </li>
            ))}
          </ul>
        </details>
      )}
      {restatements.length === 0 ? null : (
        <details className="mt-2">
          <summary>{t('policy.restatements', { count: restatements.length })}</summary>
          <ul className="policy-list numbers">
            {restatements.map(each => (
              <li key={each.pos}>
                <code>{each.subject}</code> {each.occurrence}
                <span className="policy-small">
                  {t('policy.restated.was', {
                    outcome: t(`occurrence.${each.was}`),
                    at: instantText(words, each.concluded),
                  })}
                </span>
                <span className="policy-small">
                  {t('policy.restated.now', {
                    outcome: t(`occurrence.${each.now}`),
                    at: instantText(words, each.restated),
                  })}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Part>
  )
}

/** `2026-03` as the reader's month. */
const monthText = (words: Words, month: string): string =>
  month === ''
    ? ''
    : new Intl.DateTimeFormat(words.locale, {
        year: 'numeric',
        month: 'short',
        timeZone: 'UTC',
      }).format(Date.parse(`${month}-15T00:00:00Z`))
