import { useEffect, useMemo } from 'react'
import { get } from '../../../core/ui/client.ts'
import { useHouse } from '../../../core/ui/house.tsx'
import { useKeys } from '../../../core/ui/keys.ts'
import { ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { problemText } from '../../../core/ui/problem.ts'
import { useRead } from '../../../core/ui/read.ts'
import type { Words } from '../../../core/ui/words.tsx'
import { useCatalogue, useWords } from '../../../core/ui/words.tsx'
import type { getPolicy, PolicyAnswer } from '../routes.ts'
import { isAsked, useAsked } from './asked.ts'
import { DocumentView } from './document.tsx'
import { Inspector } from './inspector.tsx'
import { Sections } from './sections.tsx'
import '../screen.css'

/** The policy itself, with a gutter of verdicts beside its sentences. */
export default function PolicyPage() {
  const words = useWords()
  const { t, locale } = words
  const { rest } = useHouse()
  const asking = useAsked()
  const { asked, open } = asking
  const policy = useRead(
    get<typeof getPolicy>('/policy', {
      query: asked.at === '' ? { locale } : { locale, at: asked.at },
    }),
  )

  const all = useMemo(() => statementsOf(policy.value), [policy.value])
  const seen = all.filter(statement => isAsked(statement, asked))
  const chosen = all.find(each => each.id === rest[0] || String(each.number) === rest[0])
  // Reasons, figures and names of controls are worded by the modules that judge.
  const isWorded = useCatalogue(...useMemo(() => modulesOf(all), [all]))

  const isRead = policy.value !== null
  useEffect(() => {
    document.getElementById(`statement-${chosen?.id}`)?.scrollIntoView({ block: 'nearest' })
  }, [chosen?.id, isRead])

  const step = (by: 1 | -1) => {
    const at = seen.findIndex(each => each.id === chosen?.id)
    const next = at < 0 ? (by > 0 ? seen[0] : seen.at(-1)) : seen[at + by]
    if (next) open(next.id, { replace: chosen !== undefined })
  }
  useKeys([
    { press: 'j', says: t('policy.keys.next'), run: () => step(1) },
    { press: 'k', says: t('policy.keys.previous'), run: () => step(-1) },
    { press: '/', says: t('policy.keys.search'), run: focusOnSearch },
    { press: 'p', says: t('policy.keys.prove'), run: prove },
    { press: 'Escape', says: t('policy.keys.close'), run: () => chosen && open(null) },
  ])

  if (policy.value === null) {
    return (
      <div className="mx-auto min-h-[70vh] max-w-3xl px-5 py-8">
        {policy.problem === null ? (
          <Skeleton rows={8} />
        ) : (
          <ProblemNotice problem={policy.problem} again={policy.again} />
        )}
      </div>
    )
  }
  const outdated = policy.problem === null ? null : problemText(words, policy.problem).what
  return (
    <div
      className={`policy ${chosen ? 'has-chosen' : ''} ${outdated === null ? '' : 'is-outdated'}`}
    >
      <Sections policy={policy.value} chosen={chosen?.id ?? null} words={words} />
      <DocumentView
        policy={policy.value}
        seen={new Set(seen.map(each => each.id))}
        chosen={chosen?.id ?? null}
        {...{ ...asking, all, isWorded, outdated, words }}
      />
      {chosen && isWorded ? (
        <Inspector
          key={chosen.id}
          statement={chosen}
          policy={policy.value}
          close={() => open(null)}
          words={words}
        />
      ) : (
        <Hint name={chosen ? undefined : rest[0]} words={words} />
      )}
    </div>
  )
}

const statementsOf = (policy: PolicyAnswer | null) =>
  policy?.sections.flatMap(section => section.groups.flatMap(group => group.statements)) ?? []

/** A control's id begins with that of its module: `protect.network.tls`. */
const modulesOf = (statements: ReturnType<typeof statementsOf>): readonly string[] => [
  ...new Set(
    statements.flatMap(({ verdict }) =>
      verdict.controls.map(control => control.split('.').slice(0, 2).join('.')),
    ),
  ),
]

const focusOnSearch = () => document.getElementById('policy-search')?.focus()
const prove = () => document.getElementById('policy-prove')?.click()

function Hint({ name, words: { t } }: { name: string | undefined; words: Words }) {
  const keys = [
    ['j', 'policy.keys.next'],
    ['k', 'policy.keys.previous'],
    ['/', 'policy.keys.search'],
    ['p', 'policy.keys.prove'],
    ['Esc', 'policy.keys.close'],
    ['?', 'shell.keys.help'],
  ] as const
  return (
    <aside className="policy-hint" aria-label={t('policy.inspector')}>
      {name ? <p role="alert">{t('policy.none.such', { name: name.slice(0, 40) })}</p> : null}
      <p>{t('policy.choose')}</p>
      <dl className="policy-keys">
        {keys.map(([key, id]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(id)}</dd>
          </div>
        ))}
      </dl>
    </aside>
  )
}
