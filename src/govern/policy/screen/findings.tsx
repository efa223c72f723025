import { get } from '../../../core/ui/client.ts'
import { useRead } from '../../../core/ui/read.ts'
import { Badge } from '../../../core/ui/verdict.tsx'
import type { getFindings } from '../desk-routes.ts'
import type { Words } from '../words.ts'
import { Part } from './part.tsx'

/** Where the sentence contradicts another, leaves something open, or could be said better. */
export function Findings({ number, words }: { number: number; words: Words }) {
  const { t, locale } = words
  const { value } = useRead(get<typeof getFindings>('/policy/findings', { query: { locale } }))
  const own = value?.findings.filter(finding => finding.statements.includes(number)) ?? []
  if (own.length === 0) return null
  return (
    <Part title={t('policy.findings')}>
      <ul className="policy-list">
        {own.map(finding => (
          <li key={finding.text}>
            <Badge>{t(`policy.finding.${finding.severity}`)}</Badge>{' '}
            <span className="numbers text-s text-ink-2">
              {t('policy.finding.of', { numbers: finding.statements.join(', ') })}
            </span>
            <span className="block">{finding.text}</span>
            <span className="policy-small">{finding.reading}</span>
          </li>
        ))}
      </ul>
    </Part>
  )
}
