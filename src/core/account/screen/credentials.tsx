import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useHouse } from '../../ui/house.tsx'
import { Notice } from '../../ui/notice.tsx'
import { problemText } from '../../ui/problem.ts'
import { Time } from '../../ui/time.tsx'
import { useWords } from '../../ui/words.tsx'
import { GivenUp, useFresh } from './fresh.ts'
import { asProblem, SecretForm, SecretInput } from './parts.tsx'
import { makePasskey, post } from './post.ts'
import { RecoveryCodes } from './recovery-codes.tsx'
import { AuthenticatorApp } from './second-factor.tsx'
import { Row, Section } from './section.tsx'
import type { Credential } from './views.ts'

type Kind = Credential['kind']
type Open = 'password' | 'totp' | 'recovery' | Readonly<{ remove: Credential }> | null
type Act = (work: () => Promise<unknown>, says: string | null) => Promise<void>
type Part = Readonly<{ of(kind: Kind): readonly Credential[]; act: Act; ask(open: Open): void }>

/** How I sign in. Each change asks that I have signed in within the last minutes, and ends my other sessions. */
export function Credentials(props: { credentials: readonly Credential[]; changed(): void }) {
  const { credentials, changed } = props
  const { t } = useWords()
  const act = useAct(changed)
  const [open, ask] = useState<Open>(null)
  const part: Part = { of: kind => credentials.filter(each => each.kind === kind), act, ask }
  return (
    <Section title={t('account.credentials.title')} text={t('account.credentials.text')}>
      <ul>
        <Passkeys {...part} />
        <PasswordAndApp {...part} />
        <Row
          title={t('account.credential.recovery')}
          actions={<Button onClick={() => ask('recovery')}>{t('account.recovery.renew')}</Button>}
        >
          <p>{t('account.recovery.left', { count: part.of('recovery').length })}</p>
        </Row>
      </ul>
      <NewCredential {...{ open, act }} close={() => ask(null)} />
      <NewCodes isAsked={open === 'recovery'} act={act} close={() => ask(null)} />
      <Sure
        title={t('account.credential.remove')}
        text={t('account.credential.remove.text')}
        open={typeof open === 'object' && open !== null}
        close={() => ask(null)}
        does={t('account.credential.remove')}
        run={() => {
          ask(null)
          if (typeof open !== 'object' || open === null) return
          const { id } = open.remove
          void act(() => post('/account/credential/remove', { id }), 'account.credential.removed')
        }}
      />
    </Section>
  )
}

const endEnrolment = () => post('/enrolment/end', { setUp: null })

function Passkeys({ of, act, ask }: Part) {
  const { t } = useWords()
  const add = () =>
    act(async () => {
      await post('/account/enrolment')
      await makePasskey()
      await endEnrolment()
    }, 'account.passkey.added')
  const passkeys = of('passkey')
  return (
    <>
      {passkeys.map(passkey => (
        <Row
          key={passkey.id}
          title={
            <>
              {t('account.credential.passkey')}
              {passkey.device ? (
                <bdi className="ml-2 font-normal text-ink-2">{passkey.device}</bdi>
              ) : null}
            </>
          }
          actions={
            <Button onClick={() => ask({ remove: passkey })}>
              {t('account.credential.remove')}
            </Button>
          }
        >
          <Dates credential={passkey} />
        </Row>
      ))}
      <Row
        title={t(passkeys.length > 0 ? 'account.passkey.another' : 'account.credential.passkey')}
        actions={
          <Button look={passkeys.length > 0 ? 'plain' : 'next'} onClick={() => void add()}>
            {t('account.passkey.add')}
          </Button>
        }
      >
        <p>{t(passkeys.length > 0 ? 'account.passkey.spare' : 'account.passkey.none')}</p>
      </Row>
    </>
  )
}

function PasswordAndApp({ of, act, ask }: Part) {
  const { t } = useWords()
  const [password] = of('password')
  const [app] = of('totp')
  const begin = (what: 'password' | 'totp') =>
    act(async () => {
      await post('/account/enrolment')
      ask(what)
    }, null)
  return (
    <>
      <Row
        title={t('account.credential.password')}
        actions={
          <Button onClick={() => void begin('password')}>
            {t(password ? 'account.password.change' : 'account.password.set')}
          </Button>
        }
      >
        <Dates credential={password} />
      </Row>
      <Row
        title={t('account.credential.totp')}
        actions={
          <>
            <Button onClick={() => void begin('totp')}>
              {t(app ? 'account.totp.change' : 'account.totp.set')}
            </Button>
            {app ? (
              <Button onClick={() => ask({ remove: app })}>{t('account.credential.remove')}</Button>
            ) : null}
          </>
        }
      >
        <Dates credential={app} />
      </Row>
    </>
  )
}

