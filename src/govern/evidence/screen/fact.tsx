import type { ReactNode } from 'react'
import { useMemo } from 'react'
import { Link } from '../../../core/ui/button.tsx'
import { get } from '../../../core/ui/client.ts'
import { Body } from '../../../core/ui/fact-body.tsx'
import { modulesOf, slotText, typeText } from '../../../core/ui/fact-names.ts'
import { sizeText } from '../../../core/ui/file-field.tsx'
import { Icon } from '../../../core/ui/icon.tsx'
import { Notice, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { Time } from '../../../core/ui/time.tsx'
import { Trust } from '../../../core/ui/verdict.tsx'
import { useCatalogue, useWords } from '../../../core/ui/words.tsx'
import type { FactDetail, Row } from '../read.ts'
import type { GetFactDetail } from '../routes.ts'
import { Actions } from './actions.tsx'
import { Line } from './line.tsx'
import { Part } from './part.tsx'
import { Prove } from './prove.tsx'

/** One fact: what it says, its three times, its proof, what it rests on and what rests on it. */
export function FactPage({ pos }: { pos: number }) {
  const { t } = useWords()
  const read = useRead(
    get<GetFactDetail>('/evidence/facts/{pos}', { params: { pos: pos as never } }),
  )
  const detail = read.value
  const modules = useMemo(
    () => (detail === null ? [] : modulesOf([detail.fact, ...detail.because, ...detail.restsOnIt])),
    [detail],
  )
  useCatalogue(...modules)
  return (
    <div className="mx-auto grid max-w-6xl grid-cols-[minmax(0,1fr)] gap-5 px-5 py-8">
      <Link href="/evidence" className="text-m">
        {t('evidence.back')}
      </Link>
      {detail !== null ? (
        <Whole detail={detail} />
      ) : read.problem ? (
        <>
          <h1 className="text-2xl font-bold">{t('evidence.screen.title')}</h1>
          <ProblemNotice problem={read.problem} again={read.again} />
        </>
      ) : (
        <Skeleton rows={8} />
      )}
    </div>
  )
}

function Whole({ detail }: { detail: FactDetail }) {
  const words = useWords()
  const { t } = words
  const { fact } = detail
  return (
    <>
      <header className="grid gap-2">
        <h1 className="text-2xl font-bold">{typeText(words, fact.type)}</h1>
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-m text-ink-2">
          <span className="numbers">#{fact.pos}</span>
          <code>{fact.type}</code>
          <Trust trust={fact.trust} />
        </p>
      </header>
      <Said fact={fact} />
      <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="grid min-w-0 content-start gap-8">
          <Part title={t('evidence.body')}>
            <Body type={fact.type} body={fact.body} />
          </Part>
          <Private detail={detail} />
          <Files detail={detail} />
          <Around
            title={t('evidence.because')}
            none={t('evidence.because.none')}
            rows={detail.because}
          >
            {detail.range === null ? null : (
              <p className="numbers text-m">{t('evidence.range', { ...detail.range })}</p>
            )}
          </Around>
          <Around
            title={t('evidence.after')}
            none={t('evidence.after.none')}
            rows={detail.restsOnIt}
          />
          {detail.isCut ? <Notice title={t('evidence.cut')} /> : null}
        </div>
        <aside className="grid min-w-0 content-start gap-8" aria-label={t('evidence.about')}>
          <Times fact={fact} />
          <Part title={t('evidence.proof')}>
            <Prove fact={fact} given={detail.proof} />
          </Part>
          <Actions detail={detail} />
        </aside>
      </div>
    </>
  )
}

/** What was said of it since: it stays as it is, and this stands above it. */
function Said({ fact }: { fact: Row }) {
  const { t } = useWords()
  const told = fact.said.filter(({ what }) => what !== 'attached')
  if (told.length === 0) return null
  return (
    <Notice title={t('evidence.said.title')}>
      <ul>
        {told.map(one => (
          <li key={one.pos}>
            {t(`evidence.said.${one.what}`)} <a href={`/evidence/${one.pos}`}>#{one.pos}</a>
          </li>
        ))}
      </ul>
    </Notice>
  )
}

function Times({ fact }: { fact: Row }) {
  const { t } = useWords()
  return (
    <Part title={t('evidence.times')}>
      <dl className="grid gap-3 text-m">
        {(['occurred', 'observed', 'recorded'] as const).map(name => (
          <div key={name}>
            <dt className="text-s text-ink-2">{t(`time.${name}`)}</dt>
            <dd>
              <Time at={fact[name]} seconds />
            </dd>
          </div>
        ))}
        <div>
          <dt className="text-s text-ink-2">{t('evidence.source')}</dt>
          <dd>
            <bdi>{fact.source}</bdi>
          </dd>
        </div>
        <div>
          <dt className="text-s text-ink-2">{t('evidence.module')}</dt>
          <dd>
            <code>{fact.module}</code>
          </dd>
        </div>
      </dl>
    </Part>
  )
}

function Private({ detail }: { detail: FactDetail }) {
  const words = useWords()
  const { t } = words
  if (detail.private.length === 0) return null
  const { type } = detail.fact
  return (
    <Part title={t('evidence.private')}>
      <dl className="grid gap-x-6 gap-y-2 text-m sm:grid-cols-[12rem_minmax(0,1fr)]">
        {detail.private.map(({ slot, state, value }) => (
          <div key={slot} className="contents">
            <dt className="text-ink-2">{slotText(words, type, slot)}</dt>
            <dd className="min-w-0 whitespace-pre-wrap">
              {state === 'shown' ? <bdi>{value}</bdi> : <em>{t(`evidence.private.${state}`)}</em>}
            </dd>
          </div>
        ))}
      </dl>
    </Part>
  )
}

function Files({ detail }: { detail: FactDetail }) {
  const { t, locale } = useWords()
  if (detail.files.length + detail.links.length === 0) return null
  return (
    <Part title={t('evidence.files')}>
      <ul className="grid gap-2 text-m">
        {detail.files.map(file => (
          <li key={file.sha256} className="grid gap-0.5">
            <span className="flex flex-wrap items-center gap-2">
              <Icon name="file" />
              <a href={`/api/evidence/files/${file.sha256}`} download={file.name ?? file.sha256}>
                <bdi>{file.name ?? file.sha256.slice(0, 16)}</bdi>
              </a>
              <span className="numbers text-s text-ink-2">
                {file.mediaType} · {sizeText(locale, file.sizeBytes)}
              </span>
            </span>
            <code className="text-s break-all text-ink-2">{file.sha256}</code>
          </li>
        ))}
        {detail.links.map(link => (
          <li key={link}>
            <Link href={link} className="break-all">
              {link}
            </Link>
          </li>
        ))}
      </ul>
    </Part>
  )
}

function Around(props: {
  title: string
  none: string
  rows: readonly Row[]
  children?: ReactNode
}) {
  const { title, none, rows, children } = props
  return (
    <Part title={title}>
      {children}
      {rows.length === 0 ? (
        <p className="text-m text-ink-2">{none}</p>
      ) : (
        <ol>
          {rows.map(row => (
            <Line key={row.pos} fact={row} />
          ))}
        </ol>
      )}
    </Part>
  )
}
