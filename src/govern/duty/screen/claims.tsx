import { useMemo, useState } from 'react'
import { Button, Link } from '../../../core/ui/button.tsx'
import { get, post } from '../../../core/ui/client.ts'
import { Dialog } from '../../../core/ui/dialog.tsx'
import { Body } from '../../../core/ui/fact-body.tsx'
import { modulesOf, typeText } from '../../../core/ui/fact-names.ts'
import { Form, useForm } from '../../../core/ui/form.tsx'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { CheckBox, TextArea } from '../../../core/ui/inputs.tsx'
import { Empty, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { Time } from '../../../core/ui/time.tsx'
import { Badge } from '../../../core/ui/verdict.tsx'
import { useCatalogue, useWords } from '../../../core/ui/words.tsx'
import type { AcceptSeveral, GetWaiting } from '../claims.ts'
import { hrefOf } from './row.tsx'

type Claim = NonNullable<ReturnType<typeof useClaims>['value']>['claims'][number]

const none: readonly never[] = []

function useClaims(after: string | null) {
  const { locale } = useWords()
  return useRead(
    get<GetWaiting>('/duties/waiting', {
      query: { locale, ...(after !== null && { after }) },
    }),
  )
}

/** All that waits for a second person: each is opened and looked at, and those of one kind are accepted together. */
export function Waiting() {
  const words = useWords()
  const { t } = words
  const [after, setAfter] = useState<string | null>(null)
  const read = useClaims(after)
  const mayChange = useMay('evidence.change')
  const maySearch = useMay('evidence.read')
  const claims: readonly Claim[] = read.value?.claims ?? none
  useCatalogue(...useMemo(() => modulesOf(claims), [claims]))
  const kinds = useMemo(() => [...Map.groupBy(claims, ({ type }) => type)], [claims])
  if (read.value === null)
    return read.problem ? (
      <ProblemNotice problem={read.problem} again={read.again} />
    ) : (
      <Skeleton rows={8} />
    )
  const others = (
    <ul className="grid gap-1 text-m empty:hidden">
      {mayChange ? (
        <li>
          <Link href="/evidence?tab=changes">{t('duty.waiting.changes')}</Link>
        </li>
      ) : null}
      {maySearch ? (
        <li>
          <Link href="/evidence?waiting=true">{t('duty.waiting.all')}</Link>
        </li>
      ) : null}
    </ul>
  )
  if (claims.length === 0 && after === null)
    return (
      <div className="grid gap-4">
        <Empty title={t('duty.waiting.empty')} text={t('duty.waiting.empty.text')} />
        {others}
      </div>
    )
  return (
    <div className="grid gap-8">
      <div className="grid gap-2">
        <p className="numbers text-m" role="status">
          {t('duty.waiting.count', { count: read.value.count })}
        </p>
        <p className="max-w-2xl text-m text-ink-2">{t('duty.waiting.how')}</p>
        {others}
      </div>
      {kinds.map(([type, ofKind]) => (
        <Kind key={type} title={typeText(words, type)} claims={ofKind} />
      ))}
      <div className="flex gap-3 print:hidden">
        {after === null ? null : <Button onClick={() => setAfter(null)}>{t('duty.first')}</Button>}
        {read.value.next === null ? null : (
          <Button onClick={() => setAfter(read.value?.next ?? null)}>{t('duty.next')}</Button>
        )}
      </div>
    </div>
  )
}

function Kind({ title, claims }: { title: string; claims: readonly Claim[] }) {
  const { t } = useWords()
  const [seen, setSeen] = useState<ReadonlySet<number>>(new Set())
  const [isAsking, setAsking] = useState(false)
  const chosen = claims.filter(({ claim }) => seen.has(claim))
  const tick = (claim: number, on: boolean) =>
    setSeen(new Set(on ? [...seen, claim] : [...seen].filter(one => one !== claim)))
  return (
    <section className="grid gap-2">
      <h2 className="flex items-baseline gap-2 border-b border-line-2 pb-1 text-l font-bold">
        {title}
        <span className="numbers text-m font-normal text-ink-2">{claims.length}</span>
      </h2>
      <ul>
        {claims.map(one => (
          <One
            key={one.claim}
            one={one}
            isSeen={seen.has(one.claim)}
            tick={on => tick(one.claim, on)}
          />
        ))}
      </ul>
      <div className="print:hidden">
        <Button disabled={chosen.length === 0} onClick={() => setAsking(true)}>
          {t('duty.accept.several', { count: chosen.length })}
        </Button>
      </div>
      {isAsking ? (
        <AcceptDialog title={title} claims={chosen} close={() => setAsking(false)} />
      ) : null}
    </section>
  )
}

/** The box is inside: nobody ticks what he has not opened. */
function One({ one, isSeen, tick }: { one: Claim; isSeen: boolean; tick(on: boolean): void }) {
  const { t } = useWords()
  return (
    <li className="border-b border-line">
      <details className="px-2 py-3" data-claim={one.claim}>
        <summary className="text-m">
          <span className="font-semibold">{one.title}</span>
          {one.subject === null ? null : <bdi className="numbers ml-3">{one.subject}</bdi>}
          <span className="ml-3 text-s text-ink-2">
            <bdi>{one.by ?? t('duty.somebody')}</bdi>
          </span>
          <span className="ml-3 text-s">
            <Time at={one.occurred} relative={false} />
          </span>
          {isSeen ? (
            <span className="ml-3">
              <Badge>{t('duty.looked')}</Badge>
            </span>
          ) : null}
        </summary>
        <div className="grid gap-4 pt-3 pl-5">
          <Body type={one.type} body={one.body} />
          <p className="text-s text-ink-2">
            {t('duty.told')} <Time at={one.recorded} />
          </p>
          <CheckBox
            id={`claim-${one.claim}`}
            name={`claim-${one.claim}`}
            label={t('duty.look')}
            value={isSeen}
            onChange={tick}
          />
          <Link href={hrefOf(one.id)} className="text-m">
            {t('duty.claim.open')}
          </Link>
        </div>
      </details>
    </li>
  )
}

function AcceptDialog(props: { title: string; claims: readonly Claim[]; close(): void }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const { title, claims, close } = props
  // What was confirmed is what is sent, also when the list below grows or shrinks meanwhile.
  const [asked] = useState(claims)
  const form = useForm('duty accept several', { note: '' })
  return (
    <Dialog open close={close} title={t('duty.accept.title')}>
      <Form
        form={form}
        submit={({ note }) =>
          post<AcceptSeveral>('/duties/accept/several', {
            body: {
              claims: asked.map(({ id, claim }) => ({ id, of: claim })),
              note: note.trim() === '' ? null : note,
            },
          })
        }
        done={({ value }) => {
          tell({ text: t('duty.accept.several.done', { count: value.accepted }) })
          close()
        }}
        submitText={t('duty.accept.several', { count: asked.length })}
        aside={<Button onClick={close}>{t('duty.cancel')}</Button>}
      >
        <p className="text-m">
          {t('duty.accept.several.text', { title, count: asked.length })} {t('duty.accept.text')}
        </p>
        <TextArea {...form.field('note', { label: t('duty.note') })} rows={3} maxLength={4_000} />
      </Form>
    </Dialog>
  )
}
