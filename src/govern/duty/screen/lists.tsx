import type { ReactNode } from 'react'
import { useEffect, useRef, useState } from 'react'
import { Button, Link } from '../../../core/ui/button.tsx'
import type { Ask } from '../../../core/ui/client.ts'
import { get } from '../../../core/ui/client.ts'
import { useHouse } from '../../../core/ui/house.tsx'
import { Select } from '../../../core/ui/inputs.tsx'
import { useKeys } from '../../../core/ui/keys.ts'
import { Empty, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { useWords } from '../../../core/ui/words.tsx'
import type { GetOverview } from '../overview.ts'
import type { GetAll, GetDelegated, GetMine } from '../routes.ts'
import { DutyRow, type Row } from './row.tsx'

type Page = Readonly<{
  now: string
  duties: readonly Row[]
  count: number
  late: number
  isCut: boolean
  isInRegister: boolean
  next: string | null
}>

/** Rows that are asked for at once; more by a button. */
const rowsMax = 200

/** What these lists ask for, whoever's they are: a row for each control, until that row is opened. */
function useQuery() {
  const { locale } = useWords()
  const { search } = useHouse()
  const { control, subject, find } = search
  const isTogether = subject === undefined
  return {
    ...{ locale, limit: rowsMax, control, subject },
    ...(find !== undefined && find.trim() !== '' && { find }),
    ...(isTogether && {
      together: control === undefined ? ('control' as const) : ('subject' as const),
    }),
  }
}

export function Mine() {
  const query = useQuery()
  const { t } = useWords()
  return (
    <List
      ask={get<GetMine>('/duties/mine', { query })}
      empty={<Empty title={t('duty.mine.empty')} text={t('duty.mine.empty.text')} />}
      stranger={<Stranger />}
    />
  )
}

/** Who stands in no register is found by no office: why he sees nothing, and where he says who he is. */
function Stranger() {
  const { t } = useWords()
  const { session } = useHouse()
  return (
    <Empty title={t('duty.stranger')} text={t('duty.stranger.text')}>
      {/* Whoever came by the link of the machine has no account to go to. */}
      {(session.roles ?? []).length === 0 ? null : (
        <Link look="next" href="/account">
          {t('duty.stranger.account')}
        </Link>
      )}
    </Empty>
  )
}

export function Delegated() {
  const query = useQuery()
  const { t } = useWords()
  return (
    <List
      ask={get<GetDelegated>('/duties/delegated', { query })}
      empty={<Empty title={t('duty.delegated.empty')} text={t('duty.delegated.empty.text')} />}
    />
  )
}

/** Everybody's: by office, person and state, each in the address. */
export function All() {
  const { t, locale } = useWords()
  const { search, go } = useHouse()
  const query = useQuery()
  const { value } = useRead(get<GetOverview>('/duties/overview', { query: { locale } }))
  const { role, person, state } = search
  const choose = (field: string) => (chosen: string) =>
    go([], { replace: true, search: { ...search, [field]: chosen === '' ? undefined : chosen } })
  const states = ['late', 'open', 'accept'] as const
  const chosen = states.find(one => one === state)
  return (
    <div className="grid gap-4">
      <div className="grid gap-4 sm:grid-cols-3 print:hidden">
        <Select
          label={t('duty.filter.role')}
          value={role ?? ''}
          onChange={choose('role')}
          none={t('duty.filter.any')}
          options={(value?.offices ?? []).map(one => ({ value: one.role, text: one.name }))}
        />
        <Select
          label={t('duty.filter.person')}
          value={person ?? ''}
          onChange={choose('person')}
          none={t('duty.filter.any')}
          options={(value?.people ?? []).map(one => ({
            value: one.person,
            text: one.name ?? one.person,
          }))}
        />
        <Select
          label={t('duty.filter.state')}
          value={state ?? ''}
          onChange={choose('state')}
          none={t('duty.filter.any')}
          options={states.map(one => ({ value: one, text: t(`duty.filter.state.${one}`) }))}
        />
      </div>
      <List
        ask={get<GetAll>('/duties', {
          query: { ...query, role, person, ...(chosen ? { state: chosen } : {}) },
        })}
        empty={<Empty title={t('duty.all.empty')} text={t('duty.all.empty.text')} />}
      />
    </div>
  )
}

/** A list in parts by time: what is late, this week's, what comes later. */
function List(props: { ask: Ask<Page>; empty: ReactNode; stranger?: ReactNode }) {
  const { ask, empty, stranger = empty } = props
  const { t } = useWords()
  const { search, go } = useHouse()
  const [after, setAfter] = useState<string | null>(null)
  // Another list begins at its beginning.
  const [asked, setAsked] = useState(ask.path)
  if (asked !== ask.path) {
    setAsked(ask.path)
    setAfter(null)
  }
  const more =
    after === null ? ask : { ...ask, path: `${ask.path}&after=${encodeURIComponent(after)}` }
  const read = useRead(more)
  useKeys([
    {
      press: '/',
      says: t('duty.keys.search'),
      run: () => document.getElementById('duty-search')?.focus(),
    },
    { press: 'j', says: t('duty.keys.next'), run: () => step(1) },
    { press: 'k', says: t('duty.keys.previous'), run: () => step(-1) },
  ])
  const page = read.value
  if (page === null)
    return read.problem ? (
      <ProblemNotice problem={read.problem} again={read.again} />
    ) : (
      <Skeleton rows={8} />
    )
  const isOpened = search['control'] !== undefined
  if (page.count === 0 && !isOpened && search['find'] === undefined)
    return page.isInRegister ? empty : stranger
  const weekMs = Date.parse(page.now) + 7 * 86_400_000
  const parts = [
    ['late', page.duties.filter(row => row.isLate)],
    [
      'week',
      page.duties.filter(row => !row.isLate && row.due !== null && Date.parse(row.due) <= weekMs),
    ],
    [
      'later',
      page.duties.filter(row => !row.isLate && row.due !== null && Date.parse(row.due) > weekMs),
    ],
    ['undated', page.duties.filter(row => !row.isLate && row.due === null)],
  ] as const
  return (
    <div className="grid gap-6">
      {read.problem ? <ProblemNotice problem={read.problem} again={read.again} /> : null}
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <p className="numbers text-m" role="status">
          {t('duty.counted', { count: page.count, late: page.late })}
          {page.isCut ? <span className="ml-2 text-ink-2">{t('duty.cut')}</span> : null}
        </p>
        {isOpened ? (
          <Button onClick={() => go([], { search: outOf(search) })}>
            {t(search['subject'] === undefined ? 'duty.together' : 'duty.together.subjects')}
          </Button>
        ) : null}
        <Find />
      </div>
      {isOpened && page.duties[0] ? (
        <h2 className="text-l font-bold">{page.duties[0].title}</h2>
      ) : null}
      {parts.map(([name, rows]) =>
        rows.length === 0 ? null : (
          <section key={name} className="grid gap-1">
            <h2 className="flex items-baseline gap-2 border-b border-line-2 pb-1 text-l font-bold">
              {t(`duty.part.${name}`)}
              {page.next === null && after === null ? (
                <span className="numbers text-m font-normal text-ink-2">
                  {rows.reduce((sum, row) => sum + row.alike, 0)}
                </span>
              ) : null}
            </h2>
            <ul>
              {rows.map(row => (
                <DutyRow key={row.id} row={row} />
              ))}
            </ul>
          </section>
        ),
      )}
      {page.count === 0 ? <p className="text-ink-2">{t('duty.search.none')}</p> : null}
      <div className="flex gap-3 print:hidden">
        {after === null ? null : <Button onClick={() => setAfter(null)}>{t('duty.first')}</Button>}
        {page.next === null ? null : (
          <Button onClick={() => setAfter(page.next)}>{t('duty.next')}</Button>
        )}
      </div>
    </div>
  )
}

/** One step out of what was opened: from the periods of a subject to the subjects, and to all controls. */
const outOf = (search: Readonly<Record<string, string>>) => ({
  ...search,
  subject: undefined,
  ...(search['subject'] === undefined && { control: undefined }),
})

/** Long enough not to ask for every letter. */
const pauseMs = 250

/** Finds duties by what is typed, among all there are; it stands in the address. */
function Find() {
  const { t } = useWords()
  const { search, go } = useHouse()
  const { find = '' } = search
  const [typed, setTyped] = useState(find)
  const [shown, setShown] = useState(find)
  // Somebody goes back: then what he typed is no more asked for either.
  if (shown !== find) {
    setShown(find)
    setTyped(find)
  }
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const type = (text: string) => {
    setTyped(text)
    clearTimeout(timer.current)
    timer.current = setTimeout(
      () => go([], { replace: true, search: { ...search, find: text === '' ? undefined : text } }),
      pauseMs,
    )
  }
  return (
    <input
      id="duty-search"
      type="search"
      value={typed}
      maxLength={200}
      aria-label={t('duty.search')}
      placeholder={t('duty.search')}
      className="ml-auto min-h-9 w-full rounded-md border border-edge bg-paper px-2.5 text-m sm:w-72 print:hidden"
      onChange={event => type(event.target.value)}
    />
  )
}

/** Moves among the rows; the one that has the focus opens by Enter. */
function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('a[data-duty]')]
  const at = rows.findIndex(row => row === document.activeElement)
  rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))]?.focus()
}

export const BackToList = () => {
  const { t } = useWords()
  return (
    <Link href="/duties" className="text-m">
      {t('duty.back')}
    </Link>
  )
}
