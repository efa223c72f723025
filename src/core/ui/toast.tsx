import { useEffect } from 'react'
import { Button, IconButton } from './button.tsx'
import type { Toast } from './house.tsx'
import { VerdictMark } from './verdict.tsx'
import { useWords } from './words.tsx'

export type Told = Toast & Readonly<{ id: number }>

/** Long enough to be read twice; what has failed stays. */
const staysMs = 8_000

/** What has just been done, at the lower edge; read out without taking the focus. */
export function Toasts(props: { toasts: readonly Told[]; close(id: number): void }) {
  const { t } = useWords()
  const { toasts, close } = props
  return (
    <div
      role="status"
      aria-label={t('ui.toasts')}
      className="pointer-events-none fixed inset-x-4 bottom-4 z-50 grid justify-items-center gap-2 print:hidden"
    >
      {toasts.map(toast => (
        <One key={toast.id} toast={toast} close={close} />
      ))}
    </div>
  )
}

function One({ toast, close }: { toast: Told; close(id: number): void }) {
  const { t } = useWords()
  const { id, tone, action } = toast
  const failed = tone === 'failed'
  const stays = failed || action !== undefined
  useEffect(() => {
    if (stays) return
    const timer = setTimeout(() => close(id), staysMs)
    return () => clearTimeout(timer)
  }, [id, stays, close])
  return (
    <div className="pointer-events-auto flex max-w-xl items-center gap-3 rounded-md border border-line-2 bg-paper py-1.5 pr-1.5 pl-4 text-m shadow-pop">
      <VerdictMark status={failed ? 'broken' : 'kept'} />
      <span>{toast.text}</span>
      {action ? (
        <Button
          look="quiet"
          onClick={() => {
            action.run()
            close(id)
          }}
        >
          {action.text}
        </Button>
      ) : null}
      <IconButton icon="close" label={t('ui.close')} onClick={() => close(id)} />
    </div>
  )
}
