import { useId, useMemo, useState } from 'react'
import { Button } from '../../../core/ui/button.tsx'
import { get } from '../../../core/ui/client.ts'
import { Combobox } from '../../../core/ui/combobox.tsx'
import { DateField } from '../../../core/ui/date-field.tsx'
import { modulesOf, typeText } from '../../../core/ui/fact-names.ts'
import { useHouse, useMay } from '../../../core/ui/house.tsx'
import { CheckBox, Select, TextInput } from '../../../core/ui/inputs.tsx'
import { instantOf } from '../../../core/ui/instant-field.tsx'
import { useKeys } from '../../../core/ui/keys.ts'
import { Empty, ProblemNotice, Skeleton } from '../../../core/ui/notice.tsx'
import { useRead } from '../../../core/ui/read.ts'
import { useCatalogue, useWords } from '../../../core/ui/words.tsx'
import type { FindFacts, GetTypes } from '../routes.ts'
import { Line } from './line.tsx'

/** One and the same, so that nothing is reckoned anew while there is nothing. */
const none: readonly never[] = []

/** What is asked besides words. */
const folded = ['type', 'subject', 'person', 'from', 'to', 'trust', 'waiting']

const trusts = ['instrument', 'record', 'claim'] as const

/** Finds facts; what is looked for stands in the address, so that it can be passed on. */
export function Search() {
  const words = useWords()
  const { t, zone } = words
  const { search, go } = useHouse()
  const { type, subject, person, text, trust, from, to, waiting, before } = search
  const read = useRead(
    get<FindFacts>('/evidence/facts', {
      query: {
        limit: 50,
        ...{ type, subject, person },
        ...(text !== undefined && text.trim().length > 1 && { text }),
        ...(from !== undefined && { from: instantOf(`${from}T00:00`, zone) ?? undefined }),
        ...(to !== undefined && { to: endOf(to, zone) ?? undefined }),
        ...{ trust: trusts.find(one => one === trust) },
        ...(waiting === 'true' && { waiting: 'true' as const }),
        ...(before !== undefined && { before: Number(before) }),
      },
    }),
  )
  const facts = read.value?.facts ?? none
  useCatalogue(...useMemo(() => modulesOf(facts), [facts]))
  const isAsked = Object.keys(search).some(name => name !== 'tab')
  return (
    <div className="grid gap-6">
      <Filters key={JSON.stringify({ ...search, before: undefined })} />
      {read.problem ? <ProblemNotice problem={read.problem} again={read.again} /> : null}
      {read.value === null ? (
        read.problem ? null : (
          <Skeleton rows={8} />
        )
      ) : (
        <>
          <p className="numbers text-m text-ink-2" role="status">
            {t('evidence.shown', { count: facts.length, size: read.value.size })}
          </p>
          {facts.length === 0 && read.value.next === null ? (
            <Empty title={t('evidence.none')} text={t('evidence.none.text')}>
              {isAsked ? (
                <Button onClick={() => go([])}>{t('evidence.filter.clear')}</Button>
              ) : null}
            </Empty>
          ) : (
            <ol className="border-t border-line-2">
              {facts.map(fact => (
                <Line key={fact.pos} fact={fact} />
              ))}
            </ol>
          )}
          <div className="flex gap-3 print:hidden">
            {before === undefined ? null : (
              <Button onClick={() => go([], { search: { ...search, before: undefined } })}>
                {t('evidence.newest')}
              </Button>
            )}
            {read.value.next === null ? null : (
              <Button
                onClick={() => go([], { search: { ...search, before: String(read.value?.next) } })}
              >
                {t('evidence.older')}
              </Button>
            )}
          </div>
        </>
      )}
    </div>
  )
}

/** A day ends where the next begins. */
function endOf(day: string, zone: string): string | null {
  const begins = instantOf(`${day}T00:00`, zone)
  if (begins === null) return null
  const next = new Date(Date.parse(`${day}T00:00:00.000Z`) + 86_400_000).toISOString().slice(0, 10)
  return instantOf(`${next}T00:00`, zone)
}

function Filters() {
  const words = useWords()
  const { t } = words
  const { search, go } = useHouse()
  const mayPrivate = useMay('evidence.private')
  const [values, setValues] = useState<Readonly<Record<string, string>>>(search)
  // On a phone all of them would stand before what was found.
  const [isOpen, setIsOpen] = useState(folded.some(name => search[name] !== undefined))
  const id = useId()
  const types = useRead(get<GetTypes>('/evidence/types')).value?.types ?? none
  const modules = useMemo(() => [...new Set(types.map(one => one.module))], [types])
  useCatalogue(...modules)
  useKeys([
    {
      press: '/',
      says: t('evidence.keys.search'),
      run: () => document.getElementById('evidence-text')?.focus(),
    },
  ])
  const field = (name: string) => ({
    label: t(`evidence.filter.${name}`),
    value: values[name] ?? '',
    onChange: (value: string) => setValues({ ...values, [name]: value }),
  })
  const apply = () => {
    const given = Object.entries(values).filter(
      ([name, value]) => name !== 'before' && value !== '',
    )
    go([], { search: Object.fromEntries(given) })
  }
  return (
    <form
      className="grid gap-4 print:hidden"
      onSubmit={event => {
        event.preventDefault()
        apply()
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        <TextInput id="evidence-text" type="search" {...field('text')} />
        <div id={id} className={isOpen ? 'contents' : 'contents max-sm:hidden'}>
          <Combobox
            {...field('type')}
            options={types.map(one => ({
              value: one.type,
              text: typeText(words, one.type),
              hint: one.type,
            }))}
          />
          <TextInput {...field('subject')} />
          {mayPrivate ? <TextInput {...field('person')} /> : null}
          <DateField {...field('from')} />
          <DateField {...field('to')} />
          <Select
            {...field('trust')}
            none={t('evidence.filter.any')}
            options={trusts.map(value => ({ value, text: t(`trust.${value}`) }))}
          />
          <div className="self-end">
            <CheckBox
              label={t('evidence.filter.waiting')}
              value={values['waiting'] === 'true'}
              onChange={on => setValues({ ...values, waiting: on ? 'true' : '' })}
            />
          </div>
        </div>
      </div>
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="next" icon="search">
          {t('evidence.filter.search')}
        </Button>
        <Button
          className="sm:hidden"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setIsOpen(!isOpen)}
        >
          {t('evidence.filter.more')}
        </Button>
        <Button look="quiet" onClick={() => go([])}>
          {t('evidence.filter.clear')}
        </Button>
      </div>
    </form>
  )
}
