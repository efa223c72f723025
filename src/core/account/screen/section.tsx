import type { ReactNode } from 'react'

/** A screen of one column, as all of accounts are. */
export function Page({ title, text, children }: Titled) {
  return (
    <div className="mx-auto grid max-w-3xl gap-10 px-5 pt-8 pb-24">
      <header className="grid gap-1.5">
        <h1 className="text-2xl font-bold">{title}</h1>
        {text ? <p className="text-ink-2">{text}</p> : null}
      </header>
      {children}
    </div>
  )
}

type Titled = Readonly<{ title: string; text?: ReactNode; children: ReactNode }>

export function Section({ title, text, children }: Titled) {
  return (
    <section className="grid gap-4">
      <div className="grid gap-1">
        <h2 className="text-xl font-bold">{title}</h2>
        {text ? <p className="text-m text-ink-2">{text}</p> : null}
      </div>
      {children}
    </section>
  )
}

/** One thing a line: what it is, what is known of it, and what can be done about it. */
export function Row(props: { title: ReactNode; children?: ReactNode; actions?: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-2 border-b border-line py-3 first:border-t">
      <div className="grid min-w-56 flex-1 gap-0.5">
        <p className="font-semibold">{props.title}</p>
        <div className="grid gap-0.5 text-m text-ink-2">{props.children}</div>
      </div>
      {props.actions ? <div className="flex flex-wrap gap-2">{props.actions}</div> : null}
    </li>
  )
}
