import { useState } from 'react'
import { readable } from '../../../core/i18n/time.ts'
import { Button } from '../../../core/ui/button.tsx'
import { get, post } from '../../../core/ui/client.ts'
import { Dialog } from '../../../core/ui/dialog.tsx'
import { Form, useForm } from '../../../core/ui/form.tsx'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { TextInput } from '../../../core/ui/inputs.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { Badge } from '../../../core/ui/verdict.tsx'
import type { decideFigure, getFigures } from '../desk-routes.ts'
import type { Words } from '../words.ts'

type Figure = Readonly<{
  name: string
  value: string | number | boolean
  isAssumed: boolean
  isOpen: boolean
}>

/** The figures that a control judges by, each with the side on which it breaks. */
export function Figures({ control, words }: { control: string; words: Words }) {
  const { t } = words
  const mayDecide = useMay('policy.decide')
  const [deciding, setDeciding] = useState<Figure | null>(null)
  const { value } = useRead(
    get<typeof getFigures>('/policy/controls/{control}/figures', { params: { control } }),
  )
  if (value === null) return null
  return (
    <>
      <ul className="policy-list">
        {value.figures.map(figure => (
          <li key={figure.name}>
            <span className="flex flex-wrap items-baseline gap-x-2">
              <span>{nameOf(words, figure.name)}</span>
              <strong className="numbers">{edgeText(words, figure)}</strong>
              {figure.isAssumed ? (
                <Badge title={t('policy.figure.assumed.means')}>{t('policy.figure.assumed')}</Badge>
              ) : null}
            </span>
            {figure.isOpen && mayDecide ? (
              <Button
                look="quiet"
                className="-ml-3.5 underline"
                onClick={() => setDeciding(figure)}
              >
                {t('policy.decide')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {value.figures.length === 0 ? (
        <p className="policy-small">{t('policy.figures.none')}</p>
      ) : null}
      {deciding === null ? null : (
        <Decide
          key={deciding.name}
          {...{ control, figure: deciding, words }}
          close={() => setDeciding(null)}
        />
      )}
    </>
  )
}

function Decide(props: { control: string; figure: Figure; words: Words; close(): void }) {
  const { control, figure, words, close } = props
  const { t } = words
  const { tell } = useHouse()
  const form = useForm(`decide ${control} ${figure.name}`, { value: String(figure.value) })
  return (
    <Dialog
      title={t('policy.decide.title', { name: nameOf(words, figure.name) })}
      open
      close={close}
    >
      <Form
        form={form}
        submit={({ value }) =>
          post<typeof decideFigure>('/policy/controls/{control}/decide', {
            params: { control },
            body: { parameter: figure.name, value },
          })
        }
        submitText={t('policy.decide.do')}
        done={() => {
          tell({ text: t('policy.decide.done', { name: nameOf(words, figure.name) }) })
          close()
        }}
      >
        <p>{t('policy.decide.text', { value: valueText(words, figure) })}</p>
        <TextInput
          {...form.field('value', {
            label: t('policy.decide.value'),
            hint: t(
              typeof figure.value === 'string'
                ? 'policy.decide.hint.text'
                : 'policy.decide.hint.number',
            ),
            required: true,
          })}
        />
      </Form>
    </Dialog>
  )
}

const nameOf = (words: Words, name: string): string =>
  words.has(`parameter.${name}`) ? words.t(`parameter.${name}`) : name

const valueText = (words: Words, { name, value }: Pick<Figure, 'name' | 'value'>): string =>
  String(
    readable(words.locale, words.zone, { [ppmName(name, value)]: value })[ppmName(name, value)],
  )

/** Shares are millionths on the list, and percent to people. */
const ppmName = (name: string, value: unknown): string =>
  typeof value === 'number' && /ratio|share|coverage|^atLeast$|Ppm$/i.test(name) && value > 1_000
    ? 'ppm'
    : name

/** On which side of a figure it breaks: as its name says, or, of a period, beyond it. */
function edgeText(words: Words, figure: Figure): string {
  const value = valueText(words, figure)
  if (/AtLeast|Min$|^times$/i.test(figure.name)) return words.t('policy.edge.below', { value })
  if (/AtMost|Max$/i.test(figure.name)) return words.t('policy.edge.above', { value })
  if (/^P(T|\d)/.test(String(figure.value))) return words.t('policy.edge.longer', { value })
  return value
}
