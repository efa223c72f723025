import { useEffect, useState } from 'react'
import { formatDay } from '../../../core/i18n/time.ts'
import { Button } from '../../../core/ui/button.tsx'
import type { PolicyAnswer } from '../routes.ts'
import type { Words } from '../words.ts'

/** A hand that slides is not asked about on its way. */
const restsMs = 150

/** The policy as a day left it: a slider from the first day to today. */
export function HistorySlider(props: {
  policy: Pick<PolicyAnswer, 'day' | 'firstDay' | 'isPast' | 'now'>
  /** The day that is asked for; empty: now. */
  at: string
  ask(fields: Readonly<{ at: string }>): void
  words: Words
}) {
  const { policy, at, ask, words } = props
  const { t, zone } = words
  const today = dayIn(zone, policy.now)
  const length = policy.firstDay === null ? 0 : daysBetween(policy.firstDay, today)
  const [index, setIndex] = useState<number | null>(null)
  useEffect(() => {
    if (index === null || policy.firstDay === null) return
    const timer = setTimeout(() => {
      ask({ at: index >= length ? '' : dayAfter(policy.firstDay!, index) })
      setIndex(null)
    }, restsMs)
    return () => clearTimeout(timer)
  })
  if (policy.firstDay === null || length < 1) return null
  const asked = at === '' ? length : daysBetween(policy.firstDay, at)
  const shown = Math.max(0, Math.min(length, index ?? asked))
  const day = dayText(words, dayAfter(policy.firstDay, shown))
  const isNow = shown >= length
  return (
    <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-s print:hidden">
      <label htmlFor="policy-history" className="text-ink-2">
        {t('policy.at')}
      </label>
      <input
        id="policy-history"
        type="range"
        min={0}
        max={length}
        value={shown}
        aria-valuetext={isNow ? t('policy.at.now') : day}
        onChange={event => setIndex(event.target.valueAsNumber)}
        className="h-6 min-w-32 flex-1 accent-ink-3"
      />
      <output htmlFor="policy-history" className="numbers min-w-32 text-end font-semibold">
        {isNow ? t('policy.at.now') : day}
      </output>
      {isNow ? null : (
        <Button look="quiet" onClick={() => ask({ at: '' })}>
          {t('policy.at.back')}
        </Button>
      )}
    </div>
  )
}

/** A day has no zone: noon in UTC lies on it. */
export const dayText = (words: Words, day: string): string =>
  formatDay(words.locale, 'UTC', `${day}T12:00:00Z`)

const msOf = (day: string): number => Date.parse(`${day}T00:00:00Z`)
const dayMs = 86_400_000
const daysBetween = (from: string, to: string): number =>
  Math.round((msOf(to) - msOf(from)) / dayMs)
const dayAfter = (from: string, days: number): string =>
  new Date(msOf(from) + days * dayMs).toISOString().slice(0, 10)
/** `sv` writes days as ISO 8601 does. */
const dayIn = (timeZone: string, instant: string): string =>
  new Intl.DateTimeFormat('sv', { timeZone }).format(Date.parse(instant))
