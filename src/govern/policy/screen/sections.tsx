import { useEffect, useState } from 'react'
import type { PolicyAnswer } from '../routes.ts'
import type { Words } from '../words.ts'
import { tally } from '../words.ts'
import { Bar, Tally } from './marks.tsx'

/** The sections with a thin bar each: how much of each is kept, due, broken, unknown. */
export function Sections(props: {
  policy: PolicyAnswer
  /** Id of the sentence that is open beside it: its section is the one being read. */
  chosen: string | null
  words: Words
}) {
  const { policy, chosen, words } = props
  const scrolled = useSectionInView(policy)
  const opened = policy.sections.find(section =>
    section.groups.some(group => group.statements.some(each => each.id === chosen)),
  )
  const inView = opened?.section ?? scrolled
  return (
    <nav className="policy-sections" aria-label={words.t('policy.sections')}>
      <ol>
        {policy.sections.map(section => {
          const verdicts = section.groups.flatMap(group => group.statements.map(s => s.verdict))
          return (
            <li key={section.section}>
              <button
                type="button"
                aria-current={inView === section.section ? 'true' : undefined}
                onClick={() =>
                  document.getElementById(`section-${section.section}`)?.scrollIntoView()
                }
              >
                <span className="policy-section-title">
                  <span className="numbers">{section.section}</span>
                  <span>{section.title}</span>
                </span>
                <Bar parts={tally(verdicts)} />
                <Tally items={verdicts} words={words} />
              </button>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}

function useSectionInView(policy: PolicyAnswer): number | null {
  const [inView, setInView] = useState<number | null>(null)
  useEffect(() => {
    const observer = new IntersectionObserver(
      entries => {
        for (const entry of entries) {
          if (entry.isIntersecting) setInView(Number(entry.target.id.replace('section-', '')))
        }
      },
      // A line a third from the top: the section under it is the one being read.
      { rootMargin: '-30% 0px -69% 0px' },
    )
    for (const { section } of policy.sections) {
      const element = document.getElementById(`section-${section}`)
      if (element) observer.observe(element)
    }
    return () => observer.disconnect()
  }, [policy])
  return inView
}
