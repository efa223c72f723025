import { exceptionGranted } from '../../core/facts.ts'
import { defineSample, type Story } from '../../core/sample/story.ts'
import { exceptionRequested } from './facts.ts'

type Asked = Readonly<{
  control: string
  subject: string
  /** Days before the end of the year on which it is asked for, and days after the asking that it lasts. */
  before: number
  days: number
  isGranted: boolean
  reason: string
  measure: string
}>

const asked: readonly Asked[] = [
  {
    ...{ control: 'protect.key.rotated-in-time', subject: 'k-d1' },
    ...{ before: 12, days: 75, isGranted: true },
    reason: '基幹データベースの移行が終わるまで、鍵を替えると停止時間が許容を超えるため。',
    measure: '鍵の利用を毎日点検し、復号できる担当者を 2 名に限る。',
  },
  {
    ...{ control: 'protect.data.databases-encrypted', subject: 'database-008' },
    ...{ before: 3, days: 60, isGranted: false },
    reason: '新しい集計用データベースの暗号化が、製品側の不具合で進まないため。',
    measure: '個人情報を置かず、接続元を集計サーバーだけに絞る。',
  },
  {
    ...{ control: 'protect.hardening.edr-on-every-endpoint', subject: 'endpoint-117' },
    ...{ before: 110, days: 80, isGranted: true },
    reason: '検証用の端末で、EDR が測定器の制御ソフトを止めてしまうため。',
    measure: '社内網から切り離し、持ち出しを禁じる。',
  },
]

/** One exception is in force, one waits for somebody else to agree, and one has run out. */
export default defineSample(story => {
  for (const one of asked) tellOne(story, one)
})

function tellOne({ year, company, tell }: Story, one: Asked): void {
  const { control, subject, before, days, isGranted, reason, measure } = one
  const about = { control, subject }
  const askedMs = year.at(year.before(before), '10:00')
  const untilMs = year.at(year.before(before), '00:00') + days * 86_400_000
  const [requester, approver] = [company.holder('infrastructure'), company.holder('ciso')]
  const text = (value: string) => ({ value, person: null })
  tell(
    exceptionRequested,
    askedMs,
    { ...about, until: year.date(untilMs - 1) },
    {
      who: { by: requester.number },
      private: { reason: text(reason), measure: text(measure) },
    },
  )
  if (!isGranted) return
  tell(
    exceptionGranted,
    askedMs + 86_400_000,
    { ...about, until: year.instant(untilMs) },
    {
      who: { by: approver.number, requester: requester.number, approver: approver.number },
      private: { reason: text(reason) },
    },
  )
}
