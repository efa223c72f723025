import { get } from '../../../core/ui/client.ts'
import { useHouse } from '../../../core/ui/house.tsx'
import { ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { Tabs } from '../../../core/ui/tabs.tsx'
import { VerdictMark } from '../../../core/ui/verdict.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { getFrameworks } from '../desk-routes.ts'
import type { Requirements } from '../requirements.ts'
import type { Words } from '../words.ts'
import { frameworkNames, Tally } from './marks.tsx'
import '../screen.css'

/** Frameworks and laws, requirement by requirement: which sentences serve it, and which none serves. */
export default function FrameworksPage() {
  const words = useWords()
  const { t, locale } = words
  const { rest, go } = useHouse()
  const read = useRead(get<typeof getFrameworks>('/policy/frameworks', { query: { locale } }))
  const all = read.value?.frameworks ?? []
  const [first] = all
  const open = all.find(each => each.id === rest[0]) ?? first
  return (
    <div className="mx-auto max-w-5xl px-4 py-8 sm:px-6">
      <h1 className="text-2xl">{t('frameworks.title')}</h1>
      <p className="mt-1 mb-5 max-w-3xl text-m text-ink-2">{t('frameworks.text')}</p>
      {open ? (
        <Tabs
          label={t('frameworks.title')}
          open={open.id}
          onOpen={id => go([id], { replace: true })}
          tabs={all.map(each => ({
            id: each.id,
            title: frameworkNames[each.id] ?? each.name ?? t(`policy.law.${each.id}`),
            body: <View of={each} words={words} />,
          }))}
        />
      ) : read.problem ? (
        <ProblemNotice problem={read.problem} again={read.again} />
      ) : (
        <Skeleton rows={8} />
      )}
    </div>
  )
}

function View({ of: { id, name, requirements }, words }: { of: Requirements; words: Words }) {
  const { t } = words
  const gaps = requirements.filter(each => each.statements.length === 0)
  const served = requirements.filter(each => each.statements.length > 0)
  const kind = name === null ? 'law' : 'framework'
  return (
    <div className="grid gap-8">
      <p className="numbers text-m">
        {t('frameworks.served', { count: served.length, total: requirements.length })}
      </p>
      {gaps.length === 0 ? null : (
        <section className="rounded-md border border-l-4 border-line-2 border-l-unknown px-4 py-3">
          <h2 className="text-l">{t('frameworks.gaps', { count: gaps.length })}</h2>
          <p className="text-s text-ink-2">{t('frameworks.gaps.text')}</p>
          <ul className="mt-3 grid gap-x-6 gap-y-1 text-m sm:grid-cols-2">
            {gaps.map(gap => (
              <li key={gap.id} className="flex gap-3">
                <span className="numbers w-20 flex-none font-semibold">{gap.id}</span>
                <span>{gap.label}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <ul className="border-t border-line">
        {served.map(requirement => (
          <li
            key={requirement.id}
            className="grid gap-x-4 gap-y-1 border-b border-line py-2.5 sm:grid-cols-[16rem_1fr_auto]"
          >
            <a
              href={`/policy?${new URLSearchParams({ [kind]: id, requirement: requirement.id })}`}
              className="text-m"
            >
              <span className="numbers font-semibold">{requirement.id}</span>
              {requirement.label === null ? null : (
                <span className="block text-s text-ink-2">{requirement.label}</span>
              )}
            </a>
            <ul className="flex flex-wrap content-start gap-1.5">
              {requirement.statements.map(each => (
                <li key={each.id}>
                  <a
                    href={`/policy/${each.id}`}
                    className="numbers inline-flex min-h-6 items-center gap-1 rounded border border-line-2 px-1.5 text-s no-underline hover:bg-paper-2"
                  >
                    <VerdictMark status={each.status} label={t(`status.${each.status}`)} />
                    {each.number}
                  </a>
                </li>
              ))}
            </ul>
            <Tally items={requirement.statements} words={words} />
          </li>
        ))}
      </ul>
    </div>
  )
}
