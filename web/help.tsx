import { Dialog } from '../src/core/ui/dialog.tsx'
import { useAllKeys } from '../src/core/ui/keys.ts'
import { useWords } from '../src/core/ui/words.tsx'

/** The shortcuts that work now. */
export function Help({ open, close }: { open: boolean; close(): void }) {
  const { t } = useWords()
  const keys = useAllKeys()
  return (
    <Dialog title={t('shell.keys')} open={open} close={close}>
      <dl className="grid gap-1.5 text-m">
        {[{ press: 'Ctrl/⌘ K', says: t('shell.palette') }, ...keys].map(({ press, says }) => (
          <div key={`${press} ${says}`} className="grid grid-cols-[6rem_1fr] items-baseline">
            <dt className="flex gap-1">
              {press.split(' ').map(each => (
                <kbd key={each}>{each === 'Escape' ? 'Esc' : each}</kbd>
              ))}
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
