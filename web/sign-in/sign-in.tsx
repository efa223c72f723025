import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser'
import { startAuthentication } from '@simplewebauthn/browser'
import { useEffect, useState } from 'react'
import { Problem } from '../../src/core/ui/problem.ts'
import type { Words } from '../../src/core/ui/words.tsx'
import { asProblem, Field, Form, Refusal } from './parts.tsx'
import { post } from './post.ts'

type Offer = Readonly<{ passkey: PublicKeyCredentialRequestOptionsJSON }>
type Next = readonly ('totp' | 'passkey' | 'recovery')[]

/** Two factors, or a passkey, which is both. Where nobody has an account, how to get in by a link. */
export function SignIn({ words, enter }: { words: Words; enter(): void }) {
  const [state, setState] = useState<'asking' | 'open' | 'link'>('asking')
  const [next, setNext] = useState<Next | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  useEffect(() => {
    post('/sign-in', {}).then(
      () => setState('open'),
      (thrown: unknown) => {
        const refused = asProblem(thrown)
        if (refused.code === 'HTTP_METHOD') return setState('link')
        setProblem(refused)
        setState('open')
      },
    )
  }, [])

  if (state === 'asking') return <div aria-busy="true" />
  if (state === 'link') return <ByLink words={words} />
  const end = async () => {
    await post('/sign-in/end', {})
    enter()
  }
  const withPasskey = async () => {
    const { passkey } = await post<Offer>('/sign-in/passkey/offer', {})
    const response = await startAuthentication({ optionsJSON: passkey })
    await post('/sign-in/passkey', { response })
    await end()
  }
  return (
    <>
      <h1>{words.t('account.sign-in.title')}</h1>
      <Refusal problem={problem} words={words} />
      {next === null ? (
        <PasswordStep words={words} done={setNext} />
      ) : (
        <SecondStep words={words} next={next} end={end} />
      )}
      <Form words={words} submit="account.sign-in.passkey" work={withPasskey}>
        <p className="sign-in-or">{words.t('account.sign-in.or')}</p>
      </Form>
      <p className="sign-in-hint">{words.t('account.sign-in.first')}</p>
    </>
  )
}

function PasswordStep({ words, done }: { words: Words; done(next: Next): void }) {
  const [mail, setMail] = useState('')
  const [password, setPassword] = useState('')
  const show = async () => {
    // A flow that took too long begins again without a word.
    const ask = () => post<{ next: Next }>('/sign-in/password', { mail, password })
    const again = async (thrown: unknown) => {
      if (!(thrown instanceof Problem) || thrown.code !== 'ACCOUNT_FLOW') throw thrown
      await post('/sign-in', {})
      return ask()
    }
    const { next } = await ask().catch(again)
    done(next)
  }
  return (
    <Form words={words} submit="account.continue" work={show}>
      <Field
        {...{ name: 'mail', type: 'email', inputMode: 'email', autoComplete: 'username' }}
        {...{ label: words.t('account.mail'), value: mail, change: setMail }}
      />
      <Field
        {...{ name: 'password', type: 'password', autoComplete: 'current-password' }}
        {...{ label: words.t('account.password'), value: password, change: setPassword }}
      />
    </Form>
  )
}

function SecondStep({ words, next, end }: { words: Words; next: Next; end(): Promise<void> }) {
  const [kind, setKind] = useState<'totp' | 'recovery'>(next.includes('totp') ? 'totp' : 'recovery')
  const [code, setCode] = useState('')
  const show = async () => {
    await post(`/sign-in/${kind}`, { code })
    await end()
  }
  const other = kind === 'totp' ? 'recovery' : 'totp'
  return (
    <Form words={words} submit="account.sign-in" work={show}>
      <Field
        {...{ name: 'code', autoComplete: 'one-time-code', value: code, change: setCode }}
        {...{ label: words.t(`account.code.${kind}`) }}
        inputMode={kind === 'totp' ? 'numeric' : 'text'}
      />
      {next.includes(other) ? (
        <button type="button" className="sign-in-other" onClick={() => setKind(other)}>
          {words.t(`account.code.use.${other}`)}
        </button>
      ) : null}
    </Form>
  )
}

function ByLink({ words }: { words: Words }) {
  return (
    <>
      <h1>{words.t('shell.door.title')}</h1>
      <p>{words.t('shell.door.text')}</p>
      <p>{words.t('shell.door.once')}</p>
    </>
  )
}
