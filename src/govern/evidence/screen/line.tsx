import { summaryText, typeText } from '../../../core/ui/fact-names.ts'
import { Time } from '../../../core/ui/time.tsx'
import { Badge, Trust } from '../../../core/ui/verdict.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { Row } from '../read.ts'

/** A fact in a list: when it came, what it is, who says so, what people said of it since. */
export function Line({ fact }: { fact: Row }) {
  const words = useWords()
  const { t } = words
  const said = [...new Set(fact.said.map(({ what }) => what))]
  const text = summaryText(words, fact.type, fact.body)
  return (
    <li className="border-b border-line">
      <a
        href={`/evidence/${fact.pos}`}
        className="grid gap-x-4 gap-y-0.5 px-2 py-2.5 text-m no-underline hover:bg-paper-2 md:grid-cols-[6rem_minmax(0,1fr)_15rem]"
      >
        <span className="numbers text-ink-2">#{fact.pos}</span>
        <span className="grid min-w-0 gap-0.5">
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="font-semibold">{typeText(words, fact.type)}</span>
            <Trust trust={fact.trust} />
            {said.map(what => (
              <Badge key={what}>{t(`evidence.said.${what}`)}</Badge>
            ))}
          </span>
          <span className="line-clamp-1 text-s break-all text-ink-2 print:line-clamp-none">
            <bdi>{fact.source}</bdi>
            {text === '' ? null : <bdi className="ml-3">{text}</bdi>}
          </span>
        </span>
        <span className="md:text-end">
          <Time at={fact.recorded} relative={false} />
        </span>
      </a>
    </li>
  )
}
