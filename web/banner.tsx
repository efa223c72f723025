import { useHouse } from '../src/core/ui/house.tsx'
import { useWords } from '../src/core/ui/words.tsx'
import { useConnection } from './connection.ts'

/** What holds for the whole page: a made-up organisation; no connection, so that nothing is of now. */
export function Banners() {
  const { t } = useWords()
  const { session } = useHouse()
  const connection = useConnection()
  const said = [
    ...(session.isSample ? [t('shell.banner.sample')] : []),
    ...(connection === 'lost' ? [t('shell.banner.offline')] : []),
  ]
  return (
    <div role="status" aria-label={t('shell.banner')}>
      {said.map(text => (
        <p
          key={text}
          className="border-b border-line bg-unknown-wash px-5 py-1.5 text-center text-s font-semibold text-ink"
        >
          {text}
        </p>
      ))}
    </div>
  )
}
