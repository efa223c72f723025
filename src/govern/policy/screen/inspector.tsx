import { useEffect, useMemo, useRef, useState } from 'react'
import { formatDuration, formatRelative } from '../../../core/i18n/time.ts'
import { IconButton } from '../../../core/ui/button.tsx'
import { get } from '../../../core/ui/client.ts'
import { Body } from '../../../core/ui/fact-body.tsx'
import { modulesOf, typeText } from '../../../core/ui/fact-names.ts'
import { problemText } from '../../../core/ui/problem.ts'
import { useRead } from '../../../core/ui/read.ts'
import { VerdictMark } from '../../../core/ui/verdict.tsx'
import { useCatalogue } from '../../../core/ui/words.tsx'
import type { Explained, FactView } from '../explain.ts'
import type { getStatement, PolicyAnswer } from '../routes.ts'
import type { Words } from '../words.ts'
import { assumedOf, beginOf, conclusionText, instantText, reasonText, timesOf } from '../words.ts'
import { Controls } from './controls.tsx'
import type { StatementAnswer } from './document.tsx'
import { Findings } from './findings.tsx'
import { dayText } from './history.tsx'
import { frameworkNames } from './marks.tsx'
import { Part } from './part.tsx'
import type { Proofs } from './prove.tsx'
import { Download, ProofLine, ProveAll } from './prove.tsx'
import { Year } from './year.tsx'

type Props = Readonly<{
  statement: StatementAnswer
  /** The server's time: a laptop's clock may be wrong by a day. */
  policy: Pick<PolicyAnswer, 'now' | 'day' | 'isPast'>
  close(): void
  words: Words
}>

/** One sentence: is it kept, since when, how do we know, and the proof. */
export function Inspector(props: Props) {
  const { statement, policy, close, words } = props
  const { t } = words
  const { verdict } = statement
  const read = useRead(
    get<typeof getStatement>('/policy/statements/{id}', {
      params: { id: statement.id },
      query: policy.isPast ? { at: policy.day } : {},
    }),
  )
  const [proofs, setProofs] = useState<Proofs>(new Map())
  const explained = read.value
  const begin = beginOf(words, verdict.controls)
  const facts = useMemo(
    () => (explained ? [...explained.evidence, ...explained.conclusions] : []),
    [explained],
  )
  useCatalogue(...useMemo(() => modulesOf(facts), [facts]))
  return (
    <aside className="policy-inspector" aria-label={t('policy.inspector')}>
      <header>
        <p className="policy-name numbers">
          {statement.number} <span>{statement.id}</span>
        </p>
        <IconButton icon="close" label={t('policy.close')} onClick={close} />
      </header>
      {policy.isPast ? (
        <p className="font-semibold">{t('policy.at.title', { day: dayText(words, policy.day) })}</p>
      ) : null}
      <p className="policy-quote">{statement.text}</p>
      <div className={`policy-verdict is-${verdict.status}`}>
        <p className="policy-status">
          <VerdictMark status={verdict.status} />
          <strong>{t(`status.${verdict.status}`)}</strong>
        </p>
        <p>{reasonText(words, verdict.reason)}</p>
        {assumedOf(words, verdict.reason) ? (
          <p className="policy-small">
            {t('policy.assumed', { names: assumedOf(words, verdict.reason) })}
          </p>
        ) : null}
        {verdict.since === null ? null : (
          <Since instant={verdict.since} now={policy.now} words={words} />
        )}
        {explained?.trust ? (
          <p className="policy-small">
            {t('policy.rests.on', { trust: t(`trust.${explained.trust}`) })}
          </p>
        ) : null}
      </div>
      {read.problem ? <p role="alert">{problemText(words, read.problem).what}</p> : null}
      {facts.length > 0 ? (
        <ProveAll facts={facts} t={t} proofs={proofs} setProofs={setProofs} />
      ) : null}
      {explained ? <Year explained={explained} words={words} /> : null}
      {explained ? <Controls explained={explained} isPast={policy.isPast} words={words} /> : null}
      {verdict.status === 'unknown' && begin.length > 0 ? (
        <Part title={t('policy.begin')}>
          {begin.map(text => (
            <p key={text}>{text}</p>
          ))}
        </Part>
      ) : null}
      {verdict.status === 'unknown' && statement.evidence ? (
        <Part title={t('policy.evidence.wanted')}>
          <p>{statement.evidence}</p>
        </Part>
      ) : null}
      {explained && explained.evidence.length > 0 ? (
        <Part title={t('policy.evidence')}>
          {explained.evidence.map(fact => (
            <Fact key={fact.pos} fact={fact} proofs={proofs} words={words} />
          ))}
        </Part>
      ) : null}
      {explained && explained.conclusions.length > 0 ? (
        <details className="policy-part">
          <summary>{t('policy.conclusions')}</summary>
          {explained.conclusions.map(fact => (
            <Fact key={fact.pos} fact={fact} proofs={proofs} words={words} />
          ))}
        </details>
      ) : null}
      {explained && explained.history.length > 0 ? (
        <History explained={explained} words={words} />
      ) : null}
      {policy.isPast ? null : <Findings number={statement.number} words={words} />}
      <About statement={statement} words={words} />
    </aside>
  )
}

