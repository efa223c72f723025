import type { Words } from '../../../core/ui/words.tsx'

export const whyText = ({ t }: Words, why: string | null): string =>
  why === null ? '' : t(`availability.why.${why}`)
