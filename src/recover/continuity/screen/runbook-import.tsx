import { useState } from 'react'
import { Button } from '../../../core/ui/button.tsx'
import { sendFile } from '../../../core/ui/client.ts'
import { Dialog } from '../../../core/ui/dialog.tsx'
import { FileField } from '../../../core/ui/file-field.tsx'
import { useHouse } from '../../../core/ui/house.tsx'
import { ProblemNotice } from '../../../core/ui/notice.tsx'
import type { Problem } from '../../../core/ui/problem.ts'
import { useWrite } from '../../../core/ui/read.ts'
import { useWords } from '../../../core/ui/words.tsx'
import type { ImportRunbook } from '../runbook/routes.ts'

/** As the server counts by itself. */
const bytesMax = 1_048_576

/** The steps of a runbook from a file: its next version. */
export function ImportDialog({ id, close }: { id: string; close(): void }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const [files, setFiles] = useState<readonly File[]>([])
  const [problem, setProblem] = useState<Problem | null>(null)
  const write = useWrite<Awaited<ReturnType<ImportRunbook['run']>>>()
  const [file] = files
  const send = async () => {
    if (file === undefined) return
    const outcome = await write.send(
      sendFile<ImportRunbook>('/runbooks/import', file, { query: { id } }),
    )
    if (!outcome.ok) return setProblem(outcome.problem)
    const { version, isKnown } = outcome.value
    tell({ text: t(isKnown ? 'runbook.same.told' : 'runbook.saved', { version }) })
    close()
  }
  return (
    <Dialog
      open
      close={close}
      title={t('runbook.import')}
      actions={
        <>
          <Button onClick={close}>{t('ui.close')}</Button>
          <Button
            look="next"
            busy={write.isSending}
            disabled={file === undefined}
            onClick={() => void send()}
          >
            {t('runbook.import')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {problem === null ? null : <ProblemNotice problem={problem} />}
        <FileField
          label={t('runbook.import.file')}
          hint={t('runbook.import.hint')}
          files={files}
          onChange={setFiles}
          sizeBytesMax={bytesMax}
          accept=".csv,.tsv,.txt,.json"
        />
      </div>
    </Dialog>
  )
}
