import { useEffect, useState } from 'react'
import { Button, Link } from '../../ui/button.tsx'
import { dropDraft, keepDraft, readDraft } from '../../ui/draft.ts'
import { CheckBox, TextInput } from '../../ui/inputs.tsx'
import { Skeleton } from '../../ui/notice.tsx'
import { Problem } from '../../ui/problem.ts'
import { useWords } from '../../ui/words.tsx'
import type { SetUp } from '../enrolment.ts'
import { firstOrganisation, OrganisationFields } from './organisation-fields.tsx'
import { asProblem, Refusal, SecretForm, SecretInput, StepHead } from './parts.tsx'
import { post } from './post.ts'
import { RecoveryCodes } from './recovery-codes.tsx'
import { SecondFactor } from './second-factor.tsx'

type Opened = Readonly<{
  purpose: 'set-up' | 'invitation' | 'reset'
  name: string | null
  mail: string | null
}>

/** What a link leads to: somebody makes himself a password and a second factor, step by step. */
export function Enrol({ token, enter }: { token: string; enter(): void }) {
  const { t } = useWords()
  const [opened, setOpened] = useState<Opened | Problem | null>(null)
  useEffect(() => {
    post<Opened>('/enrolment', { token }).then(setOpened, (thrown: unknown) =>
      setOpened(asProblem(thrown)),
    )
  }, [token])
  if (opened === null) return <Skeleton rows={4} />
  if (opened instanceof Problem) {
    return (
      <>
        <StepHead title={t('account.link.title')} />
        <Refusal problem={opened} />
        <p>
          <Link href="/">{t('account.sign-in.title')}</Link>
        </p>
      </>
    )
  }
  return <Steps {...{ opened, enter }} />
}

const draftKey = 'account set-up'

/** What was typed of the set-up outlives a reload; it is no secret. Passwords are kept nowhere. */
function useSetUp(isSetUp: boolean) {
  const { locale } = useWords()
  const [setUp, setSetUp] = useState<SetUp>(() => ({
    owner: { name: '', mail: '' },
    isCiso: true,
    organisation: firstOrganisation(locale),
    ...(isSetUp ? readDraft<SetUp>(draftKey)?.values : null),
  }))
  const change = (more: Partial<SetUp>) => {
    const values = { ...setUp, ...more }
    setSetUp(values)
    if (isSetUp) keepDraft(draftKey, { base: values, values })
  }
  return [setUp, change] as const
}

const stepsOf = (isSetUp: boolean) =>
  isSetUp
    ? (['organisation', 'owner', 'password', 'second', 'recovery'] as const)
    : (['password', 'second', 'recovery'] as const)

/** Steps are places of the browser's history: its own button goes back one, and not out of the set-up. */
function useStep(): readonly [number, (step: number) => void] {
  const [step, setStep] = useState(0)
  useEffect(() => {
    const follow = ({ state }: PopStateEvent) => setStep(Number(state?.step ?? 0))
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [])
  const goTo = (next: number) => {
    history.pushState({ step: next }, '')
    setStep(next)
  }
  return [step, goTo]
}

function Steps({ opened, enter }: { opened: Opened; enter(): void }) {
  const { t } = useWords()
  const isSetUp = opened.purpose === 'set-up'
  const steps = stepsOf(isSetUp)
  const [setUp, change] = useSetUp(isSetUp)
  const [recovery, setRecovery] = useState<readonly string[]>([])
  const [reached, goTo] = useStep()
  // What is done is done: from the codes no way leads back into a flow that is used up.
  const at = recovery.length > 0 ? steps.length - 1 : Math.min(reached, steps.length - 2)
  const step = steps[at]
  const next = async () => goTo(at + 1)
  const back =
    at === 0 ? null : (
      <Button look="quiet" onClick={() => history.back()}>
        {t('account.back')}
      </Button>
    )
  const { owner, organisation, isCiso } = setUp
  const finish = async () => {
    const answer = await post<{ recovery: readonly string[] }>('/enrolment/end', {
      setUp: isSetUp ? setUp : null,
    })
    dropDraft(draftKey)
    setRecovery(answer.recovery)
  }
  const who = isSetUp ? owner : { name: opened.name ?? '', mail: opened.mail ?? '' }
  return (
    <>
      <p className="text-m font-semibold text-ink-2">{t(`account.${opened.purpose}.title`)}</p>
      <Progress at={at} of={steps.length} />
      <StepHead
        at={t('account.step', { at: at + 1, of: steps.length })}
        title={t(`account.step.${step}`)}
        text={t(`account.step.${step}.text`, who)}
      />
      {step === 'organisation' ? (
        <SecretForm submit={t('account.continue')} work={next}>
          <OrganisationFields {...{ organisation }} change={to => change({ organisation: to })} />
        </SecretForm>
      ) : null}
      {step === 'owner' ? (
        <SecretForm submit={t('account.continue')} work={next} aside={back}>
          <TextInput
            {...{ name: 'name', autoComplete: 'name', value: owner.name, maxLength: 120 }}
            required
            label={t('account.name')}
            hint={t('account.name.hint')}
            onChange={name => change({ owner: { ...owner, name } })}
          />
          <TextInput
            {...{ name: 'mail', type: 'email', autoComplete: 'username', value: owner.mail }}
            required
            label={t('account.mail')}
            hint={t('account.mail.hint')}
            onChange={mail => change({ owner: { ...owner, mail } })}
          />
          <CheckBox
            name="ciso"
            label={t('account.set-up.ciso')}
            hint={t('account.set-up.ciso.hint')}
            value={isCiso}
            onChange={on => change({ isCiso: on })}
          />
        </SecretForm>
      ) : null}
      {step === 'password' ? (
        <PasswordStep {...{ who, next, back }} owner={isSetUp ? owner : null} />
      ) : null}
      {step === 'second' ? (
        <SecondFactor {...{ who, aside: back, done: finish }} submit={t('account.finish')} />
      ) : null}
      {step === 'recovery' ? <RecoveryCodes codes={recovery} kept={enter} /> : null}
    </>
  )
}

function Progress({ at, of }: { at: number; of: number }) {
  return (
    <div aria-hidden="true" className="flex gap-1.5">
      {Array.from({ length: of }, (_, step) => (
        <span key={step} className={`h-1 flex-1 rounded ${step <= at ? 'bg-ink' : 'bg-line'}`} />
      ))}
    </div>
  )
}

function PasswordStep(props: {
  owner: SetUp['owner'] | null
  who: Readonly<{ mail: string }>
  next(): Promise<void>
  back: React.ReactNode
}) {
  const { owner, who, next, back } = props
  const { t } = useWords()
  const [password, setPassword] = useState('')
  const work = async () => {
    await post('/enrolment/password', { password, owner })
    await next()
  }
  return (
    <SecretForm submit={t('account.continue')} work={work} aside={back}>
      {/* Whoever keeps passwords asks for what they belong to. */}
      <input type="hidden" name="username" autoComplete="username" value={who.mail} />
      <SecretInput
        {...{ name: 'new-password', type: 'password', autoComplete: 'new-password' }}
        {...{ label: t('account.password'), value: password, change: setPassword }}
        hint={t('account.password.hint')}
      />
    </SecretForm>
  )
}
