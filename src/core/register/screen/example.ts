import type { Words } from '../../ui/words.tsx'
import type { Column } from './asks.ts'

const monthMs = 30 * 86_400_000

/** A value of a column as a file may have it. @param register its word, as the ids of its messages begin */
export function exampleOf(
  register: string,
  { name, kind, choices }: Pick<Column, 'name' | 'kind' | 'choices'>,
  { t, has }: Pick<Words, 't' | 'has'>,
): string {
  const own = `${register}.example.${name}`
  if (has(own)) return t(own)
  switch (kind) {
    case 'truth':
      return 'yes'
    case 'date':
      // A day that is to come fits wherever a day is asked for.
      return new Date(Date.now() + monthMs).toISOString().slice(0, 10)
    case 'number':
      return '1'
    case 'place':
      return '35.681236 139.767125'
    case 'list':
      return choices.slice(0, 2).join(' ')
    default:
      return choices[0] ?? ''
  }
}
