import { useWords } from '../../../core/ui/words.tsx'
import { Outages } from './outages.tsx'
import { Services } from './services.tsx'

/** Whether services can be used, seen from outside: now, in this month, in the last days. */
export default function AvailabilityPage() {
  const { t } = useWords()
  return (
    <div className="mx-auto grid max-w-7xl grid-cols-[minmax(0,1fr)] gap-8 px-5 py-8">
      <h1 className="text-2xl font-bold">{t('availability.screen.title')}</h1>
      <Services />
      <Outages />
    </div>
  )
}
