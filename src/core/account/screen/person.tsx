import { useState } from 'react'
import { Button, Link } from '../../ui/button.tsx'
import { Form, useForm } from '../../ui/form.tsx'
import { useHouse } from '../../ui/house.tsx'
import { Notice } from '../../ui/notice.tsx'
import { problemText } from '../../ui/problem.ts'
import { Time } from '../../ui/time.tsx'
import { useWords } from '../../ui/words.tsx'
import { Sure } from './credentials.tsx'
import { asProblem } from './parts.tsx'
import { post } from './post.ts'
import { RolesField, rolesOf, valuesOf } from './roles-field.tsx'
import type { Person } from './views.ts'

type Props = Readonly<{ person: Person; done(link: string | null): void }>

/** One account: its roles, and the ends and beginnings of it. */
export function PersonDetail({ person, done }: Props) {
  const { t } = useWords()
  return (
    <div className="grid gap-6">
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1 text-m">
        <dt className="text-ink-2">{t('account.mail')}</dt>
        <dd>
          <bdi>{person.mail ?? '–'}</bdi>
        </dd>
        <dt className="text-ink-2">{t('account.subject')}</dt>
        <dd>
          <bdi>{person.subject ?? '–'}</bdi>
        </dd>
        <dt className="text-ink-2">{t('account.state')}</dt>
        <dd>{t(`account.state.${person.state}`)}</dd>
        <dt className="text-ink-2">{t('account.opened')}</dt>
        <dd>{person.opened ? <Time at={person.opened} /> : '–'}</dd>
      </dl>
      {person.isOwn ? (
        <Notice title={t('account.people.own')}>
          <p>
            <Link href="/account">{t('account.own.title')}</Link>
          </p>
        </Notice>
      ) : person.name === null ? null : person.state === 'closed' ? (
        <Reopen {...{ person, done }} />
      ) : (
        <Running {...{ person, done }} />
      )}
    </div>
  )
}

function Running({ person, done }: Props) {
  const words = useWords()
  const { t } = words
  const { tell } = useHouse()
  const form = useForm(`account roles ${person.id}`, valuesOf(person.roles))
  const [isClosing, setClosing] = useState(false)
  const does = (work: Promise<unknown>, says: string) =>
    work.then(
      () => {
        tell({ text: t(says, { name: person.name }) })
        done(null)
      },
      (thrown: unknown) => {
        const { what, remedy } = problemText(words, asProblem(thrown))
        tell({ text: `${what} ${remedy}`.trim(), tone: 'failed' })
      },
    )
  const again = async () => {
    const { subject, name, mail, roles } = person
    const body = subject === null ? { owner: { name, mail }, roles } : { subject, roles }
    const { link } = await post<{ link: string }>('/accounts/invite', body)
    done(link)
  }
  return (
    <>
      <Form
        form={form}
        submitText={t('account.roles.save')}
        submit={values => ({
          method: 'post',
          path: '/accounts/roles',
          body: { id: person.id, roles: rolesOf(values) },
        })}
        done={() => {
          tell({ text: t('account.roles.saved', { name: person.name }) })
          done(null)
        }}
      >
        <RolesField form={form} hint={t('account.roles.hint')} />
      </Form>
      <div className="grid justify-items-start gap-3 border-t border-line pt-5">
        {person.state === 'invited' ? (
          <Button onClick={() => void again().catch(() => does(Promise.reject(), ''))}>
            {t('account.link.again')}
          </Button>
        ) : (
          <Button
            onClick={() =>
              void does(post('/accounts/session/end', { id: person.id }), 'account.people.ended')
            }
          >
            {t('account.people.end')}
          </Button>
        )}
        <Button look="danger" onClick={() => setClosing(true)}>
          {t('account.close')}
        </Button>
      </div>
      <Sure
        title={t('account.close')}
        text={t('account.close.text')}
        open={isClosing}
        close={() => setClosing(false)}
        does={t('account.close')}
        run={() => {
          setClosing(false)
          void does(post('/accounts/close', { id: person.id }), 'account.closed')
        }}
      />
    </>
  )
}

function Reopen({ person, done }: Props) {
  const { t } = useWords()
  const form = useForm(`account reopen ${person.id}`, valuesOf(person.roles))
  return (
    <>
      <Notice title={t('account.reopen.title')}>
        <p>{t('account.reopen.text')}</p>
      </Notice>
      <Form
        form={form}
        submitText={t('account.reopen')}
        submit={values => ({
          method: 'post',
          path: '/accounts/reopen',
          body: { id: person.id, roles: rolesOf(values) },
          answer: undefined as unknown as Readonly<{ link: string }>,
        })}
        done={answer => done(answer.value.link)}
      >
        <RolesField form={form} />
      </Form>
    </>
  )
}
