import { formatDay, formatInstant, formatRelative } from '../i18n/time.ts'
import { useNow } from './clock.ts'
import { useWords } from './words.tsx'

/** An instant: absolute first, with its zone, and how far that is from the server's now. */
export function Time(props: { at: string; seconds?: boolean; relative?: boolean; day?: boolean }) {
  const { at, seconds = false, relative = true, day = false } = props
  const { locale, zone } = useWords()
  const nowMs = useNow()
  const text = day ? formatDay(locale, zone, at) : formatInstant(locale, zone, at, { seconds })
  return (
    <span className="numbers">
      <time dateTime={at}>{text}</time>
      {relative ? (
        <span className="ml-2 whitespace-nowrap text-ink-2">
          {formatRelative(locale, at, nowMs)}
        </span>
      ) : null}
    </span>
  )
}

/** A clock that runs to a limit: how much is left, or by how much it has passed. */
export function Countdown({ until }: { until: string }) {
  const { t } = useWords()
  const leftMs = Date.parse(until) - useNow(1_000)
  const seconds = Math.floor(Math.abs(leftMs) / 1000)
  const days = Math.floor(seconds / 86_400)
  const clock = [
    Math.floor((seconds % 86_400) / 3600),
    two(Math.floor((seconds % 3600) / 60)),
    two(seconds % 60),
  ].join(':')
  return (
    <span role="timer" className={`numbers font-semibold ${leftMs < 0 ? 'text-broken' : ''}`}>
      {t(leftMs < 0 ? 'ui.clock.over' : 'ui.clock.left', { days, clock })}
    </span>
  )
}

const two = (value: number): string => String(value).padStart(2, '0')
