import { Button, Link } from '../../ui/button.tsx'
import { useWords } from '../../ui/words.tsx'

/** Shown once: afterwards there are only hashes of them. */
export function RecoveryCodes(props: { codes: readonly string[]; kept(): void }) {
  const { codes, kept } = props
  const { t } = useWords()
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`Okite\n\n${codes.join('\n')}\n`)}`
  return (
    <div className="grid gap-5">
      <ol
        aria-label={t('account.credential.recovery')}
        className="recovery-codes grid gap-x-8 gap-y-1.5 rounded-md border border-line bg-paper-2 px-5 py-4 sm:grid-cols-2"
      >
        {codes.map(code => (
          <li key={code}>
            <code className="text-m">{code}</code>
          </li>
        ))}
      </ol>
      <div className="flex flex-wrap gap-3">
        <Button look="next" onClick={kept}>
          {t('account.recovery.kept')}
        </Button>
        <Link look="plain" href={file} download="okite-recovery-codes.txt">
          {t('account.recovery.save')}
        </Link>
        <Button look="quiet" onClick={() => print()}>
          {t('account.recovery.print')}
        </Button>
      </div>
    </div>
  )
}
