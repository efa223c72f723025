import type { ReactNode } from 'react'
import { useEffect, useId, useRef } from 'react'
import { IconButton } from './button.tsx'
import { useWords } from './words.tsx'

type Props = Readonly<{
  title: string
  open: boolean
  close(): void
  children: ReactNode
  /** What is done about it, at the end. */
  actions?: ReactNode
  /** The title is read out but not seen. */
  bare?: boolean
  /** Closed by its own buttons alone: by a slip beside it something would be lost. */
  stays?: boolean
}>

/**
 * The browser's own modal dialog: it keeps the focus, gives it back, closes by Escape and makes the
 * rest inert. (Those of libraries write style elements, which the content security policy refuses.)
 */
export function Dialog(props: Props) {
  return (
    <Modal
      {...props}
      shape="m-auto max-h-[calc(100dvh-2rem)] w-[min(36rem,calc(100vw-2rem))] rounded-lg"
    />
  )
}

/** The same at the side: the page stays readable beside it. */
export function Drawer(props: Props) {
  return (
    <Modal
      {...props}
      shape="my-0 mr-0 ml-auto h-dvh max-h-dvh w-[min(32rem,100vw)] max-w-none border-y-0 border-r-0"
    />
  )
}

function Modal({
  title,
  open,
  close,
  children,
  actions,
  bare = false,
  stays = false,
  shape,
}: Props & { shape: string }) {
  const { t } = useWords()
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const element = dialog.current
    if (!open || element === null) return
    const before = document.activeElement
    element.showModal()
    // What is to be filled in comes before the button that closes.
    element.querySelector<HTMLElement>('input, select, textarea, footer button')?.focus()
    return () => {
      element.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [open])
  if (!open) return null
  return (
    // Beside it is a way out for who has a mouse; Escape and the button are the others.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={dialog}
      aria-labelledby={id}
      className={`border border-line-2 bg-paper p-0 text-ink shadow-pop backdrop:bg-veil ${shape}`}
      onCancel={event => {
        // The state decides; the browser would close what React believes to be open.
        event.preventDefault()
        if (!stays) close()
      }}
      onMouseDown={event => {
        if (event.target === dialog.current && !stays) close()
      }}
    >
      <div className="grid max-h-[inherit] grid-rows-[auto_1fr_auto] overflow-hidden">
        <header
          className={bare ? 'sr-only' : 'flex items-center justify-between gap-4 py-3 pr-3 pl-5'}
        >
          <h2 id={id} className="text-l font-bold">
            {title}
          </h2>
          {bare || stays ? null : <IconButton icon="close" label={t('ui.close')} onClick={close} />}
        </header>
        <div className={bare ? 'overflow-y-auto' : 'overflow-y-auto px-5 pb-5'}>{children}</div>
        {actions ? (
          <footer className="flex flex-wrap justify-end gap-3 border-t border-line px-5 py-3">
            {actions}
          </footer>
        ) : null}
      </div>
    </dialog>
  )
}