function Since({ instant, now, words }: { instant: string; now: string; words: Words }) {
  const relative = formatRelative(words.locale, instant, Date.parse(now))
  const shown = instantText(words, instant)
  return (
    <p className="policy-small numbers">{words.t('policy.since', { instant: shown, relative })}</p>
  )
}

function Fact({ fact, proofs, words }: { fact: FactView; proofs: Proofs; words: Words }) {
  const proof = proofs.get(fact.pos)
  const isHere = useRef<HTMLDetailsElement>(null)
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    // A proof that fails must not stay folded away.
    if (proof && 'why' in proof && isHere.current) isHere.current.open = true
  }, [proof])
  return (
    <details
      className="policy-fact"
      ref={isHere}
      onToggle={event => setOpen(event.currentTarget.open)}
    >
      <summary>
        <span className="numbers">#{fact.pos}</span> {typeText(words, fact.type)}
        <span className="policy-small">
          {conclusionText(words, fact) ?? `${words.t(`trust.${fact.trust}`)} · ${fact.source}`}
        </span>
        {proof ? <ProofLine proof={proof} words={words} /> : null}
      </summary>
      <dl className="policy-times numbers">
        {timesOf(words, fact).map(time => (
          <div key={time.name}>
            <dt>{time.name}</dt>
            <dd>{time.value}</dd>
          </div>
        ))}
      </dl>
      <div className="policy-body">
        {/* How whom it names is called is asked for when somebody looks. */}
        {isOpen ? <Body type={fact.type} body={fact.body} /> : null}
      </div>
      {proof && 'given' in proof ? <Download proof={proof} t={words.t} /> : null}
      {fact.because.length > 0 ? (
        <p className="policy-small numbers">
          {words.t('policy.because')} {fact.because.map(pos => `#${pos}`).join(' ')}
        </p>
      ) : null}
    </details>
  )
}

function History({ explained, words }: { explained: Explained; words: Words }) {
  return (
    <details className="policy-part">
      <summary>{words.t('policy.history')}</summary>
      <ol className="policy-history numbers">
        {explained.history.map(entry => {
          return (
            <li key={entry.pos}>
              <VerdictMark status={entry.status} label={words.t(`status.${entry.status}`)} />
              <span>
                {instantText(words, entry.at)}
                <span className="policy-small">
                  {reasonText(words, { code: entry.code, args: {} })}
                  {entry.what === 'control' ? ` · ${controlText(words, entry.about)}` : ''}
                </span>
              </span>
            </li>
          )
        })}
      </ol>
    </details>
  )
}

/** By its title, where its catalogue is here. */
const controlText = ({ t, has }: Words, control: string): string =>
  has(`control.${control}`) ? t(`control.${control}`) : control

function About({ statement, words }: { statement: StatementAnswer; words: Words }) {
  const { t, locale } = words
  const lines: [string, string][] = [
    [t('policy.owner'), statement.owner],
    [t('policy.kind'), t(`kind.${statement.kind}`)],
    [t('policy.period'), statement.period ? formatDuration(locale, statement.period) : ''],
    [t('policy.population'), statement.population ?? ''],
    ...Object.entries(statement.frameworks).map(([name, ids]): [string, string] => [
      frameworkNames[name] ?? name,
      ids.join(', '),
    ]),
    [t('policy.laws'), statement.laws.join('\n')],
    [t('policy.note'), statement.note ?? ''],
  ]
  return (
    <Part title={t('policy.about')}>
      <dl className="policy-fields">
        {lines
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </Part>
  )
}
