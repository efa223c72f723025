import { Dialog } from '../../ui/dialog.tsx'
import { Form, useForm } from '../../ui/form.tsx'
import { TextInput } from '../../ui/inputs.tsx'
import { useWords } from '../../ui/words.tsx'
import { RolesField, rolesOf, valuesOf } from './roles-field.tsx'

/** Invites somebody of the register of people. The link is shown once, to be handed over. */
export function Invite(props: { open: boolean; close(): void; done(link: string): void }) {
  const { t } = useWords()
  return (
    <Dialog title={t('account.invite')} open={props.open} close={props.close}>
      <InviteForm done={props.done} />
    </Dialog>
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
