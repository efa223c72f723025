import { useState } from 'react'
import { sendFile } from '../../ui/client.ts'
import { useHouse } from '../../ui/house.tsx'
import { Select } from '../../ui/inputs.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useWords } from '../../ui/words.tsx'
import type { About, Compare } from './asks.ts'
import { Complaints, FileDialog } from './file-dialog.tsx'
import { choiceText, labelOf } from './words.ts'

type Answer = NonNullable<ReturnType<typeof sendFile<Compare>>['answer']>

/** A second, independent list beside the register: what only one of them knows is found by this. */
export function CompareFile({ about, close }: { about: About; close(): void }) {
  const words = useWords()
  const { t } = words
  const { tell } = useHouse()
  const { column = '', choices: parts = [] } = about.comparable ?? {}
  const [of, setOf] = useState(parts[0] ?? '')
  return (
    <FileDialog<Answer>
      title={t('register.compare')}
      text={t('register.compare.text')}
      source=""
      close={close}
      fields={
        parts.length === 0 ? null : (
          <Select
            label={labelOf(`${about.name}.column.${column}`, words)}
            options={parts.map(value => ({
              value,
              text: choiceText(about, column, words)(value),
            }))}
            value={of}
            onChange={setOf}
          />
        )
      }
      ask={({ file, query }) =>
        sendFile<Compare>(`/registers/${about.name}/compare`, file, {
          query: { ...query, ...(of !== '' && { of }) },
        })
      }
      isFit={({ outcome }) => outcome !== 'refused'}
      runText={() => t('register.compare.run')}
      done={({ seen, missing, unlisted }) => {
        tell({ text: t('register.compare.told', { seen, missing, unlisted }) })
        close()
      }}
    >
      {answer =>
        answer.complaintCount > 0 ? (
          <Complaints about={about} complaints={answer.complaints} count={answer.complaintCount} />
        ) : (
          <Difference answer={answer} />
        )
      }
    </FileDialog>
  )
}

function Difference({ answer }: { answer: Answer }) {
  const { t } = useWords()
  const { seen, missing, unlisted, isDeclared, here, there } = answer
  const isSame = missing + unlisted === 0
  return (
    <Notice
      tone={isSame ? 'done' : 'next'}
      title={t('register.compare.told', { seen, missing, unlisted })}
    >
      {isDeclared ? null : <p>{t('register.compare.undeclared')}</p>}
      <Only title={t('register.compare.here')} labels={here} count={missing} />
      <Only title={t('register.compare.there')} labels={there} count={unlisted} />
    </Notice>
  )
}

function Only(props: { title: string; labels: readonly string[]; count: number }) {
  const { t } = useWords()
  const { title, labels, count } = props
  if (count === 0) return null
  return (
    <div>
      <p className="font-semibold">{title}</p>
      <ul className="max-h-40 overflow-y-auto">
        {labels.map(label => (
          <li key={label}>
            <bdi className="[overflow-wrap:anywhere]">{label}</bdi>
          </li>
        ))}
      </ul>
      {count > labels.length ? (
        <p className="text-ink-2">{t('register.more', { count: count - labels.length })}</p>
      ) : null}
    </div>
  )
}
