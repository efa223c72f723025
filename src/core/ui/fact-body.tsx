import { EntryNames, useNaming } from './entry-names.tsx'
import { fieldText, plainText } from './fact-names.ts'
import { useWords } from './words.tsx'

/** Entries of one list that are shown; the leaf has all of them. */
const shownMax = 100

/** What a fact says, field by field, with the names that a catalogue has for them. */
type BodyProps = Readonly<{ type: string; body: unknown; path?: string }>

export function Body({ type, body, path = '' }: BodyProps) {
  const words = useWords()
  const { t } = words
  const entries = Object.entries((body ?? {}) as Record<string, unknown>)
  if (entries.length === 0) return <p className="text-m text-ink-2">{t('ui.fact.empty')}</p>
  const pathOf = (name: string) => (path === '' ? name : `${path}.${name}`)
  return (
    <dl className="grid gap-x-6 gap-y-2 text-m sm:grid-cols-[12rem_minmax(0,1fr)]">
      {entries.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-2">{fieldText(words, type, pathOf(name))}</dt>
          <dd className="min-w-0">
            <BodyValue type={type} path={pathOf(name)} value={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** One value of a body, as its reader says it. */
export function BodyValue({ type, path, value }: { type: string; path: string; value: unknown }) {
  const words = useWords()
  const { t } = words
  const register = useNaming(type, path)
  if (value === null) return <span className="text-ink-2">{t('ui.fact.none')}</span>
  const named = [value]
    .flat()
    .filter(one => typeof one === 'string')
    .slice(0, shownMax)
  const isNamed = register !== null && named.length > 0 && named.length === [value].flat().length
  if (isNamed) return <EntryNames register={register} values={[...new Set(named)]} />
  if (Array.isArray(value)) {
    return (
      <ul className="grid gap-1">
        {value.slice(0, shownMax).map((one, nth) => (
          // Entries may be the same; a list has no other identity of them.
          <li key={nth}>
            <BodyValue type={type} path={path} value={one} />
          </li>
        ))}
        {value.length > shownMax ? (
          <li>{t('ui.fact.more', { count: value.length - shownMax })}</li>
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
  const text = plainText(words, type, path, value)
  if (typeof value === 'number') return <span className="numbers">{text}</span>
  return /^[0-9a-f]{64}$/.test(text) ? (
    <code className="break-all">{text}</code>
  ) : (
    <bdi className="break-words">{text}</bdi>
  )
}
