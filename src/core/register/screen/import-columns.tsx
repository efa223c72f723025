import { Link } from '../../ui/button.tsx'
import { useWords } from '../../ui/words.tsx'
import type { About, Column } from './asks.ts'
import { exampleOf } from './example.ts'
import { cellText, labelOf } from './words.ts'

/** Which columns a file may have, with a value of each, and a file to begin with: before one is refused. */
export function ImportColumns({ about }: { about: About }) {
  const words = useWords()
  const { t } = words
  const columns = about.columns.filter(({ isShownOnly }) => !isShownOnly)
  const labels = columns.map(({ label }) => labelOf(label, words))
  return (
    <details open>
      <summary className="font-semibold">{t('register.import.columns')}</summary>
      <div className="mt-2 grid gap-2">
        <p className="text-ink-2">{t('register.import.columns.text')}</p>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reached by keyboard (WCAG 2.1.1) */}
        <div role="region" aria-label={t('register.import.columns')} tabIndex={0} className={frame}>
          <table className="w-full border-collapse text-start">
            <thead>
              <tr>
                {['column', 'needed', 'example'].map(name => (
                  <th key={name} scope="col" className="px-2 py-1 text-start text-s font-semibold">
                    {t(`register.import.columns.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {columns.map((column, at) => (
                <tr key={column.name} className="border-t border-line align-baseline">
                  <th scope="row" className="px-2 py-1 text-start font-normal">
                    {labels[at]}
                  </th>
                  <td className="px-2 py-1 text-s whitespace-nowrap text-ink-2">
                    {column.isRequired ? t('ui.required') : ''}
                  </td>
                  <td className="px-2 py-1 [overflow-wrap:anywhere]">
                    <Example {...{ about, column }} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p>
          <Link href={templateOf(labels)} download={`${about.name}.csv`}>
            {t('register.import.template')}
          </Link>
        </p>
      </div>
    </details>
  )
}

const frame = 'max-h-72 overflow-auto rounded-md border border-line'

/** A header in the words of the screen; the mark is by what older spreadsheets recognise UTF-8. */
const templateOf = (labels: readonly string[]): string =>
  `data:text/csv;charset=utf-8,${encodeURIComponent(`\ufeff${labels.map(quoted).join(',')}\r\n`)}`

const quoted = (label: string): string =>
  /[",\r\n]/.test(label) ? `"${label.replaceAll('"', '""')}"` : label

/** As it is written in a file, and what that means where it is a word of ours. */
function Example({ about, column }: { about: About; column: Column }) {
  const words = useWords()
  const example = exampleOf(about.name, column, words)
  const isWord = ['truth', 'office'].includes(column.kind) || column.choices.length > 0
  const said = isWord ? cellText(about, column, example, words) : example
  return (
    <>
      <bdi>{example}</bdi>
      {said === example ? null : (
        <span className="text-s text-ink-2">
          {' '}
          {words.t('register.import.means', { text: said })}
        </span>
      )}
    </>
  )
}
