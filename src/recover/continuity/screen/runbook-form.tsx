import { Button, IconButton } from '../../../core/ui/button.tsx'
import { post } from '../../../core/ui/client.ts'
import { Form, type FormState, useForm, type Values } from '../../../core/ui/form.tsx'
import { useHouse } from '../../../core/ui/house.tsx'
import { TextArea, TextInput } from '../../../core/ui/inputs.tsx'
import { OneOf } from '../../../core/ui/one-of.tsx'
import { useWords } from '../../../core/ui/words.tsx'
import type { WriteRunbook } from '../runbook/routes.ts'
import type { Runbook } from './runbook.tsx'

const parts = ['role', 'minutes', 'system', 'todo', 'sign'] as const
type Part = (typeof parts)[number]

/** As many as the server takes. */
const stepsMax = 48
const countName = 'count'
const nameOf = (part: Part, nth: number) => `${part} ${nth}`

/** A step for each in the order in which they stand; what is typed outlives a reload. */
export function RunbookForm({ runbook, close }: { runbook: Runbook; close(): void }) {
  const { t } = useWords()
  const { tell } = useHouse()
  const form = useForm<Values>(`runbook ${runbook.runbook}`, storedOf(runbook))
  const count = Number(form.values[countName])
  const valueOf = (part: Part, nth: number) => String(form.values[nameOf(part, nth)] ?? '')
  /** Puts the steps into another order, without those that are left out of it. */
  const arrange = (order: readonly number[]) => {
    const moved = order.map(nth => parts.map(part => valueOf(part, nth)))
    for (const [nth, values] of moved.entries())
      for (const [at, part] of parts.entries()) form.set(nameOf(part, nth), values[at] ?? '')
    form.set(countName, String(order.length))
  }
  const places = Array.from({ length: count }, (_, nth) => nth)
  const next = nextOf(runbook)
  return (
    <Form
      form={form}
      submit={() =>
        post<WriteRunbook>('/runbooks/write', {
          body: {
            ...{ id: runbook.runbook, seen: runbook.version },
            steps: places.map(nth => ({
              role: valueOf('role', nth),
              minutes: Number(valueOf('minutes', nth)),
              system: valueOf('system', nth).trim() === '' ? null : valueOf('system', nth),
              // A line break of a form is a space on a sheet.
              todo: valueOf('todo', nth).replaceAll(/\s+/g, ' '),
              sign: valueOf('sign', nth).replaceAll(/\s+/g, ' '),
            })),
          },
        })
      }
      done={({ value: { version, isKnown } }) => {
        tell({ text: t(isKnown ? 'runbook.same.told' : 'runbook.saved', { version }) })
        close()
      }}
      submitText={t('runbook.save', { version: next })}
      aside={<Button onClick={close}>{t('runbook.cancel')}</Button>}
    >
      {places.map(nth => (
        <StepFields
          key={nth}
          {...{ nth, form, roles: runbook.roles }}
          remove={count < 2 ? undefined : () => arrange(places.filter(other => other !== nth))}
          up={
            nth === 0
              ? undefined
              : () => arrange(places.map(at => (at === nth - 1 ? nth : at === nth ? nth - 1 : at)))
          }
        />
      ))}
      <div>
        <Button disabled={count >= stepsMax} onClick={() => form.set(countName, String(count + 1))}>
          {t('runbook.step.add')}
        </Button>
      </div>
    </Form>
  )
}

function storedOf({ steps }: Runbook): Values {
  const pairs = steps.flatMap((step, nth) =>
    parts.map(part => [nameOf(part, nth), String(step[part] ?? '')] as const),
  )
  return { [countName]: String(Math.max(1, steps.length)), ...Object.fromEntries(pairs) }
}

const nextOf = ({ versions }: Runbook): string =>
  String(1 + Math.max(0, ...versions.map(({ version }) => Number(/^\d+$/.exec(version) ?? 0))))

function StepFields(props: {
  nth: number
  form: FormState<Values>
  roles: Runbook['roles']
  remove: (() => void) | undefined
  up: (() => void) | undefined
}) {
  const { t } = useWords()
  const { nth, form, roles, remove, up } = props
  const step = nth + 1
  const field = (part: Part, told: Readonly<{ hint?: string; required?: boolean }> = {}) => {
    const given = form.field(nameOf(part, nth), { label: t(`runbook.field.${part}`), ...told })
    return { ...given, value: String(given.value ?? '') }
  }
  return (
    <fieldset className="m-0 grid min-w-0 gap-4 rounded-md border border-line-2 px-4 pt-3 pb-4">
      <legend className="float-left flex w-full items-center justify-between p-0 text-m font-bold">
        {t('runbook.step', { step })}
        <span className="flex">
          {up === undefined ? null : (
            <IconButton icon="up" label={t('runbook.step.up', { step })} onClick={up} />
          )}
          {remove === undefined ? null : (
            <IconButton icon="close" label={t('runbook.step.remove', { step })} onClick={remove} />
          )}
        </span>
      </legend>
      <div className="grid gap-4 sm:grid-cols-2">
        <OneOf {...field('role', { required: true })} options={roles} />
        <TextInput {...field('minutes', { required: true })} inputMode="numeric" />
      </div>
      <TextArea {...field('todo', { required: true })} rows={2} maxLength={1_000} />
      <TextArea {...field('sign', { required: true })} rows={2} maxLength={1_000} />
      <TextInput {...field('system', { hint: t('runbook.field.system.hint') })} maxLength={80} />
    </fieldset>
  )
}
