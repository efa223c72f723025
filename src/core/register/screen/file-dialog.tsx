import { type ReactNode, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import type { Ask } from '../../ui/client.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { FileField } from '../../ui/file-field.tsx'
import { Select, TextInput } from '../../ui/inputs.tsx'
import { Notice, ProblemNotice } from '../../ui/notice.tsx'
import type { Problem } from '../../ui/problem.ts'
import { useWrite } from '../../ui/read.ts'
import { useWords } from '../../ui/words.tsx'
import type { Encoding } from '../encoding.ts'
import type { About } from './asks.ts'
import { labelOf } from './words.ts'

/** What is asked of a file before anything is done with it. */
export type FileAsked = Readonly<{
  file: File
  query: Readonly<{ source: string; encoding?: Encoding; dry: 'yes' | 'no' }>
}>

/** As the routes take it. */
const sizeBytesMax = 32 * 1024 * 1024
/** `auto`: by what stands in it. */
const encodings: readonly Encoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'shift_jis', 'big5']

/**
 * A file is looked at first; what it would do is shown, and only then it is done. The second step says
 * the same file and nothing else.
 */
export function FileDialog<T>(props: {
  about: About
  title: string
  text: string
  source: string
  close(): void
  ask(asked: FileAsked): Ask<T>
  /** What it would do; `run` does it, null where it cannot be done. */
  children(answer: T, done: boolean): ReactNode
  isFit(answer: T): boolean
  runText(answer: T): string
  done(answer: T): void
  /** More fields, above the file. */
  fields?: ReactNode
}) {
  const { title, text, close, ask, children, isFit, runText, done, fields } = props
  const { t } = useWords()
  const [files, setFiles] = useState<readonly File[]>([])
  const [source, setSource] = useState(props.source)
  const [encoding, setEncoding] = useState<Encoding | ''>('')
  const [seen, setSeen] = useState<T | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const { send, isSending } = useWrite<T>()
  const [file] = files
  const forget = () => {
    setSeen(null)
    setProblem(null)
  }
  const run = async (dry: 'yes' | 'no') => {
    if (file === undefined) return
    const query = { source, dry, ...(encoding !== '' && { encoding }) }
    const outcome = await send(ask({ file, query }))
    setProblem(outcome.ok ? null : outcome.problem)
    if (!outcome.ok) return
    setSeen(outcome.value)
    if (dry === 'no' && isFit(outcome.value)) done(outcome.value)
  }
  const isSourceFit = /^[a-z][a-z0-9-]{0,39}$/.test(source)
  return (
    <Dialog
      {...{ title, close }}
      open
      actions={
        <>
          <Button onClick={close}>{t('register.back')}</Button>
          {seen !== null && isFit(seen) ? (
            <Button look="next" busy={isSending} onClick={() => void run('no')}>
              {runText(seen)}
            </Button>
          ) : (
            <Button
              look="next"
              busy={isSending}
              disabled={file === undefined || !isSourceFit}
              onClick={() => void run('yes')}
            >
              {t('register.file.look')}
            </Button>
          )}
        </>
      }
    >
      <div className="grid gap-4 text-m">
        <p className="text-ink-2">{text}</p>
        {fields}
        <TextInput
          label={t('register.file.source')}
          hint={t('register.file.source.hint')}
          value={source}
          error={source === '' || isSourceFit ? undefined : t('register.file.source.wrong')}
          onChange={value => {
            setSource(value)
            forget()
          }}
        />
        <FileField
          label={t('register.file')}
          accept=".csv,.tsv,.txt,.json"
          {...{ files, sizeBytesMax }}
          onChange={chosen => {
            setFiles(chosen)
            forget()
          }}
        />
        <Select
          label={t('register.file.encoding')}
          none={t('register.file.encoding.auto')}
          options={encodings.map(value => ({ value, text: value }))}
          value={encoding}
          onChange={value => {
            setEncoding(encodings.find(one => one === value) ?? '')
            forget()
          }}
        />
        {problem ? <Refused about={props.about} problem={problem} /> : null}
        {seen === null ? null : <div aria-live="polite">{children(seen, false)}</div>}
      </div>
    </Dialog>
  )
}

/** What is wrong with the file as a whole; where a column is, how columns may be called. */
function Refused({ about, problem }: { about: About; problem: Problem }) {
  const words = useWords()
  const known = about.columns.filter(({ isShownOnly }) => !isShownOnly)
  return (
    <>
      <ProblemNotice problem={problem} />
      {typeof problem.data['column'] === 'string' ? (
        <Names
          title={words.t('register.file.columns.known')}
          names={known.map(({ label }) => labelOf(label, words))}
        />
      ) : null}
    </>
  )
}

function Names({ title, names }: { title: string; names: readonly string[] }) {
  return (
    <div>
      <p className="font-semibold">{title}</p>
      <ul className="flex flex-wrap gap-x-4">
        {names.map(name => (
          <li key={name}>
            <bdi className="[overflow-wrap:anywhere]">{name}</bdi>
          </li>
        ))}
      </ul>
    </div>
  )
}

type Complaint = Readonly<{ line: number; code: string; column: string | null; why: string | null }>

/** What is wrong with a file, line by line, in words. */
export function Complaints(props: {
  about: About
  complaints: readonly Complaint[]
  count: number
}) {
  const { about, complaints, count } = props
  const words = useWords()
  const { t, has } = words
  const wordOf = ({ code, why }: Complaint) => {
    const id = `error.${code.replaceAll('_', '-')}`
    const whole = why === null ? id : `${id}.why.${why.replaceAll(' ', '-')}`
    return has(whole) ? t(whole) : has(id) ? t(id) : code
  }
  const labels = new Map(about.columns.map(({ name, label }) => [name, labelOf(label, words)]))
  return (
    <Notice tone="failed" title={t('register.file.wrong', { count })}>
      <ul className="grid max-h-60 gap-1 overflow-y-auto" tabIndex={-1}>
        {complaints.map(one => (
          <li
            key={`${one.line} ${one.column ?? ''} ${one.code}`}
            className="flex flex-wrap gap-x-3"
          >
            <span className="numbers font-semibold">{t('register.line', { line: one.line })}</span>
            {one.column === null ? null : <bdi>{labels.get(one.column) ?? one.column}</bdi>}
            <span>{wordOf(one)}</span>
          </li>
        ))}
      </ul>
      {count > complaints.length ? (
        <p className="text-ink-2">{t('register.more', { count: count - complaints.length })}</p>
      ) : null}
    </Notice>
  )
}
