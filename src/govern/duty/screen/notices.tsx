import { Button } from '../../../core/ui/button.tsx'
import { get } from '../../../core/ui/client.ts'
import { useHouse } from '../../../core/ui/house.tsx'
import { Empty, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { Badge } from '../../../core/ui/verdict.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { GetNotices } from '../routes.ts'

/** What people were told, and the text to pass on where no mail was sent. */
export function Notices() {
  const { t, locale } = useWords()
  const { tell, session } = useHouse()
  const read = useRead(get<GetNotices>('/duties/notices', { query: { locale } }))
  if (read.value === null)
    return read.problem ? (
      <ProblemNotice problem={read.problem} again={read.again} />
    ) : (
      <Skeleton rows={6} />
    )
  const { notices } = read.value
  if (notices.length === 0)
    return <Empty title={t('duty.notices.empty')} text={t('duty.notices.empty.text')} />
  // What is never sent is not on its way.
  const stateOf = (state: string) =>
    t(`duty.notice.${session.isSample && state === 'open' ? 'diverted' : state}`)
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text)
    tell({ text: t('duty.calendar.copied') })
  }
  return (
    <ul className="grid">
      {notices.map(one => (
        <li key={one.notice} className="border-b border-line py-2">
          <details>
            <summary className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1 text-m">
              <span className="numbers text-ink-2">{one.day}</span>
              <bdi className="font-semibold">{one.name ?? one.person}</bdi>
              <span>{one.subject}</span>
              <Badge>{stateOf(one.state)}</Badge>
            </summary>
            <div className="grid gap-2 py-2">
              <pre className="overflow-x-auto rounded-md bg-paper-2 p-3 text-s whitespace-pre-wrap">
                {one.text}
              </pre>
              <Button className="justify-self-start" onClick={() => void copy(one.text)}>
                {t('duty.calendar.copy')}
              </Button>
            </div>
          </details>
        </li>
      ))}
    </ul>
  )
}
