import { useMay } from '../../../core/ui/house.tsx'
import { VerdictMark } from '../../../core/ui/verdict.tsx'
import type { PolicyAnswer } from '../routes.ts'
import type { Words } from '../words.ts'
import { instantText, reasonText } from '../words.ts'
import type { Asking } from './asked.ts'
import { Filters } from './filters.tsx'
import { dayText, HistorySlider } from './history.tsx'

export type StatementAnswer =
  PolicyAnswer['sections'][number]['groups'][number]['statements'][number]

type Props = Asking &
  Readonly<{
    policy: PolicyAnswer
    all: readonly StatementAnswer[]
    /** Ids of the statements that are asked for. */
    seen: ReadonlySet<string>
    chosen: string | null
    /** Why what is shown is no longer of now; null while it is. */
    outdated: string | null
    /** Whether the words of all reasons are there; sentences are read before. */
    isWorded: boolean
    words: Words
  }>

/** The document, set to be read, and beside every sentence its verdict. */
export function DocumentView(props: Props) {
  const { policy, all, seen, chosen, outdated, asked, words, hrefOf } = props
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
            now: policy.isPast ? dayText(words, policy.day) : instantText(words, policy.now),
          })}
        </p>
        <HistorySlider policy={policy} at={asked.at} ask={props.ask} words={words} />
        {policy.isPast ? (
          <div className="policy-next" role="note">
            <strong>{words.t('policy.at.title', { day: dayText(words, policy.day) })}</strong>
            <p>{words.t('policy.at.text')}</p>
          </div>
        ) : null}
        <Filters {...props} all={all} count={seen.size} />
        {policy.isPast ? null : <FirstSteps policy={policy} all={all} words={words} />}
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
                      href={hrefOf(each.id)}
                      isChosen={each.id === chosen}
                      isWorded={props.isWorded}
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

/** Where to begin, as long as nothing is known. */
function FirstSteps({ policy, all, words }: Pick<Props, 'policy' | 'all' | 'words'>) {
  const mayList = useMay('register.overview')
  if (policy.adopted === null) {
    return (
      <div className="policy-next" role="note">
        <strong>{words.t('policy.empty.title')}</strong>
        <p>{words.t('policy.empty.text')}</p>
      </div>
    )
  }
  if (all.some(({ verdict }) => verdict.status !== 'unknown')) return null
  return (
    <div className="policy-next" role="note">
      <strong>{words.t('policy.first.title')}</strong>
      <p>{words.t('policy.first.text')}</p>
      {mayList ? (
        <p>
          <a href="/registers">{words.t('policy.first.go')}</a>
        </p>
      ) : null}
    </div>
  )
}

function Sentence(props: {
  statement: StatementAnswer
  href: string
  isChosen: boolean
  isWorded: boolean
  words: Words
}) {
  const { statement, href, isChosen, isWorded, words } = props
  const { verdict } = statement
  // What waits for its control says nothing new a hundred times over; the inspector says it once.
  const isQuiet = ['awaits', 'not.adopted', 'no.control', 'no.verdict'].includes(
    verdict.reason.code,
  )
  return (
    <li
      id={`statement-${statement.id}`}
      data-status={verdict.status}
      className={`policy-sentence is-${verdict.status}`}
    >
      <a href={href} aria-current={isChosen ? 'true' : undefined}>
        <span className="policy-gutter">
          <VerdictMark status={verdict.status} label={words.t(`status.${verdict.status}`)} />
          <span className="numbers" title={statement.id}>
            {statement.number}
          </span>
        </span>
        <span className="policy-text">
          {statement.text}
          {isQuiet ? null : (
            // Its line is kept free, so that nothing jumps when the words come.
            <span className="policy-why">
              {isWorded ? reasonText(words, verdict.reason) : '\u00a0'}
            </span>
          )}
        </span>
      </a>
    </li>
  )
}
