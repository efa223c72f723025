import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/browser'
import { startRegistration } from '@simplewebauthn/browser'
import { useEffect, useState } from 'react'
import { Problem } from '../../src/core/ui/problem.ts'
import type { Words } from '../../src/core/ui/words.tsx'
import { asProblem, Field, Form, Refusal } from './parts.tsx'
import { post } from './post.ts'
import { firstSettings, type Settings, SettingsFields } from './settings.tsx'

type Opened = Readonly<{
  purpose: 'set-up' | 'invitation' | 'reset'
  name: string | null
  mail: string | null
}>
type App = Readonly<{ secret: string; uri: string }>

/** What a link leads to: somebody makes himself a password and a second factor. */
export function Enrol({ token, words, enter }: { token: string; words: Words; enter(): void }) {
  const [opened, setOpened] = useState<Opened | Problem | null>(null)
  const [recovery, setRecovery] = useState<readonly string[] | null>(null)
  useEffect(() => {
    post<Opened>('/enrolment', { token }).then(setOpened, (thrown: unknown) =>
      setOpened(asProblem(thrown)),
    )
  }, [token])
  if (opened === null) return <div aria-busy="true" />
  if (opened instanceof Problem) {
    return (
      <>
        <h1>{words.t('account.link.title')}</h1>
        <Refusal problem={opened} words={words} />
        <p>
          <a href="/">{words.t('account.sign-in.title')}</a>
        </p>
      </>
    )
  }
  if (recovery !== null) return <Recovery {...{ words, recovery, enter }} />
  return <Credentials {...{ words, opened, done: setRecovery }} />
}

function Credentials(props: {
  words: Words
  opened: Opened
  done(recovery: readonly string[]): void
}) {
  const { words, opened, done } = props
  const isSetUp = opened.purpose === 'set-up'
  const [settings, setSettings] = useState<Settings>(firstSettings(words.locale))
  const [password, setPassword] = useState('')
  const [second, setSecond] = useState<'passkey' | 'totp'>('passkey')
  const [app, setApp] = useState<App | null>(null)
  const [code, setCode] = useState('')
  const { owner, ...rest } = settings

  const chooseApp = () => {
    setSecond('totp')
    post<App>('/enrolment/totp/offer', {}).then(setApp, () => setApp(null))
  }
  const finish = async () => {
    await post('/enrolment/password', { password, owner: isSetUp ? owner : null })
    if (second === 'totp') await post('/enrolment/totp', { code })
    else await makePasskey(isSetUp ? owner : {})
    const answer = await post<{ recovery: readonly string[] }>('/enrolment/end', {
      setUp: isSetUp ? { owner, ...rest } : null,
    })
    done(answer.recovery)
  }
  return (
    <>
      <h1>{words.t(`account.${opened.purpose}.title`)}</h1>
      <p>
        {opened.name === null ? words.t('account.set-up.text') : `${opened.name} ${opened.mail}`}
      </p>
      <Form words={words} submit="account.finish" work={finish}>
        {isSetUp ? <SettingsFields {...{ words, settings, change: setSettings }} /> : null}
        <Field
          {...{ name: 'new-password', type: 'password', autoComplete: 'new-password' }}
          {...{ label: words.t('account.password'), value: password, change: setPassword }}
          hint={words.t('account.password.hint')}
        />
        <fieldset className="sign-in-choice">
          <legend>{words.t('account.second')}</legend>
          <label>
            <input
              {...{ type: 'radio', name: 'second', value: 'passkey' }}
              checked={second === 'passkey'}
              onChange={() => setSecond('passkey')}
            />
            {words.t('account.second.passkey')}
          </label>
          <label>
            <input
              {...{ type: 'radio', name: 'second', value: 'totp' }}
              checked={second === 'totp'}
              onChange={chooseApp}
            />
            {words.t('account.second.totp')}
          </label>
        </fieldset>
        {second === 'totp' && app !== null ? (
          <>
            <p>{words.t('account.second.secret')}</p>
            <p>
              <a className="sign-in-secret" href={app.uri}>
                {app.secret}
              </a>
            </p>
            <Field
              {...{ name: 'code', inputMode: 'numeric', autoComplete: 'one-time-code' }}
              {...{ label: words.t('account.code.totp'), value: code, change: setCode }}
            />
          </>
        ) : null}
      </Form>
    </>
  )
}

async function makePasskey(who: Readonly<{ name?: string; mail?: string }>): Promise<void> {
  const { passkey } = await post<{ passkey: PublicKeyCredentialCreationOptionsJSON }>(
    '/enrolment/passkey/offer',
    who,
  )
  const response = await startRegistration({ optionsJSON: passkey })
  await post('/enrolment/passkey', { response })
}

/** Shown once: afterwards there are only hashes of them. */
function Recovery(props: { words: Words; recovery: readonly string[]; enter(): void }) {
  const { words, recovery, enter } = props
  return (
    <>
      <h1>{words.t('account.recovery.title')}</h1>
      <p>{words.t('account.recovery.text')}</p>
      <ol className="sign-in-codes">
        {recovery.map(code => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <button type="button" onClick={enter}>
        {words.t('account.recovery.kept')}
      </button>
    </>
  )
}
