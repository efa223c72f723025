import { useEffect, useState } from 'react'
import { RadioGroup } from '../../ui/inputs.tsx'
import { Skeleton } from '../../ui/notice.tsx'
import type { Problem } from '../../ui/problem.ts'
import { useWords } from '../../ui/words.tsx'
import { asProblem, Refusal, SecretForm, SecretInput } from './parts.tsx'
import { makePasskey, post } from './post.ts'
import { QrCode } from './qr-code.tsx'

/** A second factor for the flow under way: a passkey, or an app whose first code comes back. */
export function SecondFactor(props: {
  submit: string
  who: Readonly<{ name?: string; mail?: string }>
  done(): Promise<void>
  aside?: React.ReactNode
}) {
  const { submit, who, done, aside } = props
  const { t } = useWords()
  const [kind, setKind] = useState('passkey')
  const choice = (
    <RadioGroup
      label={t('account.second')}
      value={kind}
      onChange={setKind}
      options={[
        {
          value: 'passkey',
          text: t('account.second.passkey'),
          hint: t('account.second.passkey.hint'),
        },
        { value: 'totp', text: t('account.second.totp'), hint: t('account.second.totp.hint') },
      ]}
    />
  )
  if (kind === 'totp') {
    return (
      <div className="grid gap-5">
        {choice}
        <AuthenticatorApp {...{ submit, done, aside }} />
      </div>
    )
  }
  const work = async () => {
    await makePasskey(who)
    await done()
  }
  return <SecretForm {...{ submit, work, aside }}>{choice}</SecretForm>
}

type App = Readonly<{ secret: string; uri: string }>

export function AuthenticatorApp(props: {
  submit: string
  done(): Promise<void>
  aside?: React.ReactNode
}) {
  const { submit, done, aside } = props
  const { t } = useWords()
  const [app, setApp] = useState<App | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [code, setCode] = useState('')
  useEffect(() => {
    post<App>('/enrolment/totp/offer').then(setApp, (thrown: unknown) =>
      setProblem(asProblem(thrown)),
    )
  }, [])
  if (problem !== null) return <Refusal problem={problem} />
  if (app === null) return <Skeleton rows={4} />
  const work = async () => {
    await post('/enrolment/totp', { code })
    await done()
  }
  return (
    <SecretForm {...{ submit, work, aside }}>
      <div className="flex flex-wrap items-start gap-x-6 gap-y-4">
        <QrCode text={app.uri} label={t('account.second.qr')} />
        <div className="grid min-w-56 flex-1 gap-2 text-m">
          <p>{t('account.second.scan')}</p>
          <p className="text-ink-2">{t('account.second.secret')}</p>
          {/* On the telephone itself there is nothing to point a camera at. */}
          <a href={app.uri} className="text-next underline underline-offset-2">
            <code className="totp-secret">{app.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</code>
          </a>
        </div>
      </div>
      <SecretInput
        {...{ name: 'code', inputMode: 'numeric', autoComplete: 'one-time-code' }}
        {...{ label: t('account.code.totp'), value: code, change: setCode }}
        hint={t('account.code.totp.hint')}
      />
    </SecretForm>
  )
}
