import { BodyValue } from '../../../core/ui/fact-body.tsx'
import { fieldText } from '../../../core/ui/fact-names.ts'
import { useWords } from '../../../core/ui/words.tsx'

type Change = Readonly<{ path: string; before: unknown; after: unknown }>

/** Fields that differ and are shown; the proposal itself has all of them. */
const changesMax = 100

/** What a correction changes, field by field: whoever agrees to it reads nothing else twice. */
export function Difference(props: { type: string; before: unknown; after: unknown }) {
  const words = useWords()
  const { t } = words
  const { type, before, after } = props
  const changes = changesOf('', before, after)
  return (
    <table className="w-full border-collapse text-start text-m">
      <caption className="sr-only">{t('evidence.difference')}</caption>
      <thead>
        <tr className="border-b border-line-2 text-s text-ink-2">
          {[
            'evidence.difference.field',
            'evidence.difference.before',
            'evidence.difference.after',
          ].map(id => (
            <th key={id} scope="col" className="py-1 pr-4 text-start font-normal">
              {t(id)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {changes.slice(0, changesMax).map(({ path, before: was, after: is }) => (
          <tr key={path} className="border-b border-line align-top">
            <th scope="row" className="py-1.5 pr-4 text-start font-normal">
              {fieldText(words, type, path)}
            </th>
            <td className="py-1.5 pr-4 text-ink-2">
              <BodyValue {...{ type, path }} value={was} />
            </td>
            <td className="py-1.5 font-semibold">
              <BodyValue {...{ type, path }} value={is} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A list is one field: which of its items became which nobody can know. */
function changesOf(path: string, before: unknown, after: unknown): readonly Change[] {
  if (JSON.stringify(before ?? null) === JSON.stringify(after ?? null)) return []
  if (!isObject(before) || !isObject(after))
    return [{ path, before: before ?? null, after: after ?? null }]
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].flatMap(name =>
    changesOf(path === '' ? name : `${path}.${name}`, before[name], after[name]),
  )
}
