import { aheadMs, useNow } from '../src/core/ui/clock.ts'
import { useHouse } from '../src/core/ui/house.tsx'
import type { Words } from '../src/core/ui/words.tsx'
import { useWords } from '../src/core/ui/words.tsx'
import { useConnection } from './connection.ts'

/** Codes of an app are off after less, and people write down what the corner of their screen says. */
const aheadMsMax = 5 * 60_000

/** What holds for the whole page: a made-up organisation; no connection, so that nothing is of now; a wrong clock. */
export function Banners() {
  const words = useWords()
  const { t } = words
  const { session } = useHouse()
  const connection = useConnection()
  // Looked at again by the minute, when the server has been heard.
  useNow()
  const said = [
    ...(session.isSample ? [t('shell.banner.sample')] : []),
    ...(connection === 'lost' ? [t('shell.banner.offline')] : []),
    ...(session.isSample ? [] : clockSaid(words)),
  ]
  return (
    <div role="status" aria-label={t('shell.banner')}>
      {said.map(text => (
        <p
          key={text}
          className="border-b border-line bg-unknown-wash px-5 py-1.5 text-center text-s font-semibold text-balance text-ink [word-break:auto-phrase]"
        >
          {text}
        </p>
      ))}
    </div>
  )
}

/** The time of a sample goes on from the end of its list: there no clock is right. */
function clockSaid({ t, locale }: Words): readonly string[] {
  const ms = aheadMs()
  if (Math.abs(ms) <= aheadMsMax) return []
  const minutes = Math.round(Math.abs(ms) / 60_000)
  const hours = Math.round(minutes / 60)
  const [unit, count] =
    hours >= 48
      ? (['day', Math.round(hours / 24)] as const)
      : hours >= 2
        ? (['hour', hours] as const)
        : (['minute', minutes] as const)
  const span = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' })
  return [t(`shell.banner.clock.${ms > 0 ? 'fast' : 'slow'}`, { span: span.format(count) })]
}
