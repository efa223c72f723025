import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser'
import { startAuthentication } from '@simplewebauthn/browser'
import type { ReactNode } from 'react'
import { useEffect, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Skeleton } from '../../ui/notice.tsx'
import { Problem } from '../../ui/problem.ts'
import { useWords } from '../../ui/words.tsx'
import { asProblem, Refusal, SecretForm, SecretInput } from './parts.tsx'
import { post } from './post.ts'

type Offer = Readonly<{ passkey: PublicKeyCredentialRequestOptionsJSON }>
type Next = readonly ('totp' | 'passkey' | 'recovery')[]

/** Two factors, or a passkey, which is both. Where nobody has an account, how to get in by a link. */
export function SignIn({ enter, aside }: { enter(): void; aside?: ReactNode }) {
  const { t } = useWords()
  const [state, setState] = useState<'asking' | 'open' | 'link'>('asking')
  const [next, setNext] = useState<Next | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  useEffect(() => {
    post('/sign-in').then(
      () => setState('open'),
      (thrown: unknown) => {
        const refused = asProblem(thrown)
        if (refused.code === 'HTTP_METHOD') return setState('link')
        setProblem(refused)
        setState('open')
      },
    )
  }, [])

  if (state === 'asking') return <Skeleton rows={4} />
  if (state === 'link') return <ByLink enter={enter} />
  const end = async () => {
    await post('/sign-in/end')
    enter()
  }
  const withPasskey = async () => {
    const { passkey } = await again(() => post<Offer>('/sign-in/passkey/offer'))
    const response = await startAuthentication({ optionsJSON: passkey })
    await post('/sign-in/passkey', { response })
    await end()
  }
  if (next !== null) {
    return <SecondStep {...{ next, end }} back={() => setNext(null)} />
  }
  return (
    <div className="grid gap-5">
      <Refusal problem={problem} />
      <PasswordStep done={setNext} />
      <p className="flex items-center gap-3 text-s text-ink-2 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        {t('account.sign-in.or')}
      </p>
      <SecretForm submit={t('account.sign-in.passkey')} look="plain" work={withPasskey} />
      {aside}
    </div>
  )
}

/** A flow that took too long begins again without a word. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  return ask().catch(async (thrown: unknown) => {
    if (!(thrown instanceof Problem) || thrown.code !== 'ACCOUNT_FLOW') throw thrown
    await post('/sign-in')
    return ask()
  })
}

function PasswordStep({ done }: { done(next: Next): void }) {
  const { t } = useWords()
  const [mail, setMail] = useState('')
  const [password, setPassword] = useState('')
  const show = async () => {
    const { next } = await again(() =>
      post<{ next: Next }>('/sign-in/password', { mail, password }),
    )
    done(next)
  }
  return (
    <SecretForm submit={t('account.continue')} work={show}>
      <SecretInput
        {...{ name: 'mail', type: 'email', inputMode: 'email', autoComplete: 'username' }}
        {...{ label: t('account.mail'), value: mail, change: setMail }}
      />
      <SecretInput
        {...{ name: 'password', type: 'password', autoComplete: 'current-password' }}
        {...{ label: t('account.password'), value: password, change: setPassword }}
      />
    </SecretForm>
  )
}

function SecondStep(props: { next: Next; end(): Promise<void>; back(): void }) {
  const { next, end, back } = props
  const { t } = useWords()
  const [kind, setKind] = useState<'totp' | 'recovery'>(next.includes('totp') ? 'totp' : 'recovery')
  const [code, setCode] = useState('')
  useEffect(() => document.querySelector<HTMLInputElement>('input[name=code]')?.focus(), [kind])
  const show = async () => {
    await post(`/sign-in/${kind}`, { code })
    await end()
  }
  const other = kind === 'totp' ? 'recovery' : 'totp'
  return (
    <SecretForm
      submit={t('account.sign-in')}
      work={show}
      aside={
        <>
          {next.includes(other) ? (
            <Button
              look="quiet"
              onClick={() => {
                setCode('')
                setKind(other)
              }}
            >
              {t(`account.code.use.${other}`)}
            </Button>
          ) : null}
          <Button look="quiet" onClick={back}>
            {t('account.back')}
          </Button>
        </>
      }
    >
      <SecretInput
        {...{ name: 'code', autoComplete: 'one-time-code', value: code, change: setCode }}
        {...{ label: t(`account.code.${kind}`), hint: t(`account.code.${kind}.hint`) }}
        inputMode={kind === 'totp' ? 'numeric' : 'text'}
      />
    </SecretForm>
  )
}

function ByLink({ enter }: { enter(): void }) {
  const { t } = useWords()
  return (
    <div className="grid justify-items-start gap-3">
      <p>{t('shell.door.text')}</p>
      <p className="text-ink-2">{t('shell.door.once')}</p>
      <Button look="next" onClick={enter}>
        {t('shell.again')}
      </Button>
    </div>
  )
}
