import type { ReactNode } from 'react'

/** The upper edge: the name, and what stands beside it. */
export function Bar({ children, below }: { children: ReactNode; below?: ReactNode }) {
  return (
    <header
      className={`sticky top-0 z-10 border-b border-line bg-paper text-m print:hidden ${below ? 'h-(--bar)' : 'h-12'}`}
    >
      <div className="flex h-12 items-center gap-4 px-3 sm:px-5">
        <a className="flex items-baseline gap-2 font-bold no-underline" href="/">
          <span aria-hidden="true" className="text-[1.125rem]" lang="ja">
            掟
          </span>
          Okite
        </a>
        {children}
      </div>
      {below}
    </header>
  )
}
