import { useMemo, useState } from 'react'
import { Button } from '../../../src/core/ui/button.tsx'
import { DataTable } from '../../../src/core/ui/data-table.tsx'
import { useHouse } from '../../../src/core/ui/house.tsx'
import { Pager } from '../../../src/core/ui/pager.tsx'
import type { Column } from '../../../src/core/ui/rows.ts'
import { Time } from '../../../src/core/ui/time.tsx'
import type { Status } from '../../../src/core/ui/verdict.tsx'
import { Verdict } from '../../../src/core/ui/verdict.tsx'
import { Page, Part, useSay } from './page.tsx'

type Asset = Readonly<{
  id: string
  name: string
  owner: string
  status: Status
  seen: string
  faults: number
}>

const statuses: readonly Status[] = ['kept', 'kept', 'kept', 'due', 'unknown', 'broken']
const owners = ['情報システム部', '総務部', '営業一課', '研究所', '経理部']

/** The same rows every time: what is measured must be comparable. */
const rowsOf = (count: number): readonly Asset[] =>
  Array.from({ length: count }, (_, index) => {
    const mixed = Math.imul(index + 1, 2_654_435_761) >>> 0
    return {
      id: String(index),
      name: `srv-${String(mixed % 100_000).padStart(5, '0')}.example.jp`,
      owner: owners[mixed % owners.length]!,
      status: statuses[(mixed >>> 8) % statuses.length]!,
      seen: new Date(Date.UTC(2026, 10, 1 + (mixed % 24), mixed % 24)).toISOString(),
      faults: mixed % 7,
    }
  })

const columnsIn = (say: ReturnType<typeof useSay>): readonly Column<Asset>[] => [
  { id: 'name', title: say('名称', '名稱', 'Name'), value: row => row.name },
  { id: 'owner', title: say('所管', '主管單位', 'Owner'), value: row => row.owner },
  {
    id: 'status',
    title: say('判定', '判定', 'Verdict'),
    value: row => row.status,
    cell: row => <Verdict status={row.status} />,
  },
  {
    id: 'seen',
    title: say('最終確認', '最後確認', 'Last seen'),
    value: row => row.seen,
    cell: row => <Time at={row.seen} relative={false} />,
  },
  {
    id: 'faults',
    title: say('不備', '缺失', 'Faults'),
    value: row => row.faults,
    align: 'end',
  },
]

export default function Tables() {
  const say = useSay()
  const { search, rest } = useHouse()
  const { rows: count = '400' } = search
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [page, setPage] = useState(2)
  const rows = useMemo(() => rowsOf(Number(count)), [count])
  const columns = useMemo(() => columnsIn(say), [say])
  return (
    <Page title="shell.place.registers">
      {rest[0] ? <p id="opened">{rest[0]}</p> : null}
      <DataTable
        label={say('資産台帳', '資產清冊', 'Asset register')}
        columns={columns}
        rows={rows}
        idOf={row => row.id}
        hrefOf={row => `/registers/tables/${row.name}`}
        selected={selected}
        onSelect={setSelected}
        actions={<Button icon="file">{say('書き出し', '匯出', 'Export')}</Button>}
        empty={null}
      />
      <Part title={say('ページ', '分頁', 'Pages')}>
        <Pager page={page} size={50} total={1234} onPage={setPage} />
      </Part>
    </Page>
  )
}
