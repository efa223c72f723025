import { useState } from 'react'
import { sendFile } from '../../ui/client.ts'
import { useHouse } from '../../ui/house.tsx'
import { CheckBox } from '../../ui/inputs.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useWords } from '../../ui/words.tsx'
import type { About, Import } from './asks.ts'
import { Complaints, FileDialog } from './file-dialog.tsx'
import { ImportColumns } from './import-columns.tsx'
import { labelOf } from './words.ts'

type Answer = NonNullable<ReturnType<typeof sendFile<Import>>['answer']>

/** One entry may always leave; of more than a tenth a person says that he means it (as the server asks). */
const leaveShareMax = 0.1

/** A file as the whole list of one source: what is not in it any more leaves. */
export function ImportFile({ about, close }: { about: About; close(): void }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const [isMeant, setMeant] = useState(false)
  const [leaves, setLeaves] = useState(0)
  const known = about.sources.find(({ source }) => source !== 'register')
  const asksFor = ({ leaves: count, present }: Answer) =>
    count > 1 && count > present * leaveShareMax
  return (
    <FileDialog<Answer>
      about={about}
      title={t('register.import')}
      text={t('register.import.text')}
      source={known?.source ?? ''}
      fields={<ImportColumns about={about} />}
      close={close}
      ask={({ file, query }) =>
        sendFile<Import>(`/registers/${about.name}/import`, file, {
          query: { ...query, ...(query.dry === 'no' && isMeant && { leavers: leaves }) },
        })
      }
      isFit={answer =>
        answer.outcome !== 'refused' &&
        answer.enters + answer.changes + answer.leaves > 0 &&
        (!asksFor(answer) || isMeant)
      }
      runText={({ enters, changes, leaves }) =>
        t('register.import.run', { count: enters + changes + leaves })
      }
      done={({ enters, changes, leaves }) => {
        tell({ text: t('register.import.told', { enters, changes, leaves }) })
        close()
      }}
    >
      {answer => {
        if (answer.complaintCount > 0)
          return (
            <Complaints
              about={about}
              complaints={answer.complaints}
              count={answer.complaintCount}
            />
          )
        if (answer.leaves !== leaves) setLeaves(answer.leaves)
        return (
          <div className="grid gap-3">
            <Seen answer={answer} />
            <Differences about={about} answer={answer} />
            {asksFor(answer) ? (
              <CheckBox
                label={t('register.import.leavers', {
                  count: answer.leaves,
                  present: answer.present,
                })}
                value={isMeant}
                onChange={setMeant}
              />
            ) : null}
          </div>
        )
      }}
    </FileDialog>
  )
}

function Seen({ answer }: { answer: Answer }) {
  const { t } = useWords()
  const { read, rows, enters, changes, leaves } = answer
  const isSame = enters + changes + leaves === 0
  return (
    <Notice
      tone={isSame ? 'told' : 'next'}
      title={isSame ? t('register.import.nothing') : t('register.import.would')}
    >
      <p className="text-ink-2">
        {t('register.file.read', { format: read.format, encoding: read.encoding, rows })}
      </p>
      {isSame ? null : (
        <dl className="grid grid-cols-3 gap-3">
          {Object.entries({ enters, changes, leaves }).map(([name, count]) => (
            <div key={name}>
              <dt className="text-s text-ink-2">{t(`register.import.${name}`)}</dt>
              <dd className="numbers m-0 text-l font-bold">{count}</dd>
            </div>
          ))}
        </dl>
      )}
    </Notice>
  )
}

const signs: Readonly<Record<string, string>> = { enters: '+', changes: '±', leaves: '−' }

function Differences({ about, answer }: { about: About; answer: Answer }) {
  const words = useWords()
  const { t } = words
  const labels = new Map(about.columns.map(({ name, label }) => [name, labelOf(label, words)]))
  const { differences, enters, changes, leaves } = answer
  const rest = enters + changes + leaves - differences.length
  if (differences.length === 0) return null
  return (
    <details>
      <summary className="font-semibold">{t('register.import.differences')}</summary>
      <ul className="mt-2 grid max-h-60 gap-1 overflow-y-auto">
        {differences.map(({ kind, label, what }) => (
          <li key={`${kind} ${label}`} className="flex gap-2">
            <span aria-hidden="true" className="numbers w-4 text-center font-bold">
              {signs[kind]}
            </span>
            <span className="sr-only">{t(`register.import.${kind}`)}</span>
            <bdi className="[overflow-wrap:anywhere]">{label}</bdi>
            <span className="text-ink-2">
              {what.map(name => labels.get(name) ?? name).join(t('register.and'))}
            </span>
          </li>
        ))}
      </ul>
      {rest > 0 ? <p className="text-ink-2">{t('register.more', { count: rest })}</p> : null}
    </details>
  )
}
