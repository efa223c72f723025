import type { ReactNode } from 'react'
import { get } from '../../../core/ui/client.ts'
import { Notice, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { Time } from '../../../core/ui/time.tsx'
import { Verdict } from '../../../core/ui/verdict.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { GetHealth } from '../routes.ts'

/** Whether the list is whole: how long it is, who signs it, what the last check found. */
export function Ledger() {
  const { t, locale } = useWords()
  const read = useRead(get<GetHealth>('/evidence/ledger'))
  const { value } = read
  if (value === null)
    return read.problem ? (
      <ProblemNotice problem={read.problem} again={read.again} />
    ) : (
      <Skeleton rows={6} />
    )
  const number = (count: number) => new Intl.NumberFormat(locale).format(count)
  const { checked } = value
  return (
    <div className="grid max-w-3xl gap-6">
      {value.behind === null ? null : (
        <Notice tone="failed" title={t('evidence.ledger.behind')}>
          <p>
            <Time at={value.behind} />
          </p>
        </Notice>
      )}
      <dl className="grid gap-x-6 gap-y-3 text-m sm:grid-cols-[12rem_minmax(0,1fr)]">
        <Item name={t('evidence.ledger.size')}>{number(value.size)}</Item>
        <Item name={t('evidence.ledger.newest')}>
          {value.newest === null ? '–' : <Time at={value.newest} />}
        </Item>
        <Item name={t('evidence.ledger.origin')}>
          <code>{value.origin}</code>
        </Item>
        <Item name={t('evidence.ledger.vkey')}>
          <code className="break-all">{value.vkey}</code>
        </Item>
      </dl>
      <section className="grid gap-3">
        <h2 className="border-b border-line-2 pb-1 text-l font-bold">{t('evidence.fsck')}</h2>
        {checked === null ? (
          <>
            <Verdict status="unknown" />
            <p className="text-m">{t('evidence.fsck.never')}</p>
            <p className="text-m">
              <code>./okite fsck</code>
            </p>
          </>
        ) : (
          <dl className="grid gap-x-6 gap-y-3 text-m sm:grid-cols-[12rem_minmax(0,1fr)]">
            <Item name={t('evidence.fsck.when')}>
              <a href={`/evidence/${checked.pos}`}>
                <Time at={checked.recorded} />
              </a>
            </Item>
            <Item name={t('evidence.fsck.found')}>
              <Verdict status={checked.said.isSound ? 'kept' : 'broken'} />
            </Item>
            {(['facts', 'derived', 'files'] as const).map(name => (
              <Item key={name} name={t(`evidence.fsck.${name}`)}>
                {number(checked.said[name])}
              </Item>
            ))}
            {Object.entries(checked.said.faults).map(([name, count]) => (
              <Item key={name} name={t(`evidence.fsck.fault.${name}`)}>
                {number(count)}
              </Item>
            ))}
          </dl>
        )}
      </section>
    </div>
  )
}

function Item({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{name}</dt>
      <dd className="numbers min-w-0">{children}</dd>
    </>
  )
}
