import { Dialog } from '../../ui/dialog.tsx'
import { Form, useForm } from '../../ui/form.tsx'
import { TextInput } from '../../ui/inputs.tsx'
import { useWords } from '../../ui/words.tsx'
import { RolesField, rolesOf, valuesOf } from './roles-field.tsx'

type Props = Readonly<{
  open: boolean
  close(): void
  done(link: string): void
  /** Nobody answers for security yet, and so nobody stands in the register of people. */
  isFirst: boolean
}>

/** Invites somebody of the register of people. The link is shown once, to be handed over. */
export function Invite({ open, close, done, isFirst }: Props) {
  const { t } = useWords()
  return (
    <Dialog title={t(isFirst ? 'account.invite.first' : 'account.invite')} {...{ open, close }}>
      {isFirst ? <FirstForm done={done} /> : <InviteForm done={done} />}
    </Dialog>
  )
}

/** The first CISO is known by name and address: it is he who enters people into the register. */
function FirstForm({ done }: { done(link: string): void }) {
  const { t } = useWords()
  const form = useForm('account invite first', { name: '', mail: '' })
  return (
    <Form
      form={form}
      submitText={t('account.invite.make')}
      submit={({ name, mail }) => ({
        method: 'post',
        path: '/accounts/invite',
        body: { owner: { name: name.trim(), mail: mail.trim() }, roles: ['ciso'] },
        answer: undefined as unknown as Readonly<{ link: string }>,
      })}
      done={answer => done(answer.value.link)}
    >
      <p className="text-m text-ink-2">{t('account.invite.first.text')}</p>
      <TextInput
        {...form.field('name', { label: t('account.name'), required: true })}
        maxLength={120}
        autoComplete="off"
      />
      <TextInput
        {...form.field('mail', { label: t('account.mail'), required: true })}
        type="email"
        autoComplete="off"
      />
    </Form>
  )
}

function InviteForm({ done }: { done(link: string): void }) {
  const { t } = useWords()
  const form = useForm('account invite', { subject: '', ...valuesOf(['member']) })
  return (
    <Form
      form={form}
      submitText={t('account.invite.make')}
      submit={values => ({
        method: 'post',
        path: '/accounts/invite',
        body: { subject: values.subject.trim(), roles: rolesOf(values) },
        answer: undefined as unknown as Readonly<{ link: string }>,
      })}
      done={answer => done(answer.value.link)}
    >
      <TextInput
        {...form.field('subject', {
          label: t('account.subject'),
          hint: t('account.subject.hint'),
          required: true,
        })}
        maxLength={80}
        autoComplete="off"
      />
      <RolesField form={form} />
    </Form>
  )
}
