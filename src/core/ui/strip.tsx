import type { Status } from './verdict.tsx'
import { useWords } from './words.tsx'

/** One period that is over or runs: `2026-03`, what it came to, and how it is called. */
export type Period = Readonly<{ id: string; status: Status; name: string; href?: string }>

const fills: Readonly<Record<Status, string>> = {
  kept: 'strip-kept',
  due: 'strip-due',
  broken: 'strip-broken',
  unknown: 'strip-unknown',
  excepted: 'strip-excepted',
}

/** Twelve months as marks, oldest first. A missed one stays; shape and place tell them apart. */
export function Strip({ label, periods }: { label: string; periods: readonly Period[] }) {
  const { t } = useWords()
  return (
    <ol aria-label={label} className="flex gap-1">
      {periods.map(period => {
        const said = t('ui.strip.said', { name: period.name, status: t(`status.${period.status}`) })
        const mark = <span className={`strip ${fills[period.status]}`} />
        return (
          <li key={period.id} title={said}>
            {period.href ? (
              <a href={period.href} aria-label={said} className="block">
                {mark}
              </a>
            ) : (
              <>
                {mark}
                <span className="sr-only">{said}</span>
              </>
            )}
          </li>
        )
      })}
    </ol>
  )
}