/** A new password, or an app on another telephone, for the enrolment that was begun. */
function NewCredential({ open, act, close }: { open: Open; act: Act; close(): void }) {
  const { t } = useWords()
  const done = (says: string) => async () => {
    await endEnrolment()
    close()
    await act(async () => {}, says)
  }
  return (
    <>
      <Dialog title={t('account.password.change')} open={open === 'password'} close={close}>
        <NewPassword done={done('account.password.changed')} />
      </Dialog>
      <Dialog title={t('account.credential.totp')} open={open === 'totp'} close={close}>
        <AuthenticatorApp submit={t('account.finish')} done={done('account.totp.changed')} />
      </Dialog>
    </>
  )
}

function NewCodes({ isAsked, act, close }: { isAsked: boolean; act: Act; close(): void }) {
  const { t } = useWords()
  const [codes, setCodes] = useState<readonly string[]>([])
  const renew = async () => {
    close()
    await act(async () => {
      const answer = await post<{ recovery: readonly string[] }>('/account/recovery')
      setCodes(answer.recovery)
    }, null)
  }
  return (
    <>
      <Sure
        title={t('account.recovery.renew')}
        text={t('account.recovery.renew.text')}
        open={isAsked}
        close={close}
        does={t('account.recovery.renew')}
        run={() => void renew()}
      />
      {/* Shown once: only the button says that they are kept. */}
      <Dialog title={t('account.step.recovery')} open={codes.length > 0} close={() => {}} stays>
        <p className="pb-4 text-m text-ink-2">{t('account.step.recovery.text')}</p>
        <RecoveryCodes codes={codes} kept={() => setCodes([])} />
      </Dialog>
    </>
  )
}

/** Does it, says so, and reads anew what stands there; a refusal is told. */
function useAct(changed: () => void): Act {
  const words = useWords()
  const { tell } = useHouse()
  const fresh = useFresh()
  return async (work, says) => {
    try {
      await fresh(work)
      if (says !== null) tell({ text: words.t(says) })
    } catch (thrown) {
      if (thrown instanceof GivenUp) return
      const { what, remedy } = problemText(words, asProblem(thrown))
      tell({ text: `${what} ${remedy}`.trim(), tone: 'failed' })
    } finally {
      changed()
    }
  }
}

function Dates({ credential }: { credential: Credential | undefined }) {
  const { t } = useWords()
  if (credential === undefined) return <p>{t('account.credential.none')}</p>
  return (
    <>
      <p>
        {t('account.credential.added')} <Time at={credential.added} relative={false} />
      </p>
      {credential.used ? (
        <p>
          {t('account.credential.used')} <Time at={credential.used} />
        </p>
      ) : null}
    </>
  )
}

function NewPassword({ done }: { done(): Promise<void> }) {
  const { t } = useWords()
  const [password, setPassword] = useState('')
  const work = async () => {
    await post('/enrolment/password', { password, owner: null })
    await done()
  }
  return (
    <SecretForm submit={t('account.password.change')} work={work}>
      <SecretInput
        {...{ name: 'new-password', type: 'password', autoComplete: 'new-password' }}
        {...{ label: t('account.password.new'), value: password, change: setPassword }}
        hint={t('account.password.hint')}
      />
    </SecretForm>
  )
}

/** What cannot be taken back is asked for once more, with what follows from it. */
export function Sure(props: {
  title: string
  text: string
  open: boolean
  close(): void
  does: string
  run(): void
}) {
  const { title, text, open, close, does, run } = props
  const { t } = useWords()
  return (
    <Dialog
      {...{ title, open, close }}
      actions={
        <>
          <Button onClick={close}>{t('account.cancel')}</Button>
          <Button look="danger" onClick={run}>
            {does}
          </Button>
        </>
      }
    >
      <Notice title={text} />
    </Dialog>
  )
}
