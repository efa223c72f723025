import type { ComponentProps } from 'react'
import type { IconName } from './icon.tsx'
import { Icon } from './icon.tsx'
import { useWords } from './words.tsx'

/** `next`: the one thing to do next, at most one to a screen. `plain`: everything else. */
export type Look = 'next' | 'plain' | 'quiet' | 'danger'

const looks: Readonly<Record<Look, string>> = {
  next: 'bg-next text-next-ink border-transparent font-semibold hover:bg-next-2',
  plain: 'bg-paper text-ink border-edge hover:bg-paper-2',
  quiet: 'bg-transparent text-ink-2 border-transparent hover:bg-paper-3 hover:text-ink',
  danger: 'bg-paper text-broken border-broken hover:bg-broken-wash',
}

/** 24 px are the least that WCAG 2.5.8 asks for; 36 are comfortable. */
const shape =
  'inline-flex min-h-9 items-center justify-center gap-2 rounded-md border px-3.5 py-1 text-m no-underline cursor-pointer aria-disabled:cursor-default aria-disabled:opacity-60 print:hidden'

type ButtonProps = Omit<ComponentProps<'button'>, 'disabled'> &
  Readonly<{
    look?: Look
    icon?: IconName
    /** At work: it says so, keeps its focus and does nothing when pressed again. */
    busy?: boolean
    disabled?: boolean
  }>

export function Button(props: ButtonProps) {
  const { look = 'plain', icon, busy = false, disabled = false, children, ...rest } = props
  const rests = busy || disabled
  return (
    <button
      type="button"
      {...rest}
      // `disabled` would take the focus away from whoever has just pressed it.
      aria-disabled={rests || undefined}
      aria-busy={busy || undefined}
      onClick={event => (rests ? event.preventDefault() : rest.onClick?.(event))}
      className={`${shape} ${looks[look]} ${rest.className ?? ''}`}
    >
      {icon ? <Icon name={icon} /> : null}
      {children}
      {busy ? <Working /> : null}
    </button>
  )
}

function Working() {
  const { t } = useWords()
  return (
    <span className="size-[1em] animate-spin rounded-full border-2 border-current border-r-transparent motion-reduce:animate-none">
      <span className="sr-only">{t('ui.working')}</span>
    </span>
  )
}

/** A button that is a sign alone; `label` is its name, read out and shown on hover. */
export function IconButton(
  props: Omit<ButtonProps, 'children'> & { icon: IconName; label: string },
) {
  const { label, ...rest } = props
  return (
    <Button
      look="quiet"
      {...rest}
      aria-label={label}
      title={label}
      className={`min-w-9 px-0! ${rest.className ?? ''}`}
    />
  )
}

type LinkProps = ComponentProps<'a'> & Readonly<{ href: string; look?: Look }>

/** A link inside the program or out of it; as a button where it is what to do next. */
export function Link({ look, className = '', children, ...rest }: LinkProps) {
  const isOutside = /^[a-z]+:/i.test(rest.href) && !rest.href.startsWith('data:')
  return (
    <a
      {...rest}
      {...(isOutside ? { rel: 'noreferrer noopener', target: '_blank' } : {})}
      className={`${look ? `${shape} ${looks[look]}` : 'text-next underline underline-offset-2'} ${className}`}
    >
      {children}
    </a>
  )
}
