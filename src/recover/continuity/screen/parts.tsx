import type { ReactNode } from 'react'
import { get } from '../../../core/ui/client.ts'
import { useRead } from '../../../core/ui/read.ts'
import type { Status } from '../../../core/ui/verdict.tsx'
import { VerdictMark } from '../../../core/ui/verdict.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { DrillHead } from '../drill/view.ts'
import type { ListRunbooks } from '../runbook/routes.ts'

/** A page of this module. */
export const Page = ({ children }: { children: ReactNode }) => (
  <div className="mx-auto grid max-w-6xl grid-cols-[minmax(0,1fr)] gap-6 px-5 py-8 max-sm:px-4 max-sm:py-5">
    {children}
  </div>
)

export function Part(props: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="grid min-w-0 content-start gap-3">
      <header className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-l font-bold">{props.title}</h2>
        {props.aside}
      </header>
      {props.children}
    </section>
  )
}

const standings: Readonly<Record<DrillHead['state'], readonly [Status, string]>> = {
  running: ['due', 'text-due'],
  restored: ['kept', 'text-kept'],
  stopped: ['unknown', 'text-unknown'],
  unfinished: ['broken', 'text-broken'],
}

/** How a drill stands, as a shape and a word. */
export function DrillState({ state }: Pick<DrillHead, 'state'>) {
  const { t } = useWords()
  const [status, ink] = standings[state]
  return (
    <span className={`inline-flex items-center gap-1.5 font-semibold ${ink}`}>
      <VerdictMark status={status} />
      {t(`drill.state.${state}`)}
    </span>
  )
}

/** `2 h 40 min`; below an hour the minutes alone, below a minute the seconds. */
export function useTook(): (seconds: number) => string {
  const { t } = useWords()
  return seconds => {
    if (seconds < 60) return t('drill.took.seconds', { seconds: Math.round(seconds) })
    const minutes = Math.round(seconds / 60)
    if (minutes < 60) return t('drill.took.short', { minutes })
    return t('drill.took', { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
  }
}

export const useRunbooks = () => useRead(get<ListRunbooks>('/runbooks'))

/** Where nothing but paper is left, times and names are written by hand. */
export function OnPaper() {
  const { t } = useWords()
  return <p className="hidden pt-2 text-m whitespace-pre-wrap print:block">{t('drill.paper')}</p>
}
