import type { ReactNode } from 'react'
import { useState } from 'react'
import { Button } from '../../../core/ui/button.tsx'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { useKeys } from '../../../core/ui/keys.ts'
import { type Tab, Tabs } from '../../../core/ui/tabs.tsx'
import { useCatalogue, useWords } from '../../../core/ui/words.tsx'
import { Calendar } from './calendar.tsx'
import { Waiting } from './claims.tsx'
import { All, Delegated, Mine } from './lists.tsx'
import { Notices } from './notices.tsx'
import { One } from './one.tsx'
import { Overview } from './overview.tsx'

/** What somebody owes by when, and one duty with the form to do it. */
export default function DutiesPage() {
  const { rest } = useHouse()
  useCatalogue('govern.evidence')
  return rest.length === 0 ? <Lists /> : <One key={rest.join('/')} id={rest.join('/')} />
}

function Lists() {
  const { t } = useWords()
  const { search, go, session } = useHouse()
  const [isCalendar, setCalendar] = useState(false)
  const may = {
    accept: useMay('duty.accept'),
    all: useMay('duty.read.all'),
    notices: useMay('duty.notices'),
    calendar: useMay('duty.calendar'),
    own: useMay('duty.do'),
  }
  const tab = (id: string, body: ReactNode): Tab => ({ id, title: t(`duty.tab.${id}`), body })
  const tabs = [
    ...(may.own ? [tab('mine', <Mine />)] : []),
    ...(may.accept ? [tab('waiting', <Waiting />)] : []),
    ...(may.own ? [tab('delegated', <Delegated />)] : []),
    ...(may.all ? [tab('overview', <Overview />), tab('all', <All />)] : []),
    ...(may.notices ? [tab('notices', <Notices />)] : []),
  ]
  const open = tabs.find(({ id }) => id === search['tab'])?.id ?? tabs[0]?.id ?? 'mine'
  useKeys([
    ...(may.calendar
      ? [{ press: 'c', says: t('duty.calendar.title'), run: () => setCalendar(true) }]
      : []),
  ])
  return (
    <div className="mx-auto grid max-w-6xl grid-cols-[minmax(0,1fr)] gap-5 px-5 py-8">
      <header className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-bold">{t('duty.screen.title')}</h1>
        {may.calendar ? (
          <Button onClick={() => setCalendar(true)}>{t('duty.calendar.title')}</Button>
        ) : null}
      </header>
      {session.isSample ? <p className="text-m text-ink-2">{t('duty.sample.text')}</p> : null}
      <Tabs
        label={t('duty.screen.title')}
        tabs={tabs}
        open={open}
        onOpen={id => go([], { search: { tab: id === tabs[0]?.id ? undefined : id } })}
      />
      {isCalendar ? <Calendar close={() => setCalendar(false)} /> : null}
    </div>
  )
}
