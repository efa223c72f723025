import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { post } from '../../ui/client.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { useHouse } from '../../ui/house.tsx'
import { ProblemNotice } from '../../ui/notice.tsx'
import type { Problem } from '../../ui/problem.ts'
import { useWrite } from '../../ui/read.ts'
import { useWords } from '../../ui/words.tsx'
import type { About, Declare } from './asks.ts'
import { CompareFile } from './compare-file.tsx'
import { ImportFile } from './import-file.tsx'

/** What is done with the whole register: a file taken in, a second source laid beside, vouched for. */
export function WholeDialogs(props: { about: About; what: string | undefined; close(): void }) {
  const { about, what, close } = props
  const { may } = about
  if (what === 'import' && may.write) return <ImportFile {...{ about, close }} />
  if (what === 'compare' && may.write && about.comparable)
    return <CompareFile {...{ about, close }} />
  if (what === 'declare' && may.write && about.isWhole)
    return <DeclareWhole {...{ about, close }} />
  return null
}

function DeclareWhole({ about, close }: { about: About; close(): void }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const { send, isSending } = useWrite<Readonly<{ count: number }>>()
  const [problem, setProblem] = useState<Problem | null>(null)
  const run = async () => {
    const outcome = await send(post<Declare>(`/registers/${about.name}/declare`, { body: {} }))
    if (!outcome.ok) return setProblem(outcome.problem)
    tell({ text: t('register.declare.done', { count: outcome.value.count }) })
    close()
  }
  return (
    <Dialog
      open
      close={close}
      title={t('register.declare')}
      actions={
        <>
          <Button onClick={close}>{t('register.back')}</Button>
          <Button look="next" busy={isSending} onClick={() => void run()}>
            {t('register.declare.run', { count: about.size })}
          </Button>
        </>
      }
    >
      <div className="grid gap-3 text-m">
        <p>{t('register.declare.text', { count: about.size })}</p>
        <p className="text-ink-2">{t('register.declare.means')}</p>
        {problem ? <ProblemNotice problem={problem} /> : null}
      </div>
    </Dialog>
  )
}
