import { formatInstant } from '../../../core/i18n/time.ts'
import { useWords } from '../../../core/ui/words.tsx'
import { choiceText, fieldText } from './names.ts'

/** Entries of one list that are shown; the leaf has all of them. */
const shownMax = 100

/** What a fact says, field by field, with the names that a catalogue has for them. */
type BodyProps = Readonly<{ type: string; body: unknown; path?: string }>

export function Body({ type, body, path = '' }: BodyProps) {
  const words = useWords()
  const { t } = words
  const entries = Object.entries((body ?? {}) as Record<string, unknown>)
  if (entries.length === 0) return <p className="text-m text-ink-2">{t('evidence.body.none')}</p>
  const pathOf = (name: string) => (path === '' ? name : `${path}.${name}`)
  return (
    <dl className="grid gap-x-6 gap-y-2 text-m sm:grid-cols-[12rem_minmax(0,1fr)]">
      {entries.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-2">{fieldText(words, type, pathOf(name))}</dt>
          <dd className="min-w-0">
            <Value type={type} path={pathOf(name)} value={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Value({ type, path, value }: { type: string; path: string; value: unknown }) {
  const words = useWords()
  const { t, locale, zone } = words
  if (value === null) return <span className="text-ink-2">{t('evidence.value.none')}</span>
  if (Array.isArray(value)) {
    return (
      <ul className="grid gap-1">
        {value.slice(0, shownMax).map((one, nth) => (
          // Entries may be the same; a list has no other identity of them.
          <li key={nth}>
            <Value type={type} path={path} value={one} />
          </li>
        ))}
        {value.length > shownMax ? (
          <li>{t('evidence.more', { count: value.length - shownMax })}</li>
        ) : null}
      </ul>
    )
  }
  if (typeof value === 'object') {
    return (
      <div className="border-l-2 border-line pl-3">
        <Body type={type} body={value} path={path} />
      </div>
    )
  }
  if (typeof value === 'boolean') return t(value ? 'evidence.value.yes' : 'evidence.value.no')
  if (typeof value === 'number') return <span className="numbers">{String(value)}</span>
  const text = value as string
  const choice = choiceText(words, type, path, text)
  if (choice !== text) return choice
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text))
    return <span className="numbers">{formatInstant(locale, zone, text, { seconds: true })}</span>
  return /^[0-9a-f]{64}$/.test(text) ? (
    <code className="break-all">{text}</code>
  ) : (
    <bdi className="break-words">{text}</bdi>
  )
}
