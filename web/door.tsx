import type { ReactNode } from 'react'
import type { Session } from '../src/core/ui/house.tsx'
import { Problem, problemText } from '../src/core/ui/problem.ts'
import { useWords } from '../src/core/ui/words.tsx'
import { Bar } from './bar.tsx'
import { Preferences } from './preferences.tsx'
import { useShell } from './shell-context.ts'
import { Enrol } from './sign-in/enrol.tsx'
import { SignIn } from './sign-in/sign-in.tsx'

type Props = Readonly<{
  /** Why nobody is signed in, or who is while he follows a link. */
  problem: Session | Problem
  /** Of a set-up, an invitation or a reset. */
  link: string | null
  entered(): void
}>

/** Seen by who has no session: how to get one. */
export function Door({ problem, link, entered }: Props) {
  const words = useWords()
  const { renew } = useShell()
  const enter = () => {
    entered()
    renew()
  }
  if (link !== null) {
    return (
      <Porch title={words.t('account.link.title')}>
        <Enrol token={link} words={words} enter={enter} />
      </Porch>
    )
  }
  if (problem instanceof Problem && problem.status !== 401) return <Broken problem={problem} />
  return (
    <Porch title={words.t('account.sign-in.title')}>
      <SignIn words={words} enter={enter} />
    </Porch>
  )
}

function Broken({ problem }: { problem: Problem }) {
  const words = useWords()
  const { what, remedy } = problemText(words, problem)
  const title = words.t('shell.broken.title')
  return (
    <Porch title={title}>
      <h1>{title}</h1>
      <p>{what}</p>
      <p className="text-ink-2">{remedy}</p>
    </Porch>
  )
}

function Porch({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <Bar>
        <Preferences />
      </Bar>
      <main className="sign-in mx-auto grid max-w-xl gap-4 px-5 py-[10vh]">
        <title>{`${title} · Okite`}</title>
        {children}
      </main>
    </>
  )
}
