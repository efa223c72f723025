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
        <One key={toast.id} toast={toast} close={() => close(toast.id)} />
      ))}
    </div>
  )
}

function One({ toast, close }: { toast: Told; close(): void }) {
  const { t } = useWords()
  const failed = toast.tone === 'failed'
  useEffect(() => {
    if (failed || toast.action) return
    const timer = setTimeout(close, staysMs)
    return () => clearTimeout(timer)
  }, [toast.id])
  return (
    <div className="pointer-events-auto flex max-w-xl items-center gap-3 rounded-md border border-line-2 bg-paper py-1.5 pr-1.5 pl-4 text-m shadow-pop">
      <VerdictMark status={failed ? 'broken' : 'kept'} />
      <span>{toast.text}</span>
      {toast.action ? (
        <Button
          look="quiet"
          onClick={() => {
            toast.action?.run()
            close()
          }}
        >
          {toast.action.text}
        </Button>
      ) : null}
      <IconButton icon="close" label={t('ui.close')} onClick={close} />
    </div>
  )
}
