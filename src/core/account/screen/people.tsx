import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { get } from '../../ui/client.ts'
import { DataTable } from '../../ui/data-table.tsx'
import { Drawer } from '../../ui/dialog.tsx'
import { useHouse } from '../../ui/house.tsx'
import { Empty, ProblemNotice, Skeleton } from '../../ui/notice.tsx'
import { useRead } from '../../ui/read.ts'
import type { Column } from '../../ui/rows.ts'
import { Time } from '../../ui/time.tsx'
import { Badge } from '../../ui/verdict.tsx'
import { useWords } from '../../ui/words.tsx'
import { Invite } from './invite.tsx'
import { LinkDialog } from './link-dialog.tsx'
import { PersonDetail } from './person.tsx'
import type { Person } from './views.ts'

/** People with accounts: who may sign in, as what. Each has an address of his own. */
export default function PeoplePage() {
  const { t } = useWords()
  const { rest, go } = useHouse()
  const read = useRead<Readonly<{ accounts: readonly Person[] }>>(get('/accounts'))
  const [isInviting, setInviting] = useState(false)
  const [link, setLink] = useState<string | null>(null)
  const columns = useColumns()
  if (read.value === null) {
    return (
      <div className="px-5 py-8">
        {read.problem ? <ProblemNotice problem={read.problem} again={read.again} /> : <Skeleton />}
      </div>
    )
  }
  const { accounts } = read.value
  const isFirst = !accounts.some(({ roles, state }) => state !== 'closed' && roles.includes('ciso'))
  const chosen = accounts.find(each => each.id === rest[0])
  const show = (made: string | null) => {
    setInviting(false)
    setLink(made)
    read.again()
  }
  return (
    <div className="grid gap-5 px-5 pt-6 pb-16">
      <header className="flex flex-wrap items-start justify-between gap-4">
        <div className="grid max-w-2xl gap-1">
          <h1 className="text-2xl font-bold">{t('account.people.title')}</h1>
          <p className="text-m text-ink-2">{t('account.people.text')}</p>
        </div>
        <Button look="next" onClick={() => setInviting(true)}>
          {t(isFirst ? 'account.invite.first' : 'account.invite')}
        </Button>
      </header>
      {read.problem ? <ProblemNotice problem={read.problem} again={read.again} /> : null}
      <DataTable
        label={t('account.people.title')}
        columns={columns}
        rows={accounts}
        idOf={row => row.id}
        hrefOf={row => `/accounts/${row.id}`}
        empty={<Empty title={t('account.people.title')} text={t('account.people.text')} />}
      />
      <Invite {...{ open: isInviting, isFirst }} close={() => setInviting(false)} done={show} />
      <Drawer
        title={chosen?.name ?? t('account.person.erased')}
        open={chosen !== undefined && link === null}
        close={() => go([])}
      >
        {chosen ? <PersonDetail person={chosen} done={show} /> : null}
      </Drawer>
      <LinkDialog link={link} close={() => setLink(null)} />
    </div>
  )
}

function useColumns(): readonly Column<Person>[] {
  const { t } = useWords()
  return [
    {
      id: 'name',
      title: t('account.name'),
      value: row => row.name,
      cell: row => <bdi>{row.name ?? t('account.person.erased')}</bdi>,
    },
    { id: 'mail', title: t('account.mail'), value: row => row.mail },
    {
      id: 'roles',
      title: t('account.roles'),
      value: row => row.roles.map(role => t(`shell.role.${role}`)).join(t('shell.role.and')),
    },
    {
      id: 'state',
      title: t('account.state'),
      value: row => t(`account.state.${row.state}`),
      cell: row =>
        row.state === 'open' ? (
          t('account.state.open')
        ) : (
          <Badge>{t(`account.state.${row.state}`)}</Badge>
        ),
    },
    {
      id: 'opened',
      title: t('account.opened'),
      value: row => row.opened,
      cell: row => (row.opened ? <Time at={row.opened} relative={false} day /> : '–'),
    },
    { id: 'subject', title: t('account.subject'), value: row => row.subject, hidden: true },
  ]
}
