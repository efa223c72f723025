import { asks } from '../../../core/register/screen/asks.ts'
import { Compared, Declared, Verified } from '../../../core/register/screen/standing.tsx'
import { useHouse } from '../../../core/ui/house.tsx'
import { ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { useCatalogue, useWords } from '../../../core/ui/words.tsx'

/** What is known of what there is: every register that one may read, and how far it can be relied on. */
export default function Overview() {
  const { t } = useWords()
  const { paths } = useHouse()
  const names = paths.flatMap(path => /^\/registers\/(.+)$/.exec(path)?.[1] ?? [])
  return (
    <div className="mx-auto grid max-w-6xl gap-6 px-4 py-6 sm:px-6">
      <header className="grid gap-1">
        <h1 className="text-2xl font-bold">{t('overview.title')}</h1>
        <p className="text-ink-2">{t('overview.text')}</p>
      </header>
      {/* What is wider than a phone scrolls in itself, and is reached by keyboard (WCAG 2.1.1). */}
      <div
        role="region"
        aria-label={t('overview.title')}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="overflow-x-auto border-y border-line"
      >
        <table className="w-full min-w-3xl border-collapse text-start text-m">
          <thead className="bg-paper-2 text-start">
            <tr>
              {['name', 'size', 'declared', 'second', 'verified'].map(column => (
                <th key={column} scope="col" className="px-3 py-2 text-start font-semibold">
                  {t(`overview.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map(name => (
              <One key={name} name={name} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}

const cell = 'border-t border-line px-3 py-2.5 align-top'

function One({ name }: { name: string }) {
  const { t } = useWords()
  const about = useRead(asks.about(name))
  const { value, problem } = about
  const isWorded = useCatalogue(...(value === null ? [] : [value.module]))
  if (value === null || !isWorded)
    return (
      <tr>
        <td className={cell} colSpan={5}>
          {problem ? (
            <ProblemNotice problem={problem} again={about.again} />
          ) : (
            <Skeleton rows={1} />
          )}
        </td>
      </tr>
    )
  return (
    <tr>
      <th scope="row" className={`${cell} text-start font-normal whitespace-nowrap`}>
        <a
          href={`/registers/${name}`}
          className="font-semibold underline decoration-line-2 underline-offset-4"
        >
          {t(`${name}.title`)}
        </a>
      </th>
      <td className={`${cell} numbers whitespace-nowrap`}>
        {t('overview.entries', { count: value.size })}
      </td>
      <td className={cell}>
        <Declared about={value} />
      </td>
      <td className={cell}>
        <Compared about={value} />
      </td>
      <td className={cell}>
        <Verified about={value} />
      </td>
    </tr>
  )
}
