import { Button } from '../../../core/ui/button.tsx'
import { post } from '../../../core/ui/client.ts'
import { SeveralCombobox } from '../../../core/ui/combobox.tsx'
import { Dialog } from '../../../core/ui/dialog.tsx'
import { Form, useForm } from '../../../core/ui/form.tsx'
import { useHouse } from '../../../core/ui/house.tsx'
import { RadioGroup } from '../../../core/ui/inputs.tsx'
import { OneOf } from '../../../core/ui/one-of.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { StartDrill } from '../drill/routes.ts'
import { useRunbooks } from './parts.tsx'

/** Opens a drill: by a scenario, or by one runbook. @param runbook chosen before; '': none was */
export function StartDialog(props: {
  scenarios: readonly string[]
  runbook: string
  close(): void
}) {
  const { scenarios, close } = props
  const { t } = useWords()
  const { tell, go } = useHouse()
  const runbooks = useRunbooks().value?.runbooks ?? []
  const form = useForm(`drill start ${props.runbook}`, {
    what: props.runbook === '' ? 'scenario' : 'runbook',
    ...{ scenario: '', runbook: props.runbook, services: '' },
  })
  const { what, services } = form.values
  const written = runbooks.filter(({ version, steps }) => version !== null && steps > 0)
  const abouts = [...new Set(written.map(({ about }) => about))]
  return (
    <Dialog open close={close} title={t('drill.start')}>
      <Form
        form={form}
        submit={({ what, scenario, runbook, services }) => {
          const isScenario = what === 'scenario'
          return post<StartDrill>('/drills/start', {
            body: {
              word: isScenario ? scenario : runbook,
              scenario: (isScenario || scenario === '' ? null : scenario) as null,
              services: isScenario ? services.split(' ').filter(one => one !== '') : [],
              assigned: {},
            },
          })
        }}
        done={({ value }) => {
          tell({ text: t('drill.started.told') })
          close()
          go([value.drill])
        }}
        submitText={t('drill.start')}
        aside={<Button onClick={close}>{t('ui.close')}</Button>}
      >
        <p className="text-m">{t('drill.start.text')}</p>
        <RadioGroup
          {...form.field('what', { label: t('drill.start.what') })}
          options={['scenario', 'runbook'].map(value => ({
            ...{ value, text: t(`drill.start.${value}`) },
          }))}
        />
        {what === 'runbook' ? (
          <OneOf
            {...form.field('runbook', { label: t('drill.runbook'), required: true })}
            options={written.map(({ runbook, about }) => ({
              ...{ value: runbook, text: `${runbook} · ${about}` },
            }))}
          />
        ) : null}
        <OneOf
          {...form.field('scenario', {
            ...{ label: t('drill.scenario'), required: what === 'scenario' },
          })}
          options={scenarios.map(value => ({ value, text: t(`choice.scenario.${value}`) }))}
        />
        {what === 'scenario' ? (
          <SeveralCombobox
            {...form.field('services', {
              ...{ label: t('drill.services'), hint: t('drill.services.hint') },
            })}
            values={services.split(' ').filter(one => one !== '')}
            onChange={values => form.set('services', values.join(' '))}
            options={abouts.map(value => ({ value, text: value }))}
          />
        ) : null}
      </Form>
    </Dialog>
  )
}
