import type { ReactNode } from 'react'
import { useCallback } from 'react'
import { useWords } from '../../../src/core/ui/words.tsx'

export function Page({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useWords()
  return (
    <div className="mx-auto grid max-w-5xl gap-8 px-5 py-8">
      <h1 className="text-2xl font-bold">{t(title)}</h1>
      {children}
    </div>
  )
}

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-3" aria-label={title}>
      <h2 className="border-b border-line pb-1 text-l font-bold">{title}</h2>
      {children}
    </section>
  )
}

/** What the gallery says itself, in the language of the page. */
export function useSay() {
  const { locale } = useWords()
  return useCallback(
    (ja: string, tw: string, en: string): string => ({ ja, 'zh-TW': tw, en })[locale],
    [locale],
  )
}
