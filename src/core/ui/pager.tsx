import { IconButton } from './button.tsx'
import { useWords } from './words.tsx'

/** Pages of a list that the server cuts; `page` counts from 1. */
export function Pager(props: {
  page: number
  size: number
  total: number
  onPage(page: number): void
}) {
  const { t } = useWords()
  const { page, size, total, onPage } = props
  const pages = Math.max(1, Math.ceil(total / size))
  const from = total === 0 ? 0 : (page - 1) * size + 1
  const to = Math.min(page * size, total)
  return (
    <nav
      aria-label={t('ui.pages')}
      className="flex items-center justify-end gap-2 text-m print:hidden"
    >
      <span className="numbers" aria-live="polite">
        {t('ui.pages.shown', { from, to, total })}
      </span>
      <IconButton
        icon="previous"
        label={t('ui.pages.previous')}
        disabled={page <= 1}
        onClick={() => onPage(page - 1)}
      />
      <IconButton
        icon="next"
        label={t('ui.pages.next')}
        disabled={page >= pages}
        onClick={() => onPage(page + 1)}
      />
    </nav>
  )
}
