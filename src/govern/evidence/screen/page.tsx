import type { ReactNode } from 'react'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { type Tab, Tabs } from '../../../core/ui/tabs.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import { Changes } from './changes.tsx'
import { FactPage } from './fact.tsx'
import { Holds } from './holds.tsx'
import { Ledger } from './ledger.tsx'
import { Search } from './search.tsx'

/** What is on the list: found, shown with its proof, accepted or refused, and changed by two persons. */
export default function EvidencePage() {
  const { rest } = useHouse()
  const pos = Number(/^#?(\d{1,12})$/.exec(rest[0] ?? '')?.[1] ?? Number.NaN)
  return Number.isSafeInteger(pos) ? <FactPage key={pos} pos={pos} /> : <Places />
}

function Places() {
  const { t } = useWords()
  const { search, go } = useHouse()
  const mayChange = useMay('evidence.change')
  const mayErase = useMay('evidence.erase')
  const tab = (id: string, body: ReactNode): Tab => ({ id, title: t(`evidence.tab.${id}`), body })
  const tabs = [
    tab('facts', <Search />),
    ...(mayChange ? [tab('changes', <Changes />)] : []),
    ...(mayErase ? [tab('holds', <Holds />)] : []),
    tab('ledger', <Ledger />),
  ]
  const open = tabs.find(({ id }) => id === search['tab'])?.id ?? 'facts'
  return (
    <div className="mx-auto grid max-w-6xl grid-cols-[minmax(0,1fr)] gap-5 px-5 py-8">
      <h1 className="text-2xl font-bold">{t('evidence.screen.title')}</h1>
      <Tabs
        label={t('evidence.screen.title')}
        tabs={tabs}
        open={open}
        onOpen={id => go([], { search: { tab: id === 'facts' ? undefined : id } })}
      />
    </div>
  )
}
