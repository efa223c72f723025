import { useState } from 'react'
import { Button } from '../../../core/ui/button.tsx'
import { EntryField } from '../../../core/ui/choice-field.tsx'
import { post } from '../../../core/ui/client.ts'
import { Dialog } from '../../../core/ui/dialog.tsx'
import { EntryNames } from '../../../core/ui/entry-names.tsx'
import { Form, useForm } from '../../../core/ui/form.tsx'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { TextInput } from '../../../core/ui/inputs.tsx'
import { Time } from '../../../core/ui/time.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { HoldExercise, ListDrills } from '../drill/routes.ts'
import { Part } from './parts.tsx'

type Exercise = Awaited<ReturnType<ListDrills['run']>>['exercises'][number]

/** What was exercised with partners, and who took part. */
export function Exercises({ exercises }: { exercises: readonly Exercise[] }) {
  const { t } = useWords()
  const [isOpen, setOpen] = useState(false)
  const mayLead = useMay('drill.lead')
  return (
    <Part
      title={t('exercise.title')}
      aside={
        mayLead ? <Button onClick={() => setOpen(true)}>{t('exercise.add')}</Button> : undefined
      }
    >
      {exercises.length === 0 ? (
        <p className="text-m text-ink-2">{t('exercise.none')}</p>
      ) : (
        <ul className="grid gap-4">
          {exercises.map(one => (
            <li key={one.pos} className="grid gap-1 border-l-4 border-line-2 pl-4">
              <p className="font-semibold">
                <bdi>{one.scenario}</bdi>
              </p>
              <p className="flex flex-wrap gap-x-4 text-m text-ink-2">
                <Time at={one.at} day relative={false} />
                <bdi>{one.exercise}</bdi>
                <span>{t('exercise.findings.count', { count: one.findings })}</span>
              </p>
              <dl className="grid gap-x-4 text-m sm:grid-cols-[auto_1fr]">
                <dt className="text-ink-2">{t('exercise.partners')}</dt>
                <dd className="m-0">
                  <EntryNames register="supplier" values={one.partners} />
                </dd>
                {one.people.length === 0 ? null : (
                  <>
                    <dt className="text-ink-2">{t('exercise.people')}</dt>
                    <dd className="m-0">
                      {one.people.map(({ person, name }) => name ?? person).join(' · ')}
                    </dd>
                  </>
                )}
              </dl>
            </li>
          ))}
        </ul>
      )}
      {isOpen ? <ExerciseDialog close={() => setOpen(false)} /> : null}
    </Part>
  )
}

const between = '\n'
const partsOf = (text: string): string[] => text.split(between).filter(one => one !== '')

function ExerciseDialog({ close }: { close(): void }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const form = useForm('exercise', {
    ...{ exercise: '', scenario: '', partners: '', people: '', findings: '0' },
  })
  return (
    <Dialog open close={close} title={t('exercise.add')}>
      <Form
        form={form}
        submit={({ exercise, scenario, partners, people, findings }) =>
          post<HoldExercise>('/exercises', {
            body: {
              ...{ exercise, scenario, partners: partsOf(partners), people: partsOf(people) },
              findings: Number(findings),
            },
          })
        }
        done={() => {
          tell({ text: t('exercise.told') })
          close()
        }}
        submitText={t('exercise.add')}
        aside={<Button onClick={close}>{t('ui.close')}</Button>}
      >
        <TextInput
          {...form.field('exercise', {
            ...{ label: t('exercise.name'), hint: t('exercise.name.hint'), required: true },
          })}
          maxLength={80}
        />
        <TextInput
          {...form.field('scenario', { label: t('exercise.scenario'), required: true })}
          maxLength={80}
        />
        <EntryField
          {...form.field('partners', { label: t('exercise.partners'), required: true })}
          register="supplier"
          between={between}
        />
        <EntryField
          {...form.field('people', { label: t('exercise.people') })}
          register="person"
          between={between}
        />
        <TextInput
          {...form.field('findings', { label: t('exercise.findings'), required: true })}
          inputMode="numeric"
        />
      </Form>
    </Dialog>
  )
}
