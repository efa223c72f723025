import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { get } from '../../ui/client.ts'
import { useHouse } from '../../ui/house.tsx'
import { Empty, ProblemNotice, Skeleton } from '../../ui/notice.tsx'
import { useRead } from '../../ui/read.ts'
import { useWords } from '../../ui/words.tsx'
import type { Organisation } from '../organisation.ts'
import { OrganisationFields } from './organisation-fields.tsx'
import { SecretForm } from './parts.tsx'
import { post } from './post.ts'
import { Page } from './section.tsx'
import type { Configured } from './views.ts'

/** What the organisation says of itself: whose days are counted, and in which languages it speaks. */
export default function OrganisationPage() {
  const { t } = useWords()
  const read = useRead<Configured>(get('/organisation'))
  const stood = read.value?.organisation ?? null
  return (
    <Page title={t('account.organisation.title')} text={t('account.organisation.text')}>
      {read.problem ? <ProblemNotice problem={read.problem} again={read.again} /> : null}
      {stood ? (
        <Settings stood={stood} again={read.again} />
      ) : read.value ? (
        <Empty title={t('account.organisation.title')} text={t('account.organisation.none')} />
      ) : (
        <Skeleton rows={5} />
      )}
    </Page>
  )
}

function Settings({ stood, again }: { stood: Organisation; again(): void }) {
  const { t } = useWords()
  const { tell } = useHouse()
  /** What was changed, and what stood there when it was begun: another's change meanwhile is refused. */
  const [draft, setDraft] = useState<Readonly<{ from: Organisation; to: Organisation }> | null>(
    null,
  )
  const save = async () => {
    if (draft === null) return
    await post('/organisation', { stood: draft.from, organisation: draft.to })
    setDraft(null)
    again()
    tell({ text: t('account.organisation.saved') })
  }
  return (
    <div className="max-w-xl">
      <SecretForm
        submit={t('account.organisation.save')}
        work={save}
        aside={
          draft ? (
            <Button
              look="quiet"
              onClick={() => {
                setDraft(null)
                again()
              }}
            >
              {t('account.organisation.undo')}
            </Button>
          ) : null
        }
      >
        <OrganisationFields
          organisation={draft?.to ?? stood}
          change={to => setDraft({ from: draft?.from ?? stood, to })}
        />
      </SecretForm>
    </div>
  )
}
