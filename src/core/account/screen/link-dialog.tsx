import { useRef } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { boxClass, Field } from '../../ui/field.tsx'
import { useHouse } from '../../ui/house.tsx'
import { useWords } from '../../ui/words.tsx'

/** A link that lets somebody in, for handing over by a way that is trusted. Afterwards nobody can see it. */
export function LinkDialog({ link, close }: { link: string | null; close(): void }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const box = useRef<HTMLInputElement>(null)
  const copy = async () => {
    box.current?.select()
    // A browser may forbid it; the text is chosen then, and Ctrl+C is left.
    await navigator.clipboard.writeText(link ?? '').then(
      () => tell({ text: t('account.link.copied') }),
      () => {},
    )
  }
  return (
    <Dialog
      title={t('account.link.made')}
      open={link !== null}
      close={close}
      actions={
        <>
          <Button onClick={close}>{t('ui.close')}</Button>
          <Button look="next" onClick={() => void copy()}>
            {t('account.link.copy')}
          </Button>
        </>
      }
    >
      <Field label={t('account.link')} hint={t('account.link.hint')}>
        {wiring => (
          <input
            {...wiring}
            ref={box}
            readOnly
            value={link ?? ''}
            className={`${boxClass} font-mono`}
            onFocus={event => event.currentTarget.select()}
          />
        )}
      </Field>
    </Dialog>
  )
}
