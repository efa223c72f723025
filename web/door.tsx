import type { Problem } from '../src/core/ui/problem.ts'
import { problemText } from '../src/core/ui/problem.ts'
import { useWords } from '../src/core/ui/words.tsx'
import { Bar } from './bar.tsx'
import { Preferences } from './preferences.tsx'

/** Seen by who has no session: how to get one. */
export function Door({ problem }: { problem: Problem }) {
  const words = useWords()
  const { t } = words
  const needsLink = problem.status === 401
  const said = problemText(words, problem)
  const title = t(needsLink ? 'shell.door.title' : 'shell.broken.title')
  return (
    <>
      <Bar>
        <Preferences />
      </Bar>
      <main className="mx-auto grid max-w-xl gap-4 px-5 py-[12vh]">
        <title>{`${title} · Okite`}</title>
        <h1 className="text-xl font-bold">{title}</h1>
        <p>{needsLink ? t('shell.door.text') : said.what}</p>
        <p className="text-ink-2">{needsLink ? t('shell.door.once') : said.remedy}</p>
      </main>
    </>
  )
}
