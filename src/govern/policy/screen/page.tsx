import { useEffect, useMemo, useState } from 'react'
import type { ScreenProps } from '../../../core/http/screen.ts'
import type { PolicyAnswer } from '../routes.ts'
import type { Status } from '../view.ts'
import { problemText } from '../words.ts'
import { DocumentView } from './document.tsx'
import { Inspector } from './inspector.tsx'
import { useKeys } from './keys.ts'
import { useRead } from './read.ts'
import { Sections } from './sections.tsx'

/** The policy itself, with a gutter of verdicts beside its sentences. */
export function PolicyPage(props: ScreenProps) {
  const { t, get, locale, size, place, go } = props
  const policy = useRead<PolicyAnswer>(get, `/policy?locale=${locale}`, size)
  const [filter, setFilter] = useState<Status | null>(null)
  const [search, setSearch] = useState('')
  const [help, setHelp] = useState(false)

  const all = useMemo(
    () =>
      policy.value?.sections.flatMap(section =>
        section.groups.flatMap(group => group.statements),
      ) ?? [],
    [policy.value],
  )
  const seen = useMemo(() => {
    const wanted = search.trim().toLocaleLowerCase()
    return all.filter(
      statement =>
        (filter === null || statement.verdict.status === filter) &&
        (wanted === '' ||
          `${statement.number} ${statement.id} ${statement.text}`
            .toLocaleLowerCase()
            .includes(wanted)),
    )
  }, [all, filter, search])
  const chosen = all.find(each => each.id === place[0] || String(each.number) === place[0])

  const isRead = policy.value !== null
  useEffect(() => {
    document.getElementById(`statement-${chosen?.id}`)?.scrollIntoView({ block: 'nearest' })
  }, [chosen?.id, isRead])

  useKeys({
    step(by) {
      const at = seen.findIndex(each => each.id === chosen?.id)
      const next = at < 0 ? (by > 0 ? seen[0] : seen.at(-1)) : seen[at + by]
      if (next) go([next.id], { replace: chosen !== undefined })
    },
    close() {
      if (help) setHelp(false)
      else if (chosen) go([])
    },
    search: () => document.getElementById('policy-search')?.focus(),
    prove: () => document.getElementById('policy-prove')?.click(),
    help: () => setHelp(!help),
  })

  if (policy.value === null) {
    if (policy.problem === null) return <div className="policy-wait" aria-busy="true" />
    return (
      <div className="shell-page" role="alert">
        <h1>{problemText(props, policy.problem).what}</h1>
        <p>{problemText(props, policy.problem).remedy}</p>
      </div>
    )
  }
  const outdated = policy.problem === null ? null : problemText(props, policy.problem).what
  return (
    <div
      className={`policy ${chosen ? 'has-chosen' : ''} ${outdated === null ? '' : 'is-outdated'}`}
    >
      <Sections policy={policy.value} chosen={chosen?.id ?? null} words={props} />
      <DocumentView
        policy={policy.value}
        seen={new Set(seen.map(each => each.id))}
        chosen={chosen?.id ?? null}
        {...{ filter, setFilter, search, setSearch, outdated }}
        words={props}
      />
      {chosen ? (
        <Inspector
          key={chosen.id}
          statement={chosen}
          now={policy.value.now}
          close={() => go([])}
          {...props}
        />
      ) : (
        <aside className="policy-hint">
          {place[0] ? (
            <p role="alert">{t('policy.none.such', { name: place[0].slice(0, 40) })}</p>
          ) : null}
          <p>{t('policy.choose')}</p>
          <Keys t={t} />
        </aside>
      )}
      {help ? (
        <dialog open className="policy-help" aria-label={t('policy.keys')}>
          <h2>{t('policy.keys')}</h2>
          <Keys t={t} />
          <button type="button" autoFocus onClick={() => setHelp(false)}>
            {t('policy.close')}
          </button>
        </dialog>
      ) : null}
    </div>
  )
}

function Keys({ t }: Pick<ScreenProps, 't'>) {
  const keys = [
    ['j', 'policy.keys.next'],
    ['k', 'policy.keys.previous'],
    ['/', 'policy.keys.search'],
    ['p', 'policy.keys.prove'],
    ['Esc', 'policy.keys.close'],
    ['?', 'policy.keys.help'],
  ] as const
  return (
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
  )
}
