import { Notice } from '../../../core/ui/notice.tsx'
import { useWords } from '../../../core/ui/words.tsx'

export const Cut = () => {
  const { t } = useWords()
  return <Notice title={t('availability.cut')} />
}
