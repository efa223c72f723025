import { useState } from 'react'
import { Button, IconButton } from '../../ui/button.tsx'
import { DateField } from '../../ui/date-field.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { CheckBox, Select, TextInput } from '../../ui/inputs.tsx'
import { useWords } from '../../ui/words.tsx'
import type { About, Column } from './asks.ts'
import { none, usePlace } from './place.ts'
import { cellText, choiceText, labelOf } from './words.ts'

/** A filter for each column, in the form in which the routes take it; those that are on, with a way off. */
export function Filters({ about }: { about: About }) {
  const words = useWords()
  const { t } = words
  const { search, show } = usePlace()
  const [isOpen, setOpen] = useState(false)
  const on = about.columns.filter(({ name }) => search[name] !== undefined)
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button onClick={() => setOpen(true)}>{t('register.filter')}</Button>
      {on.map(column => (
        <Chip
          key={column.name}
          text={t('register.filter.on', {
            label: labelOf(column.label, words),
            value: filterText(about, column, search[column.name] ?? '', words),
          })}
          off={() => show({ [column.name]: undefined })}
        />
      ))}
      {search['closed'] === 'yes' ? (
        <Chip text={t('register.filter.closed')} off={() => show({ closed: undefined })} />
      ) : null}
      {isOpen ? <FilterDialog about={about} close={() => setOpen(false)} /> : null}
    </div>
  )
}

function Chip({ text, off }: { text: string; off(): void }) {
  const { t } = useWords()
  return (
    <span className="inline-flex max-w-72 items-center rounded-full border border-line-2 bg-paper-2 pl-3 text-s">
      <bdi className="truncate">{text}</bdi>
      <IconButton
        icon="close"
        label={t('register.filter.off', { text })}
        onClick={off}
        className="min-h-7! min-w-7!"
      />
    </span>
  )
}

function FilterDialog({ about, close }: { about: About; close(): void }) {
  const words = useWords()
  const { t } = words
  const { search, show } = usePlace()
  const [typed, setTyped] = useState<Readonly<Record<string, string | undefined>>>(() =>
    Object.fromEntries(about.columns.map(({ name }) => [name, search[name]])),
  )
  const [closed, setClosed] = useState(search['closed'] === 'yes')
  const set = (name: string, value: string) => setTyped({ ...typed, [name]: value || undefined })
  const apply = (given: typeof typed, isClosed: boolean) => {
    show({ ...given, closed: isClosed ? 'yes' : undefined })
    close()
  }
  return (
    <Dialog
      open
      close={close}
      title={t('register.filter')}
      actions={
        <>
          <Button
            look="quiet"
            onClick={() =>
              apply(Object.fromEntries(about.columns.map(({ name }) => [name, undefined])), false)
            }
          >
            {t('register.filter.none')}
          </Button>
          <Button look="next" onClick={() => apply(typed, closed)}>
            {t('register.filter.apply')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4 sm:grid-cols-2">
        {about.columns.map(column => (
          <FilterField
            key={column.name}
            {...{ about, column }}
            value={typed[column.name] ?? ''}
            set={value => set(column.name, value)}
          />
        ))}
        <CheckBox label={t('register.filter.closed')} value={closed} onChange={setClosed} />
      </div>
    </Dialog>
  )
}

function FilterField(props: {
  about: About
  column: Column
  value: string
  set(value: string): void
}) {
  const { about, column, value, set } = props
  const words = useWords()
  const { t } = words
  const label = labelOf(column.label, words)
  const choices = column.kind === 'truth' ? ['yes', 'no'] : column.choices
  if (choices.length > 0) {
    const options = [
      ...choices.map(one => ({ value: one, text: cellText(about, column, one, words) })),
      { value: none, text: t('register.filter.nothing') },
    ]
    return <Select {...{ label, value, options }} none={t('register.filter.all')} onChange={set} />
  }
  if (column.kind !== 'date')
    return (
      <TextInput
        {...{ label, value }}
        {...(column.kind === 'number' && { hint: t('register.filter.span') })}
        onChange={set}
      />
    )
  const [from = '', to = ''] = value.split('..')
  const span = (a: string, b: string) => set(a + b === '' ? '' : `${a}..${b}`)
  return (
    <>
      <DateField
        label={t('register.filter.from', { label })}
        value={from}
        onChange={one => span(one, to)}
      />
      <DateField
        label={t('register.filter.to', { label })}
        value={to}
        onChange={one => span(from, one)}
      />
    </>
  )
}

function filterText(
  about: About,
  column: Column,
  value: string,
  words: ReturnType<typeof useWords>,
) {
  if (value === none) return words.t('register.filter.nothing')
  if (column.kind === 'truth') return cellText(about, column, value, words)
  if (column.kind === 'office')
    return value
      .split(',')
      .map(one => cellText(about, column, one, words))
      .join(words.t('register.and'))
  return column.choices.length > 0
    ? value
        .split(',')
        .map(choiceText(about, column.name, words))
        .join(words.t('register.and'))
    : value.replace('..', '–')
}
