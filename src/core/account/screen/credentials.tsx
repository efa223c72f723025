import type { ReactNode } from 'react'
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

type Open = 'password' | 'totp' | 'recovery' | Readonly<{ remove: Credential }> | null

/** How I sign in. Each change asks that I have signed in within the last minutes, and ends my other sessions. */
export function Credentials(props: { credentials: readonly Credential[]; changed(): void }) {
  const { credentials, changed } = props
  const { t } = useWords()
  const act = useAct(changed)
  const [open, setOpen] = useState<Open>(null)
  const [codes, setCodes] = useState<readonly string[]>([])
  const close = () => setOpen(null)
  const of = (kind: Credential['kind']) => credentials.filter(each => each.kind === kind)
  const [password] = of('password')
  const [app] = of('totp')
  const recovery = of('recovery')

  const begin = (what: 'password' | 'totp') =>
    act(async () => {
      await post('/account/enrolment')
      setOpen(what)
    }, null)
  const addPasskey = () =>
    act(async () => {
      await post('/account/enrolment')
      await makePasskey()
      await post('/enrolment/end', { setUp: null })
    }, 'account.passkey.added')
  const renew = () =>
    act(async () => {
      const answer = await post<{ recovery: readonly string[] }>('/account/recovery')
      setCodes(answer.recovery)
    }, null)
  const remove = (id: string) => {
    close()
    return act(() => post('/account/credential/remove', { id }), 'account.credential.removed')
  }
  const done = (says: string) => async () => {
    await post('/enrolment/end', { setUp: null })
    close()
    await act(async () => {}, says)
  }
  return (
    <Section title={t('account.credentials.title')} text={t('account.credentials.text')}>
      <ul>
        {of('passkey').map(passkey => (
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
              <Button onClick={() => setOpen({ remove: passkey })}>
                {t('account.credential.remove')}
              </Button>
            }
          >
            <Dates credential={passkey} />
          </Row>
        ))}
        {of('passkey').length === 0 ? (
          <Row
            title={t('account.credential.passkey')}
            actions={
              <Button look="next" onClick={() => void addPasskey()}>
                {t('account.passkey.add')}
              </Button>
            }
          >
            <p>{t('account.passkey.none')}</p>
          </Row>
        ) : null}
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
                <Button onClick={() => setOpen({ remove: app })}>
                  {t('account.credential.remove')}
                </Button>
              ) : null}
            </>
          }
        >
          <Dates credential={app} />
        </Row>
        <Row
          title={t('account.credential.recovery')}
          actions={
            <Button onClick={() => setOpen('recovery')}>{t('account.recovery.renew')}</Button>
          }
        >
          <p>{t('account.recovery.left', { count: recovery.length })}</p>
        </Row>
      </ul>
      {of('passkey').length > 0 ? (
        <Button className="justify-self-start" onClick={() => void addPasskey()}>
          {t('account.passkey.more')}
        </Button>
      ) : null}

      <Dialog title={t('account.password.change')} open={open === 'password'} close={close}>
        <NewPassword done={done('account.password.changed')} />
      </Dialog>
      <Dialog title={t('account.credential.totp')} open={open === 'totp'} close={close}>
        <AuthenticatorApp submit={t('account.finish')} done={done('account.totp.changed')} />
      </Dialog>
      <Sure
        title={t('account.recovery.renew')}
        text={t('account.recovery.renew.text')}
        open={open === 'recovery' && codes.length === 0}
        close={close}
        does={t('account.recovery.renew')}
        run={() => void renew()}
      />
      <Dialog
        title={t('account.step.recovery')}
        open={codes.length > 0}
        // Shown once: only the button says that they are kept.
        close={() => {}}
      >
        <p className="pb-4 text-m text-ink-2">{t('account.step.recovery.text')}</p>
        <RecoveryCodes
          codes={codes}
          kept={() => {
            setCodes([])
            close()
          }}
        />
      </Dialog>
      <Sure
        title={t('account.credential.remove')}
        text={t('account.credential.remove.text')}
        open={typeof open === 'object' && open !== null}
        close={close}
        does={t('account.credential.remove')}
        run={() => void (typeof open === 'object' && open !== null && remove(open.remove.id))}
      />
    </Section>
  )
}

/** Does it, says so, and reads anew what stands there; a refusal is told. */
function useAct(changed: () => void) {
  const words = useWords()
  const { tell } = useHouse()
  const fresh = useFresh()
  return async (work: () => Promise<unknown>, says: string | null): Promise<void> => {
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
  text: ReactNode
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
      <Notice title={text as string} />
    </Dialog>
  )
}
