import type { ReactNode } from 'react'

/** A part of a page under its heading. */
export function Part(props: { title: string; className?: string; children: ReactNode }) {
  const { title, className = '', children } = props
  return (
    <section className={`grid min-w-0 gap-3 ${className}`}>
      <h2 className="border-b border-line-2 pb-1 text-l font-bold">{title}</h2>
      {children}
    </section>
  )
}
