import { useState } from 'react'
import { Button, Link } from '../../../core/ui/button.tsx'
import { get } from '../../../core/ui/client.ts'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { Notice, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { Time } from '../../../core/ui/time.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { GetRunbook } from '../runbook/routes.ts'
import { OnPaper, Page, Part } from './parts.tsx'
import { RunbookForm } from './runbook-form.tsx'
import { ImportDialog } from './runbook-import.tsx'

export type Runbook = Awaited<ReturnType<GetRunbook['run']>>

/** One runbook as it is gone by: on a screen, on paper, and while it is being written. */
export function RunbookPage({ id }: { id: string }) {
  const { t, locale } = useWords()
  const { search, rest, go } = useHouse()
  const mayWrite = useMay('runbook.write')
  const [isImporting, setImporting] = useState(false)
  const isWriting = search['do'] === 'write' && mayWrite
  const version = search['version']
  const query = { id, locale, ...(version !== undefined && { version }) }
  const read = useRead(get<GetRunbook>('/runbooks/one', { query }))
  const { value, problem } = read
  return (
    <Page>
      <p className="print:hidden">
        <Link href="/runbooks">{t('runbook.back')}</Link>
      </p>
      {value === null ? (
        problem ? (
          <>
            <h1 className="text-2xl font-bold">{t('drill.runbook')}</h1>
            <ProblemNotice problem={problem} again={read.again} />
          </>
        ) : (
          <Skeleton rows={8} />
        )
      ) : (
        <>
          <Head runbook={value} />
          {isWriting ? (
            <RunbookForm runbook={value} close={() => go(rest, { search: { do: undefined } })} />
          ) : (
            <>
              <Acts runbook={value} openImport={() => setImporting(true)} />
              <Body runbook={value} />
            </>
          )}
          {isImporting ? (
            <ImportDialog id={value.runbook} close={() => setImporting(false)} />
          ) : null}
        </>
      )}
    </Page>
  )
}

function Head({ runbook }: { runbook: Runbook }) {
  const { t } = useWords()
  const { steps, version } = runbook
  const minutes = steps.reduce((sum, step) => sum + step.minutes, 0)
  return (
    <header className="grid gap-2">
      <h1 className="text-2xl font-bold">
        <bdi>{runbook.runbook}</bdi>
      </h1>
      <p className="flex flex-wrap gap-x-4 text-m">
        <bdi>{t('runbook.about', { about: runbook.about })}</bdi>
        <span>{version === null ? t('runbook.unwritten') : t('runbook.version', { version })}</span>
        {steps.length === 0 ? null : (
          <span>{t('runbook.total', { steps: steps.length, minutes })}</span>
        )}
      </p>
      {runbook.isNewest ? null : (
        <Notice title={t('runbook.old')}>
          <Link href={`/runbooks/${runbook.runbook}`}>{t('runbook.to.newest')}</Link>
        </Notice>
      )}
      {runbook.isWhole || runbook.steps.length === 0 ? null : (
        <Notice tone="failed" title={t('runbook.altered.title')}>
          <p>{t('runbook.altered.text')}</p>
        </Notice>
      )}
    </header>
  )
}

function Acts({ runbook, openImport }: { runbook: Runbook; openImport(): void }) {
  const { t } = useWords()
  const mayWrite = useMay('runbook.write')
  const mayLead = useMay('drill.lead')
  const isWritten = runbook.steps.length > 0
  if (!runbook.isNewest) return null
  return (
    <p className="flex flex-wrap gap-2 print:hidden">
      {mayWrite ? (
        <>
          <Link look={isWritten ? 'plain' : 'next'} href={`/runbooks/${runbook.runbook}?do=write`}>
            {t(isWritten ? 'runbook.write' : 'runbook.write.first')}
          </Link>
          <Button onClick={openImport}>{t('runbook.import')}</Button>
        </>
      ) : null}
      {mayLead && isWritten && runbook.isWhole ? (
        <Link look="plain" href={`/drills?runbook=${encodeURIComponent(runbook.runbook)}`}>
          {t('runbook.drill')}
        </Link>
      ) : null}
      {isWritten ? <Button onClick={() => print()}>{t('drill.print')}</Button> : null}
    </p>
  )
}

function Body({ runbook }: { runbook: Runbook }) {
  const { t } = useWords()
  return (
    <div className="grid gap-x-12 gap-y-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <Part title={t('drill.steps')}>
        {runbook.steps.length === 0 ? (
          <p className="text-m text-ink-2">
            {t(runbook.version === null ? 'runbook.unwritten' : 'runbook.elsewhere')}
          </p>
        ) : (
          <ol className="grid gap-3">
            {runbook.steps.map((step, nth) => (
              <li
                // Steps have no name but their place.
                key={nth}
                className="grid break-inside-avoid gap-1.5 border-l-4 border-line-2 pl-4"
              >
                <h3 className="text-m font-bold">
                  {t('runbook.step', { step: nth + 1 })} · {step.roleName}
                </h3>
                <p className="text-l">
                  <bdi>{step.todo}</bdi>
                </p>
                <p className="text-m text-ink-2">
                  <bdi>{t('drill.sign', { sign: step.sign })}</bdi>
                </p>
                <p className="flex flex-wrap gap-x-4 text-m text-ink-2">
                  <span>{t('drill.minutes', { minutes: step.minutes })}</span>
                  {step.system === null ? null : (
                    <bdi>{t('drill.system', { system: step.system })}</bdi>
                  )}
                </p>
                <OnPaper />
              </li>
            ))}
          </ol>
        )}
      </Part>
      {runbook.versions.length === 0 ? null : (
        <Part title={t('runbook.versions')}>
          <ol className="grid gap-2 text-m">
            {runbook.versions.map(({ version, at, by }) => (
              <li key={version} className="grid">
                <span className="font-semibold">
                  {version === runbook.version ? (
                    t('runbook.version', { version })
                  ) : (
                    <Link href={`/runbooks/${runbook.runbook}?version=${version}`}>
                      {t('runbook.version', { version })}
                    </Link>
                  )}
                </span>
                <span className="text-s text-ink-2">
                  <Time at={at} relative={false} />
                  {by === null ? null : <bdi className="ml-2">{by}</bdi>}
                </span>
              </li>
            ))}
          </ol>
          {runbook.hash === null ? null : (
            <p className="text-s text-ink-2">
              {t('runbook.hash')} <code className="break-all">{runbook.hash}</code>
            </p>
          )}
        </Part>
      )}
    </div>
  )
}
