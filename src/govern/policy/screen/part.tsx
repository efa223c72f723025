import type { ReactNode } from 'react'

/** A piece of the inspector under its heading. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="policy-part">
      <h3>{title}</h3>
      {children}
    </section>
  )
}
