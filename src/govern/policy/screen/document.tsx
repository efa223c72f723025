import { VerdictMark } from '../../../core/ui/verdict.tsx'
import type { PolicyAnswer } from '../routes.ts'
import type { Status } from '../view.ts'
import type { Words } from '../words.ts'
import { instantText, reasonText, tally } from '../words.ts'
import { shown } from './marks.tsx'

export type StatementAnswer =
  PolicyAnswer['sections'][number]['groups'][number]['statements'][number]

type Props = Readonly<{
  policy: PolicyAnswer
  /** Ids of the statements that the filter leaves. */
  seen: ReadonlySet<string>
  chosen: string | null
  filter: Status | null
  setFilter(filter: Status | null): void
  search: string
  setSearch(search: string): void
  /** Why what is shown is no longer of now; null while it is. */
  outdated: string | null
  words: Words
}>

/** The document, set to be read, and beside every sentence its verdict. */
export function DocumentView(props: Props) {
  const { policy, seen, chosen, outdated, words } = props
  return (
    <article className="policy-document">
      {outdated === null ? null : (
        <p className="policy-outdated" role="alert">
          {words.t('policy.outdated', { at: instantText(words, policy.now), why: outdated })}
        </p>
      )}
      <header className="policy-head">
        <h1>{policy.title}</h1>
        <p className="policy-version numbers">
          {words.t('policy.head', {
            version: policy.version,
            now: instantText(words, policy.now),
          })}
        </p>
        <Figures {...props} />
        {policy.adopted === null ? (
          <div className="policy-next" role="note">
            <strong>{words.t('policy.empty.title')}</strong>
            <p>{words.t('policy.empty.text')}</p>
          </div>
        ) : null}
      </header>
      {policy.sections.map(section => {
        const groups = section.groups
          .map(group => ({ ...group, statements: group.statements.filter(s => seen.has(s.id)) }))
          .filter(group => group.statements.length > 0)
        return groups.length === 0 ? null : (
          <section key={section.section} id={`section-${section.section}`}>
            <h2>
              <span className="numbers">{section.section}</span> {section.title}
            </h2>
            {groups.map(group => (
              <div key={group.group}>
                <h3>{group.title}</h3>
                <ol>
                  {group.statements.map(each => (
                    <Sentence
                      key={each.id}
                      statement={each}
                      isChosen={each.id === chosen}
                      words={words}
                    />
                  ))}
                </ol>
              </div>
            ))}
          </section>
        )
      })}
      {seen.size === 0 ? <p className="policy-none">{words.t('policy.none')}</p> : null}
    </article>
  )
}

/** The four numbers side by side, each a filter; and never one number for all. */
function Figures({ policy, filter, setFilter, search, setSearch, words }: Props) {
  const all = policy.sections.flatMap(s => s.groups.flatMap(g => g.statements.map(e => e.verdict)))
  const counts = tally(all)
  return (
    <div className="policy-figures">
      <div role="group" aria-label={words.t('policy.filter')}>
        {shown.map(status => (
          <button
            key={status}
            type="button"
            className={`is-${status}`}
            aria-pressed={filter === status}
            title={words.t(`status.${status}.means`)}
            onClick={() => setFilter(filter === status ? null : status)}
          >
            <VerdictMark status={status} />
            <span>{words.t(`status.${status}`)}</span>
            <b className="numbers">{counts[status]}</b>
          </button>
        ))}
      </div>
      <span className="policy-total numbers">{words.t('policy.total', { total: all.length })}</span>
      <input
        id="policy-search"
        type="search"
        value={search}
        placeholder={words.t('policy.search')}
        aria-label={words.t('policy.search')}
        onChange={event => setSearch(event.target.value)}
      />
    </div>
  )
}

function Sentence(props: { statement: StatementAnswer; isChosen: boolean; words: Words }) {
  const { statement, isChosen, words } = props
  const { verdict } = statement
  // What waits for its control says nothing new a hundred times over; the inspector says it once.
  const isQuiet = ['awaits', 'not.adopted', 'no.control', 'no.verdict'].includes(
    verdict.reason.code,
  )
  return (
    <li id={`statement-${statement.id}`} className={`policy-sentence is-${verdict.status}`}>
      <a href={`/policy/${statement.id}`} aria-current={isChosen ? 'true' : undefined}>
        <span className="policy-gutter">
          <VerdictMark status={verdict.status} label={words.t(`status.${verdict.status}`)} />
          <span className="numbers" title={statement.id}>
            {statement.number}
          </span>
        </span>
        <span className="policy-text">
          {statement.text}
          {isQuiet ? null : <span className="policy-why">{reasonText(words, verdict.reason)}</span>}
        </span>
      </a>
    </li>
  )
}
