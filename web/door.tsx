import type { ReactNode } from 'react'
import { Enrol } from '../src/core/account/screen/enrol.tsx'
import { StepHead } from '../src/core/account/screen/parts.tsx'
import { SignIn } from '../src/core/account/screen/sign-in.tsx'
import type { Session } from '../src/core/ui/house.tsx'
import { Problem, problemText } from '../src/core/ui/problem.ts'
import { useWords } from '../src/core/ui/words.tsx'
import { Bar } from './bar.tsx'
import { Preferences } from './preferences.tsx'

type Props = Readonly<{
  /** Why nobody is signed in, or who is while he follows a link. */
  problem: Session | Problem
  /** Of a set-up, an invitation or a reset. */
  link: string | null
  enter(): void
}>

/** Seen by who has no session: how to get one. */
export default function Door({ problem, link, enter }: Props) {
  const words = useWords()
  const { t } = words
  if (link !== null) {
    return (
      <Porch title={t('account.door.link')}>
        <Enrol token={link} enter={enter} />
      </Porch>
    )
  }
  if (problem instanceof Problem && problem.status !== 401) {
    const { what, remedy } = problemText(words, problem)
    return (
      <Porch title={t('shell.broken.title')}>
        <StepHead title={t('shell.broken.title')} text={remedy} />
        <p>{what}</p>
      </Porch>
    )
  }
  return (
    <Porch title={t('account.sign-in.title')}>
      <StepHead title={t('account.sign-in.title')} />
      <SignIn
        enter={enter}
        aside={
          <details className="border-t border-line pt-4 text-m text-ink-2">
            <summary>{t('account.sign-in.first.title')}</summary>
            <p className="pt-2">{t('account.sign-in.first')}</p>
          </details>
        }
      />
    </Porch>
  )
}

function Porch({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <Bar>
        <Preferences />
      </Bar>
      <main className="mx-auto grid max-w-lg gap-5 px-5 pt-[8vh] pb-16">
        <title>{`${title} · Okite`}</title>
        {children}
      </main>
    </>
  )
}
