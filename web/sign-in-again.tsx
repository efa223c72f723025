import { lazy, Suspense } from 'react'
import { Button } from '../src/core/ui/button.tsx'
import { Dialog } from '../src/core/ui/dialog.tsx'
import { Skeleton } from '../src/core/ui/notice.tsx'
import { useWords } from '../src/core/ui/words.tsx'
import type { SessionState } from './session.ts'

const SignIn = lazy(() =>
  import('../src/core/account/screen/sign-in.tsx').then(found => ({ default: found.SignIn })),
)

/** Over the page: the session is over, or what is to be done asks for it. What was typed stays. */
export function SignInAgain({ state }: { state: SessionState }) {
  const { t } = useWords()
  const { again, signedIn, giveUp } = state
  const why = again?.why ?? 'lost'
  return (
    <Dialog title={t(`account.again.${why}`)} open={again !== null} close={giveUp} stays>
      <div className="grid gap-5">
        <p className="text-m text-ink-2">{t(`account.again.${why}.text`)}</p>
        <Suspense fallback={<Skeleton rows={4} />}>
          <SignIn
            enter={() => void signedIn()}
            aside={
              <Button look="quiet" className="justify-self-start" onClick={giveUp}>
                {t(`account.again.${why}.leave`)}
              </Button>
            }
          />
        </Suspense>
      </div>
    </Dialog>
  )
}
